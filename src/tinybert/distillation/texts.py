"""Raw text as rows to learn from: one line a row."""

from __future__ import annotations

import glob
import gzip
import os
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from ..data.text_lines import numbered_lines
from ..errors import InputError
from ..text import BertTokenizer
from ..text.vocabulary import UNK
from ..training.features import Features

_MOST_UNKNOWN = 0.5
"""Share of [UNK] from which a text is not of the vocabulary's language."""


def find_files(patterns: Sequence[str]) -> list[str]:
    """Return the files that patterns such as `corpus/*.txt.gz` stand for, sorted and without duplicates.

    Raises:
        InputError: A pattern matches no file.
    """
    found: set[str] = set()
    for pattern in patterns:
        files = [pattern]
        if glob.has_magic(pattern) and not os.path.exists(pattern):  # a name may have brackets in it
            files = [file for file in glob.glob(pattern, recursive=True) if not os.path.isdir(file)]
        if not files:
            raise InputError(f"no file matches {pattern}", argument="text")
        found.update(map(os.path.normpath, files))
    return sorted(found)


def read_lines(path: str) -> list[str]:
    """Read the lines of a UTF-8 text file, `.gz` or plain, stripped and without the empty ones.

    Raises:
        InputError: The file cannot be read, is not text, or has no text; names the file, and the line if there is one.
    """
    try:
        if path.lower().endswith(".gz"):
            with gzip.open(path) as file:
                lines = [*_lines(file)]
        else:
            lines = [*_lines(path)]
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path} is damaged: {error}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except InputError as error:
        if error.argument != "encoding":
            raise
        raise InputError(f"{error.message.rpartition('. ')[0]}: convert the file to UTF-8") from None
    if not lines:
        raise InputError(f"{path} has no text")
    return lines


def text_features(paths: Sequence[str], tokenizer: BertTokenizer, max_length: int) -> Features:
    """Tokenize text files, one line a row.

    Args:
        paths: The files.
        tokenizer: The tokenizer of teacher and student.
        max_length: Tokens to which a line is cut.

    Returns:
        The rows in the order of files and lines. Their labels are zeros: nobody uses them.

    Raises:
        InputError: As `read_lines`; or most of a file's tokens are unknown to the vocabulary, with the share.
    """
    lines: list[str] = []
    for path in paths:
        found = read_lines(path)
        _check_language(path, found, tokenizer, max_length)
        lines += found
    return Features(tokenizer(lines, max_length=max_length), np.zeros(len(lines), np.int32))


def _check_language(path: str, lines: list[str], tokenizer: BertTokenizer, max_length: int) -> None:
    step = max(1, len(lines) // 1000)
    encoding = tokenizer(lines[::step], max_length=max_length)
    unknown = tokenizer.vocabulary.tokens.index(UNK)
    tokens = encoding.sequence_ids >= 0
    share = float((encoding.input_ids[tokens] == unknown).mean()) if tokens.any() else 1.0
    if share > _MOST_UNKNOWN:
        raise InputError(
            f"{path}: {share:.0%} of its tokens are [UNK] in the teacher's vocabulary, {tokenizer.vocabulary.source}: "
            "the text is in another language. Use a teacher whose vocabulary covers it"
        )


def _lines(source: object) -> Iterator[str]:
    for _, line in numbered_lines(source):  # type: ignore[arg-type]
        if stripped := line.strip():
            yield stripped
