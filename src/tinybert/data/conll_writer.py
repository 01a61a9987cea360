"""Sentences of words and labels, written as CoNLL columns."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..errors import InputError
from ..writing import replacing
from .conll import DOCUMENT
from .examples import TaggedExample
from .text_lines import is_whole


def write_conll(path: str | os.PathLike[str], examples: Iterable[TaggedExample]) -> int:
    """Writes words and labels, tab separated, as `read_conll` reads them back equal.

    Args:
        path: The file. It is there whole or not at all.
        examples: The sentences; all with labels, or none.

    Returns:
        Sentences written.

    Raises:
        InputError: There are none, only some have labels, or a word or label is empty or holds a blank that would be
            lost; names the sentence's index.
    """
    count, labelled = 0, None
    with replacing(path, through_link=True) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
        for index, example in enumerate(examples):
            labelled = example.labels is not None if labelled is None else labelled
            if labelled != (example.labels is not None):
                raise InputError(f"examples[{index}] and examples[0] differ in having labels.")
            columns = [example.words] if example.labels is None else [example.words, example.labels]
            if not example.words:
                raise InputError(f"examples[{index}] has no words.")
            for row in zip(*columns, strict=True):
                _check_row(index, row)
                file.write("\t".join(row) + "\n")
            file.write("\n")
            count += 1
        if not count:
            raise InputError(f"There are no examples to write to {os.fspath(path)}.")
    return count


def _check_row(index: int, row: tuple[str, ...]) -> None:
    for field in row:
        problem = _field_problem(field, alone=len(row) == 1)
        if problem:
            raise InputError(f"examples[{index}]: {field!r:.40} {problem}.")
    if row[0] == DOCUMENT or (row[0].startswith("#") and " " in row[0]):
        raise InputError(f"examples[{index}]: {row[0]!r:.40} would be read as a mark between sentences, not as a word.")


def _field_problem(field: str, *, alone: bool) -> str:
    if not field:
        return "is empty"
    if any(character in field for character in "\t\r\n\0"):
        return "holds a tab, a line end or NUL"
    if field != field.strip(" ") or (alone and " " in field):
        return "holds a blank that would not be read back"
    if field[0] == "\ufeff":
        return "begins with a byte order mark"
    return "" if is_whole(field) else "holds half of a surrogate pair"
