"""CoNLL columns: one word a line with its label, an empty line between sentences."""

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
    r"""Reads sentences of words and labels.

    Columns are separated by tabs if there are any, else by blanks. `-DOCSTART-` lines are skipped, and so are comments:
    lines that begin with # and are not a row, as `# sent_id = 3` among rows of two columns.

    Args:
        path: The file, UTF-8; or an open binary file.
        word_column: Column of the word, from 0; negative counts from the end.
        label_column: Column of the label, likewise; None reads words only.
        scheme: What the labels must be tags of: "IOB1", "IOB2", "IOE1", "IOE2", "IOBES" or "BILOU". None: whatever they
            are; but if they look like such tags, each must be one.
        strict: Also refuses tags in a wrong place, such as I-PER after O in IOB2. Without a scheme, in the one that
            fits best. False reads them as `tinybert.metrics.spans` does.
        on_error: `raise` an error at a bad line, or `skip` the sentences that have one; a warning counts them.

    Returns:
        The sentences in the order of the file.

    Raises:
        InputError: With file and line: a row with another number of columns, an empty word or label, a tag that is
            not allowed, what `numbered_lines` refuses. Without line: a file that cannot be read or has no words.

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


# In CoNLL-U the id of several words that are written as one, 1-2, and of a word that is not written, 8.1.
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
    """Whether a line that begins with # is not a row: # and its label are a row, and so is a #hashtag."""
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
