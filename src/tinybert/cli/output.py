"""Write results to stdout, whose reader may stop early, or to a file, which is written completely or not at all."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from ..errors import InputError, WriteError
from ..writing import check_writable, replacing
from .stderr import rendered
from .streams import is_closed, write_nowhere

if TYPE_CHECKING:
    import numpy as np

    from .input_rows import Row

STDOUT = "-"


def output_format(path: str, given: str | None, known: tuple[str, ...]) -> str:
    """Return the format of an output: the given one, else by file extension, or for stdout the first of `known`.

    Raises:
        InputError: The file extension is not a known format.
        WriteError: The file cannot be written; checked here, before anything is computed for it.
    """
    if path != STDOUT:
        check_writable(path)
    if given is not None or path == STDOUT:
        return given or known[0]
    ending = os.path.splitext(path)[1].lower().removeprefix(".")
    if ending not in known:
        raise InputError(f"{path}: the name must end in {', '.join('.' + kind for kind in known)}; or say it with --to")
    return ending


@contextmanager
def text_output(path: str) -> Iterator[Callable[[str], Any]]:
    """Yield a function that writes text to a file, or to stdout for `-`."""
    if path != STDOUT:
        with (
            replacing(path, through_link=True) as temporary,
            open(temporary, "w", encoding="utf-8", newline="\n") as file,
        ):
            yield file.write
        return
    if is_closed("stdout"):
        raise WriteError("stdout is closed: give a file with --output", errno.EBADF)
    # The output is UTF-8 on any machine, as in files.
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        yield sys.stdout.write
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, for example `head`, stopped. Python would flush once more at exit, and report an error.
        write_nowhere(sys.stdout.fileno())
        raise typer.Exit(0) from None


@contextmanager
def npy_output(path: str, width: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Yield a function that appends a row to a (N, width) float32 .npy file; rows are written immediately.

    Args:
        path: The file.
        width: Numbers per row.
    """
    count = 0

    def write(row: np.ndarray) -> None:
        nonlocal count
        file.write(row.astype("<f4", copy=False).tobytes())
        count += 1

    with replacing(path, through_link=True) as temporary, open(temporary, "wb") as file:
        _write_npy_header(file, 0, width)
        begin = file.tell()
        yield write
        file.seek(0)
        _write_npy_header(file, count, width)  # NumPy leaves room for the number to grow
        assert file.tell() == begin


def json_line(**values: Any) -> str:
    """Return an object as a JSON line, including the line end."""
    return json.dumps(values, ensure_ascii=False) + "\n"


def bad_line(row: Row, **named: Any) -> str:
    """Return the JSON line that replaces the result of a bad row."""
    return json_line(**named, error=error_of(row))


def error_of(row: Row) -> str | None:
    """Return the message of a row's error; None if the row is good."""
    return rendered(row.error) if row.error else None


def is_terminal(path: str) -> bool:
    """Return whether results go to a terminal, where a progress bar would disturb them."""
    return path == STDOUT and sys.stdout.isatty()


def _write_npy_header(file: BinaryIO, rows: int, width: int) -> None:
    from numpy.lib import format as npy

    npy.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (rows, width)})
