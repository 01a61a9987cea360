"""What a model says of examples of each kind of task.

The task objects say it, those that everybody uses: a metric is that of what users get, windows over long texts and
answers of whole words included. Every example counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from ..data import TextExample
from ..data.batches import restore_order
from ..metrics import ranks
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from ..tasks import Classifier, Embedder, QuestionAnswerer, Tagger, TaskModel
from ..tasks.pipeline import BATCH_SIZE
from ..tasks.results import Classification, MultiLabel, Regression
from .labels import Examples, check_kind
from .pairs import are_matches, check_pairs
from .scorers import Prediction, has_impossible
from .tokenized import are_tokenized, predict_tokenized

Predict = Callable[[TaskModel, Iterator[Any], Sequence[Any], dict[str, Any]], Iterator[Prediction]]
"""What a model says of some examples: takes the model, these examples, all examples, and the options of the task."""


class Processes(Protocol):
    """Processes that share an evaluation; each calls it with the same arguments, and gets all of it."""

    @property
    def rank(self) -> int:
        """This process, from 0."""

    @property
    def size(self) -> int:
        """Number of processes."""

    def gather(self, value: Any) -> list[Any]:
        """What each process has, in the order of their ranks."""


def predictions(
    model: TaskModel,
    examples: Examples,
    *,
    max_length: int | None = None,
    batch_size: int = BATCH_SIZE,
    world: Processes | None = None,
    progress: bool | None = None,
) -> list[Prediction]:
    """What a model says of examples, with or without labels.

    Args:
        model: The model, as `tinybert.tasks.load_model` gives it; or one in the middle of its training, with its
            network in inference mode.
        examples: The examples.
        max_length: Tokens of a row or window; by default that of the task objects.
        batch_size: The most rows that go through the network at once.
        world: The processes that share the work. None for this process alone.
        progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

    Returns:
        For each example the name of its label, for multi-label models the list of names, for regressions the number;
        for a sentence the list of its words' labels; for a question the text of the answer, which is "" for "no answer"
        where one of the questions is impossible. For a pair the cosine of the vectors that `Embedder` gives its texts;
        for pairs without scores, each of which is a match, the rank of the second text among all second texts.

    Raises:
        InputError: An example does not fit the model's task.
    """
    kind = model.task.kind
    check_kind(examples, kind)
    options = {"max_length": max_length, "batch_size": batch_size, "progress": progress}
    predict = predict_tokenized if are_tokenized(examples) else PREDICTORS[kind]
    if world is None or world.size > len(examples):  # too few to share: each process does all
        return list(predict(model, iter(examples), examples, options))
    # Dealt out one by one: also where long examples stand together, all processes have about the same work.
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
    """Where each first text finds its partner; of several, which it has in other pairs, the nearest."""
    texts: dict[str, int] = {}
    partners: dict[str, list[int]] = {}
    for pair in among:
        partners.setdefault(pair.text, []).append(texts.setdefault(pair.pair, len(texts)))
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
"""How a model of each kind says something of examples."""
