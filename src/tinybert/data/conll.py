"""CoNLL files: one word per line with its label, and an empty line between sentences."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..counting import counted
from ..errors import InputError
from ..metrics import Scheme
from .bad_rows import BadRows, OnError
from .examples import TaggedExample
from .tagging import TagChecker
from .text_lines import Source, error_at, lines_of, name_of, place

DOCUMENT = "-DOCSTART-"
_DOCUMENT_MARKS = ("#begin document", "#end document")  # CoNLL-2012
_BLANKS = re.compile(r"[ \t]+")


def read_conll(
    path: Source,
    *,
    word_column: int = 0,
    label_column: int | None = -1,
    scheme: Scheme | None = None,
    strict: bool = False,
    on_error: OnError = "raise",
) -> list[TaggedExample]:
    r"""Read sentences of words and labels.

    Columns are separated by tabs if there are any, otherwise by blanks. Lines that start with `-DOCSTART-` are skipped,
    and so are comments: lines that begin with # and are not a row, such as `# sent_id = 3` among rows of two columns.

    Args:
        path: The file, UTF-8; or an open binary file.
        word_column: Column of the word, from 0; negative counts from the end.
        label_column: Column of the label, counted the same way; None reads words only.
        scheme: The tagging scheme that the labels must follow: "IOB1", "IOB2", "IOE1", "IOE2", "IOBES" or "BILOU". With
            None, any labels are accepted; but if they look like tags, each must be a valid one.
        strict: Whether to reject misplaced tags too, such as I-PER after O in IOB2. Without `scheme`, the best-fitting
            scheme applies. If False, `tinybert.metrics.spans` defines how misplaced tags are read.
        on_error: "raise" raises an error at a bad line; "skip" skips the sentences that have one, with a warning that
            counts them.

    Returns:
        The sentences in the order of the file.

    Raises:
        InputError: A row has a different number of columns, a word or label is empty, a tag is not allowed, or a line
            is not UTF-8 or holds NUL (names file and line); or the file cannot be read or has no words.

    Examples:
        A path, or an open file:

        >>> import io
        >>> (sentence,) = read_conll(io.BytesIO(b"EU NNP B-ORG\nrejects VBZ O\n"), scheme="IOB2")
        >>> sentence.words, sentence.labels
        (('EU', 'rejects'), ('B-ORG', 'O'))
    """
    bad = BadRows(path, on_error)
    sentences = []
    for sentence in _sentences(path, word_column, label_column):
        if sentence.problem:
            bad.add(error_at(path, sentence.line, sentence.problem))
        else:
            sentences.append(sentence)
    if label_column is not None:
        checker = TagChecker([sentence.labels for sentence in sentences], scheme, strict=strict)
        sentences = [sentence for sentence in sentences if _has_tags(sentence, checker, path, bad)]
    bad.report(any_good=bool(sentences))
    return [sentence.example(path) for sentence in sentences]


def words_or_errors(path: Source) -> Iterator[tuple[int, list[str] | InputError]]:
    """Reads the words of sentences without their labels; a bad sentence has its place among the others.

    Args:
        path: The file, as for `read_conll`; the words are in its first column.

    Yields:
        The number of the line that a sentence begins in, and its words; or of a bad one, the line that is wrong and an
        InputError that says how, to follow file and line.

    Raises:
        InputError: The file cannot be read or has no words.
    """
    for sentence in _sentences(path, 0, None):
        yield sentence.line, sentence.problem or sentence.words


# CoNLL-U ids of lines that are not words: a multiword token (1-2) and an empty node (8.1).
_NO_WORD = re.compile(r"[0-9]+[-.][0-9]+")


@dataclasses.dataclass
class _Sentence:
    words: list[str] = dataclasses.field(default_factory=list)
    labels: list[str] = dataclasses.field(default_factory=list)
    lines: list[int] = dataclasses.field(default_factory=list)
    problem: InputError | None = None

    @property
    def line(self) -> int:
        """The line that it begins in; of a bad one, the line that is wrong."""
        return self.lines[-1 if self.problem else 0]

    def example(self, path: Source) -> TaggedExample:
        return TaggedExample(tuple(self.words), tuple(self.labels) or None, place(path, self.lines[0]))


class _Line(NamedTuple):
    number: int
    text: str
    problem: InputError | None = None

    @property
    def is_row(self) -> bool:
        return self.problem is None and bool(self.text.strip(" \t"))

    def fields(self, tabs: bool) -> list[str]:
        if tabs:
            return [field.strip(" ") for field in self.text.split("\t")]
        return _BLANKS.split(self.text.strip(" \t"))


def _sentences(path: Source, word_column: int, label_column: int | None) -> list[_Sentence]:
    """The sentences of a file, bad ones among them."""
    lines = [_Line(number, text.rstrip("\r\n"), problem) for number, text, problem in lines_of(path)]
    pattern = next((line for line in lines if line.is_row and not line.text.startswith(("#", DOCUMENT))), None)
    pattern = pattern or next((line for line in lines if line.is_row), None)
    if pattern is None:
        for line in lines:
            if line.problem:
                raise error_at(path, line.number, line.problem)
        raise InputError(f"{name_of(path)} has no words.")
    tabs = "\t" in pattern.text
    columns = len(pattern.fields(tabs))
    word = _column(path, pattern, word_column, columns, "word_column")
    label = None if label_column is None else _column(path, pattern, label_column, columns, "label_column")
    if word == label:
        problem = InputError("words and labels are the same column. Each line needs both.", argument="label_column")
        raise error_at(path, pattern.number, problem)
    sentences = list(_split(lines, tabs, columns, (word, label)))
    if not sentences:
        raise InputError(f"{name_of(path)} has no words.")
    return sentences


def _split(lines: list[_Line], tabs: bool, columns: int, places: tuple[int, int | None]) -> Iterator[_Sentence]:
    word, label = places
    sentence = _Sentence()
    for line in [*lines, _Line(0, "")]:
        fields = line.fields(tabs)
        problem = line.problem
        # A line of blanks and tabs alone parts sentences too: WNUT-17 has a tab there.
        ends = not any(fields) or fields[0] == DOCUMENT
        if ends and (sentence.words or sentence.problem):
            yield sentence
            sentence = _Sentence()
        if ends or sentence.problem or (problem is None and _is_no_row(line, fields, tabs, columns, word)):
            continue
        sentence.lines.append(line.number)
        sentence.problem = problem or _row_problem(line, fields, columns, places)
        if sentence.problem:
            continue
        sentence.words.append(fields[word])
        if label is not None:
            sentence.labels.append(fields[label])


def _is_no_row(line: _Line, fields: list[str], tabs: bool, columns: int, word: int) -> bool:
    return _is_comment(line, fields, tabs, columns) or bool(word and _NO_WORD.fullmatch(fields[0]))


def _row_problem(line: _Line, fields: list[str], columns: int, places: tuple[int, int | None]) -> InputError | None:
    if len(fields) != columns:
        return InputError(f"{counted(len(fields), 'column')}, but the first row has {columns}: {line.text!r:.60}.")
    for name, column in zip(("word", "label"), places, strict=True):
        if column is not None and not fields[column]:
            return InputError(f"the {name} is empty: {line.text!r:.60}.")
    return None


def _has_tags(sentence: _Sentence, checker: TagChecker, path: Source, bad: BadRows) -> bool:
    problem = checker.problem(sentence.labels)
    if problem is None:
        return True
    position, message = problem
    word = sentence.words[position]
    bad.add(error_at(path, sentence.lines[position], f"the label of {word!r:.40}: {message}."))
    return False


def _is_comment(line: _Line, fields: list[str], tabs: bool, columns: int) -> bool:
    """Return whether a line is a comment; # as a word with its label is a row, and so is a #hashtag."""
    if not line.text.startswith("#"):
        return False
    if len(fields) != columns or line.text.startswith(_DOCUMENT_MARKS):
        return True
    return " " in fields[0] if tabs else line.text.startswith("# ") and "\t" in line.text


def _column(path: Source, pattern: _Line, column: int, columns: int, name: str) -> int:
    if not isinstance(column, int) or isinstance(column, bool):
        raise InputError(f"{name} is {column!r}; it must be the index of a column, from 0.")
    if not -columns <= column < columns:
        problem = InputError(f"there is no column {column} among {columns}: {pattern.text!r:.60}.", argument=name)
        raise error_at(path, pattern.number, problem)
    return column % columns
