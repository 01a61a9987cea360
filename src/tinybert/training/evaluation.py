"""What a model says of labelled examples, and how good that is.

The task objects say it, those that everybody uses: a metric is that of what users get, windows over long texts and
answers of whole words included. Every example counts once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..data import TextExample
from ..data.batches import restore_order
from ..metrics import ranks
from ..tasks import Classification, Classifier, Embedder, MultiLabel, QuestionAnswerer, Regression, Tagger, TaskModel
from ..tasks.job import BATCH_SIZE
from .distributed import World
from .labels import Examples, check_kind
from .pairs import are_matches
from .scores import Prediction, check_examples, has_impossible, score


def evaluate(
    model: TaskModel,
    examples: Examples,
    *,
    max_length: int | None = None,
    batch_size: int = BATCH_SIZE,
    world: World | None = None,
    progress: bool | None = None,
) -> dict[str, float]:
    """The metrics of a model on labelled examples: those of what the task objects say with their own settings.

    Args:
        model: The model, as `tinybert.tasks.load_model` gives it; or one in the middle of its training, with its
            network in inference mode.
        examples: The labelled examples.
        max_length: Tokens of a row or window; by default that of the task objects.
        batch_size: The most rows that go through the network at once.
        world: The processes that share the work, each of which calls this with the same arguments; each gets the
            metrics of all examples. None for this process alone.
        progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

    Returns:
        Metrics by name; see `tinybert.metrics`.

    Raises:
        InputError: An example does not fit the model's task, or has a label that it does not know; that
            is told before anything is computed.

    Example:
        >>> from tinybert.data import read_texts
        >>> from tinybert.tasks import load_model
        >>> evaluate(load_model("reviews"), read_texts("dev.tsv"))["accuracy"]  # a folder that a fine-tuning wrote
        0.95
    """
    check_examples(model, examples)
    found = predictions(model, examples, max_length=max_length, batch_size=batch_size, world=world, progress=progress)
    return score(model, examples, found)


def predictions(
    model: TaskModel,
    examples: Examples,
    *,
    max_length: int | None = None,
    batch_size: int = BATCH_SIZE,
    world: World | None = None,
    progress: bool | None = None,
) -> list[Prediction]:
    """What a model says of examples, with or without labels.

    Args:
        model: As for `evaluate`.
        examples: The examples.
        max_length: As for `evaluate`.
        batch_size: Likewise, as all that follow.
        world: Likewise.
        progress: Likewise.

    Returns:
        For each example the name of its label, for multi-label models the list of names, for regressions the number;
        for a sentence the list of its words' labels; for a question the text of the answer, which is "" for "no answer"
        where one of the questions is impossible. For a pair the cosine of the vectors that `Embedder` gives its texts;
        for pairs without scores, each of which is a match, the rank of the second text among all second texts.

    Raises:
        InputError: An example does not fit the model's task.
    """
    check_kind(examples, model.task.kind)
    if world is None or world.size > len(examples):  # too few to share: each process does all
        world = World()
    # Dealt out one by one: also where long examples stand together, all processes have about the same work.
    shares = [np.arange(rank, len(examples), world.size) for rank in range(world.size)]
    own = (examples[index] for index in shares[world.rank].tolist())
    options = {"max_length": max_length, "batch_size": batch_size, "progress": progress}
    if model.task.kind == "question-answering":
        options["handle_impossible"] = has_impossible(examples)
    say = _SAY[model.task.kind]
    if model.task.kind == "encoder" and are_matches(examples):
        say = functools.partial(_rank, among=examples)
    # An iterator, so that memory stays flat: of an example only what is returned is kept.
    found = list(say(model, own, options))
    return restore_order(shares, world.gather(found))


def _compare(model: TaskModel, pairs: Iterator[Any], options: dict[str, Any]) -> Iterator[Prediction]:
    texts = (text for pair in pairs for text in (pair.text, pair.pair))
    vectors = Embedder(model)(texts, normalize=True, **options)
    for first, second in zip(vectors, vectors, strict=True):  # two at a time, from one iterator
        yield float(first @ second)


def _rank(
    model: TaskModel, pairs: Iterator[Any], options: dict[str, Any], among: Sequence[Any]
) -> Iterator[Prediction]:
    """Where each first text finds its partner; of several, which it has in other pairs, the nearest."""
    texts: dict[str, int] = {}
    partners: dict[str, list[int]] = {}
    for pair in among:
        partners.setdefault(pair.text, []).append(texts.setdefault(pair.pair, len(texts)))
    firsts = [example.text for example in pairs]
    queries, corpus = (Embedder(model)(part, normalize=True, **options) for part in (firsts, list(texts)))
    yield from ranks(queries, corpus, [partners[text] for text in firsts])


def _classify(model: TaskModel, examples: Iterator[Any], options: dict[str, Any]) -> Iterator[Prediction]:
    def item(example: TextExample) -> str | tuple[str, str]:
        return example.text if example.pair is None else (example.text, example.pair)

    def said(result: Classification | MultiLabel | Regression) -> Prediction:
        if isinstance(result, Regression):
            return result.score
        return list(result.labels) if isinstance(result, MultiLabel) else result.label

    yield from map(said, Classifier(model)(map(item, examples), **options))


def _tag(model: TaskModel, examples: Iterator[Any], options: dict[str, Any]) -> Iterator[Prediction]:
    sentences = (example.words for example in examples)
    for words in Tagger(model).label_words(sentences, is_split_into_words=True, **options):
        yield [word.label for word in words]


def _answer(model: TaskModel, examples: Iterator[Any], options: dict[str, Any]) -> Iterator[Prediction]:
    pairs = ((example.question, example.context) for example in examples)
    yield from (answer.text for answer in QuestionAnswerer(model)(pairs, **options))


_SAY = {
    "encoder": _compare,
    "sequence-classification": _classify,
    "token-classification": _tag,
    "question-answering": _answer,
}
