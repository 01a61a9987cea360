"""Raw text as blocks of lines, read file by file in constant memory."""

from __future__ import annotations

import glob
import gzip
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..data.text_lines import numbered_lines
from ..errors import InputError

LINES, CHARACTERS = 1 << 16, 1 << 25
"""Where a block ends: after so many lines, or characters if they are long."""


@dataclass
class Block:
    """Lines that follow each other, over the ends of files.

    Attributes:
        lines: The lines, stripped; none is empty.
        files: The number of each line's file, from 0.
        begins: Whether a line is the first of its file, or follows an empty line.
        ended: The numbers of the files that end in the block.
        read: Bytes read up to the block's end, of all files.
    """

    lines: list[str] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    begins: list[bool] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    read: int = 0


Patterns = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""Text files or patterns such as `corpus/*.txt.gz`: one or several."""


def find_files(patterns: Patterns, argument: str = "text") -> list[str]:
    """Return the files that patterns stand for, sorted and without duplicates.

    Args:
        patterns: The files or patterns.
        argument: The name of the argument that they were given as, for messages.

    Raises:
        InputError: A pattern matches no file, or there is none.
    """
    several = [patterns] if isinstance(patterns, str | os.PathLike) else patterns
    if not isinstance(several, Sequence) or isinstance(several, bytes) or not several:
        raise InputError(f"{argument} is {patterns!r}: it must be a file, a pattern, or a list of them")
    found: set[str] = set()
    for each in several:
        pattern = os.fspath(each)
        files = [pattern]
        if glob.has_magic(pattern) and not os.path.exists(pattern):  # a name may have brackets in it
            files = [file for file in glob.glob(pattern, recursive=True) if not os.path.isdir(file)]
        if not files:
            raise InputError(f"no file matches {pattern}", argument=argument)
        found.update(map(os.path.normpath, files))
    return sorted(found)


def check_files(paths: Sequence[str]) -> None:
    """Look at the beginning of each file, before hours are spent on the first.

    Raises:
        InputError: As `read_lines`; or a file is a pipe, which cannot be read again.
    """
    for path in paths:
        if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
            raise InputError(f"{path} is a pipe, and text is read more than once: write it to a file first")
        next(text for text, _ in read_lines(path) if text)


def read_blocks(paths: Sequence[str]) -> Iterator[Block]:
    """Read text files; the blocks depend on nothing but the files.

    Raises:
        InputError: As `read_lines`.
    """
    block, characters, before = Block(), 0, 0
    for number, path in enumerate(paths):
        begins = True
        for text, read in read_lines(path):
            if not text:
                begins = True
                continue
            if len(block.lines) >= LINES or characters >= CHARACTERS:
                yield block
                block, characters = Block(), 0
            block.lines.append(text)
            block.files.append(number)
            block.begins.append(begins)
            block.read, begins = before + read, False
            characters += len(text)
        block.ended.append(number)
        before += os.path.getsize(path)
    yield block


def read_lines(path: str) -> Iterator[tuple[str, int]]:
    """Read the lines of a UTF-8 text file, `.gz` or plain.

    Yields:
        Each line, stripped, the empty ones too; and the bytes of the file that have been read.

    Raises:
        InputError: The file cannot be read, is not text, or has no text; names the file, and the line if there is one.
    """
    has_text = False
    try:
        with open(path, "rb") as file:
            source: Any = gzip.GzipFile(fileobj=file) if path.lower().endswith(".gz") else file
            for _, line in numbered_lines(source):
                text = line.strip()
                has_text = has_text or bool(text)
                yield text, file.tell()
    except (EOFError, zlib.error) as error:
        raise InputError(f"{path} is damaged: {error}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except InputError as error:
        if error.argument != "encoding":
            raise
        raise InputError(f"{error.message.rpartition('. ')[0]}: convert the file to UTF-8") from None
    if not has_text:
        raise InputError(f"{path} has no text")
