"""Predictions of a model for examples of each kind of task.

They come from the task objects that users call, so metrics measure what users get, including windows over long texts
and answers of whole words. Every example counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from ..data import TextExample
from ..data.batches import restore_order
from ..data.examples import negatives_of
from ..metrics import ranks
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from ..tasks import Classifier, Embedder, QuestionAnswerer, Tagger, TaskModel
from ..tasks.pipeline import BATCH_SIZE
from ..tasks.results import Classification, MultiLabel, Regression
from .labels import Examples, check_kind
from .pairs import are_matches, check_pairs
from .scorers import Prediction, has_impossible
from .token_id_examples import are_tokenized, predict_tokenized

Predict = Callable[[TaskModel, Iterator[Any], Sequence[Any], dict[str, Any]], Iterator[Prediction]]
"""Function that predicts for some examples; takes the model, these examples, all examples, and the task's options."""


class Processes(Protocol):
    """Processes that share an evaluation; each calls it with the same arguments and gets the complete result."""

    @property
    def rank(self) -> int:
        """Rank of this process, from 0."""

    @property
    def size(self) -> int:
        """Number of processes."""

    def gather(self, value: Any) -> list[Any]:
        """Return the value of every process, in rank order."""


def predictions(
    model: TaskModel,
    examples: Examples,
    *,
    max_length: int | None = None,
    batch_size: int = BATCH_SIZE,
    world: Processes | None = None,
    progress: bool | None = None,
) -> list[Prediction]:
    """Predict for examples with or without labels.

    Args:
        model: The model, as returned by `tinybert.tasks.load_model`; or one being trained, with its network in
            inference mode.
        examples: The examples.
        max_length: Maximum tokens per row or window; by default that of the task objects.
        batch_size: Maximum number of rows per forward pass.
        world: The processes that share the work. None for this process alone.
        progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

    Returns:
        One prediction per example. For a text, its label name; a list of names for multi-label models; a number for
        regressions. For a sentence, the list of its words' labels. For a question, the answer text, which may be "" for
        "no answer" only if some question is impossible. For a pair with a score, the cosine similarity of its
        `Embedder` vectors; for a pair without (a match), the rank of the second text among all second texts
        and negatives.

    Raises:
        InputError: An example does not fit the model's task.
    """
    kind = model.task.kind
    check_kind(examples, kind)
    options = {"max_length": max_length, "batch_size": batch_size, "progress": progress}
    predict = predict_tokenized if are_tokenized(examples) else PREDICTORS[kind]
    if world is None or world.size > len(examples):  # too few to share: each process does all
        return list(predict(model, iter(examples), examples, options))
    # Assign examples round-robin, which balances the work even if long examples are adjacent.
    shares = [np.arange(rank, len(examples), world.size) for rank in range(world.size)]
    own = (examples[index] for index in shares[world.rank].tolist())
    found = list(predict(model, own, examples, options))
    return restore_order(shares, world.gather(found))


def _compare(
    model: TaskModel, pairs: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Prediction]:
    check_pairs(among)
    if are_matches(among):
        yield from _rank(model, pairs, among, options)
        return
    texts = (text for pair in pairs for text in (pair.text, pair.pair))
    vectors = Embedder(model)(texts, normalize=True, **options)
    for first, second in zip(vectors, vectors, strict=True):  # two at a time, from one iterator
        yield float(first @ second)


def _rank(
    model: TaskModel, pairs: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Prediction]:
    """Yield the rank at which each first text finds its nearest partner among all second texts and negatives.

    It may have partners in other pairs too.
    """
    texts: dict[str, int] = {}
    partners: dict[str, list[int]] = {}
    for pair in among:
        partners.setdefault(pair.text, []).append(texts.setdefault(pair.pair, len(texts)))
        for negative in negatives_of(pair):
            texts.setdefault(negative, len(texts))
    firsts = [example.text for example in pairs]
    queries, corpus = (Embedder(model)(part, normalize=True, **options) for part in (firsts, list(texts)))
    yield from ranks(queries, corpus, [partners[text] for text in firsts])


def _classify(
    model: TaskModel, examples: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Prediction]:
    del among

    def item(example: TextExample) -> str | tuple[str, str]:
        return example.text if example.pair is None else (example.text, example.pair)

    def said(result: Classification | MultiLabel | Regression) -> Prediction:
        if isinstance(result, Regression):
            return result.score
        return list(result.labels) if isinstance(result, MultiLabel) else result.label

    yield from map(said, Classifier(model)(map(item, examples), **options))


def _tag(
    model: TaskModel, examples: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Prediction]:
    del among
    sentences = (example.words for example in examples)
    for words in Tagger(model).label_words(sentences, is_split_into_words=True, **options):
        yield [word.label for word in words]


def _answer(
    model: TaskModel, examples: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Prediction]:
    pairs = ((example.question, example.context) for example in examples)
    answers = QuestionAnswerer(model)(pairs, handle_impossible=has_impossible(among), **options)
    yield from (answer.text for answer in answers)


PREDICTORS: dict[str, Predict] = {
    ENCODER.name: _compare,
    SEQUENCE_CLASSIFICATION.name: _classify,
    TOKEN_CLASSIFICATION.name: _tag,
    QUESTION_ANSWERING.name: _answer,
}
"""The prediction function of each kind of task."""
