"""Evaluation of labelled rows of token ids: their labels in the form of other examples, and predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..data import AnswerSpan, QuestionExample, TaggedExample, TextExample
from ..data.examples import TokenizedExample
from ..errors import InputError
from ..task import QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from ..tasks import TaskModel
from ..tasks.batching import forward
from ..tasks.candidates import best_stretches, span_table
from ..text import Encoding

LONGEST_ANSWER = 30
"""Maximum number of tokens in an answer, the default of `QuestionAnswerer`."""


def are_tokenized(examples: Sequence[Any]) -> bool:
    """Return whether examples are rows of token ids."""
    return bool(len(examples)) and isinstance(examples[0], TokenizedExample)


def label_count(examples: Sequence[Any]) -> int:
    """Return the number of classes that the labels imply: the highest label number plus 1."""
    return 1 + max(int(np.max(ids)) for example in examples if np.size(ids := label_of_words(example)))


def label_of_words(example: TokenizedExample) -> Any:
    """Return the label of a row: as it is for a text, without ignored positions for token labels."""
    return example.label[example.counted] if isinstance(example.label, np.ndarray) else example.label


def labelled(examples: Sequence[Any], task: Task, labels: Sequence[str]) -> Sequence[Any]:
    """Convert rows of token ids to the examples that scorers take; return other examples unchanged.

    Args:
        examples: The examples.
        task: The task of the model.
        labels: Names of all labels in the order of the model's outputs.

    Returns:
        One example for each. Words and answers are written as token ids, so answers are compared by their tokens.

    Raises:
        InputError: The model has no output for a label's number; names file and record.
    """
    if not are_tokenized(examples):
        return examples
    return [_LABELLED[task.kind](row, example, task, labels) for row, example in enumerate(examples)]


def encoding_of(examples: Sequence[TokenizedExample], vocabulary: int, most: int) -> Encoding:
    """Return rows of token ids as a padded `Encoding` for the network.

    Args:
        examples: N rows.
        vocabulary: Vocabulary size of the model.
        most: Maximum number of tokens in a row.

    Raises:
        InputError: A row has more than `most` tokens, or a token outside the vocabulary; names file and record.
    """
    lengths = np.array([len(example.input_ids) for example in examples])
    ids, segments = np.zeros((2, len(examples), int(lengths.max(initial=1))), np.int32)
    inside = np.full(ids.shape, -1, np.int32)
    for row, (example, length) in enumerate(zip(examples, lengths.tolist(), strict=True)):
        if length > most:
            raise InputError(
                f"{example.place} has {counted(length, 'token')}; a row has at most {most} here. It cannot be cut.",
                argument="max_length",
                example=length,
            )
        if example.input_ids.max() >= vocabulary:
            raise InputError(
                f"{example.place} has token {example.input_ids.max()}; the model's vocabulary ends at "
                f"{vocabulary - 1}. The file was made with another vocabulary."
            )
        ids[row, :length], segments[row, :length] = example.input_ids, example.segment_ids
        inside[row, :length] = np.where(example.counted, example.segment_ids, -1)
    mask = (np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int32)
    return Encoding(ids, mask, segments, inside)


def predict_tokenized(
    model: TaskModel, examples: Iterator[Any], among: Sequence[Any], options: dict[str, Any]
) -> Iterator[Any]:
    """Yield predictions for rows of token ids, in the form in which `labelled` gives the true labels."""
    rows = list(examples)
    length = options.get("max_length")
    most = model.most_tokens if length is None else model.row_length(length)
    encoding = encoding_of(rows, model.tokenizer.vocab_size, most)
    say = _SAID[model.task.kind]
    impossible = any(example.label == (0, 0) for example in among if isinstance(example.label, tuple))

    def reduce(outputs: Any, batch: Encoding) -> list[Any]:
        parts = zip(*outputs, strict=True) if isinstance(outputs, tuple) else outputs
        # Rows that only pad a batch to a fixed size have no tokens.
        count = int((batch.lengths > 0).sum())
        return [say(model, part, batch, row, impossible) for row, part in zip(range(count), parts, strict=False)]

    yield from forward(model.runtime, model.runtime.logits, encoding, reduce, batch_size=options["batch_size"])


def _text_label(row: int, example: TokenizedExample, task: Task, labels: Sequence[str]) -> TextExample:
    del row
    score = task.problem == "regression"
    label = float(example.label) if score else _name(example, example.label, labels)
    return TextExample("", label=label, place=example.place)


def _word_labels(row: int, example: TokenizedExample, task: Task, labels: Sequence[str]) -> TaggedExample:
    del row, task
    names = tuple(_name(example, number, labels) for number in label_of_words(example).tolist())
    return TaggedExample(tuple(map(str, example.input_ids[example.counted].tolist())), names, example.place)


def _answer(row: int, example: TokenizedExample, task: Task, labels: Sequence[str]) -> QuestionExample:
    del task, labels
    start, end = example.label
    if end == 0:
        return QuestionExample(str(row), "", "", is_impossible=True)
    return QuestionExample(str(row), "", "", (AnswerSpan(_written(example.input_ids[start : end + 1]), start),))


def _name(example: TokenizedExample, number: Any, labels: Sequence[str]) -> str:
    if not 0 <= number < len(labels):
        raise InputError(f"{example.place}: the label is {number}; the model has {len(labels)}, 0 to {len(labels) - 1}")
    return labels[int(number)]


def _written(ids: np.ndarray) -> str:
    return " ".join(map(str, ids.tolist()))


def _say_class(model: TaskModel, logits: Any, batch: Encoding, row: int, impossible: bool) -> str | float:
    del batch, row, impossible
    return float(logits[0]) if model.task.problem == "regression" else model.labels[int(logits.argmax())]


def _say_words(model: TaskModel, logits: Any, batch: Encoding, row: int, impossible: bool) -> list[str]:
    del impossible
    width = len(logits)
    return [model.labels[number] for number in logits[batch.sequence_ids[row, :width] >= 0].argmax(axis=1).tolist()]


def _say_answer(model: TaskModel, logits: Any, batch: Encoding, row: int, impossible: bool) -> str:
    del model
    start, end = logits
    context = np.flatnonzero(batch.sequence_ids[row] == 1)
    if not len(context):
        return ""
    table = span_table([(start[context], end[context])], 0, LONGEST_ANSWER)
    each = np.arange(len(context))
    ((first, last, score),) = best_stretches(table, 1, each, each)
    if impossible and start[0] + end[0] > score:
        return ""
    return _written(batch.input_ids[row, context[first] : context[last] + 1])


_LABELLED: dict[str, Callable[[int, TokenizedExample, Task, Sequence[str]], Any]] = {
    SEQUENCE_CLASSIFICATION.name: _text_label,
    TOKEN_CLASSIFICATION.name: _word_labels,
    QUESTION_ANSWERING.name: _answer,
}
_SAID: dict[str, Callable[[TaskModel, Any, Encoding, int, bool], Any]] = {
    SEQUENCE_CLASSIFICATION.name: _say_class,
    TOKEN_CLASSIFICATION.name: _say_words,
    QUESTION_ANSWERING.name: _say_answer,
}
