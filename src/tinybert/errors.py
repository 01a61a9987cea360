"""Every error that this package raises on purpose, in one hierarchy.

Each message says what was wrong, where, and what to do next. All of them are `TinyBertError`; most are also the
built-in error that a caller would expect (`ValueError` for a bad argument, `OSError` for a failed download), so that
existing `except` clauses keep working.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

_LONGEST_LINE, _LONGEST_MESSAGE = 1000, 10_000
# Control characters, of which a terminal obeys some; marks that turn the direction of writing; halves of surrogates.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""A message as it may be shown anywhere, whatever of a file or a server's answer is quoted in it.

    Args:
        text: The message. What a terminal would obey is written as an escape, and long lines lose their middle.

    Examples:
        >>> printable("the server says \x1b[2Jgone")
        'the server says \\x1b[2Jgone'
    """
    lines = [_shortened(line, _LONGEST_LINE) for line in text.split("\n", 10_000)]
    harmless = _OBEYED.sub(lambda match: ascii(match[0])[1:-1], "\n".join(lines))
    return _shortened(harmless, _LONGEST_MESSAGE)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} [...] {text[-most // 4 :]}"


Self = TypeVar("Self", bound="TinyBertError")


class TinyBertError(Exception):
    """Base of all errors of this package.

    An error that an argument can remedy names it in `argument`, and not in its message: the command line has an option
    in its place. `str` shows both.

    Args:
        message: What is wrong, and what to do.
        argument: The argument that the message speaks of, by its name in Python.
        example: A value to give for it; None if there is none to show.

    Attributes:
        message: The message, without the argument.
        argument: The argument's name, or None.
        example: The value, or None.

    Example:
        >>> str(InputError("the file has no vocabulary: give one", argument="vocabulary", example="vocab.txt"))
        "the file has no vocabulary: give one (vocabulary='vocab.txt')"
    """

    def __init__(self, message: str = "", *, argument: str | None = None, example: Any = None) -> None:
        message = printable(message)
        super().__init__(message)
        self.message = message
        self.argument = argument
        self.example = example

    def __str__(self) -> str:
        if self.argument is None:
            return self.message
        value = "..." if self.example is None else repr(self.example)
        return self.with_hint(f"{self.argument}={value}")

    def with_hint(self, hint: str) -> str:
        """The message with a few words in parentheses before its full stop."""
        stop = "." if self.message.endswith(".") else ""
        return f"{self.message.removesuffix('.')} ({hint}){stop}"

    def prefixed(self: Self, place: str) -> Self:
        """The same error with the place before its message, such as a file and a line: `data.tsv, line 3: `."""
        error = type(self)(f"{place}{self.message}")
        error.__dict__ = {**self.__dict__, "message": error.message}
        return error


class DependencyError(TinyBertError, ImportError):
    """A library is missing or has a version that does not work; the message says what to install."""


class ConfigError(TinyBertError, ValueError):
    """A configuration value is not allowed; the message names the field, the value and what is allowed."""


class InputError(TinyBertError, ValueError):
    """The network or the tokenizer was called with something that it cannot take."""


class OutputError(TinyBertError, ArithmeticError):
    """A network computed something that is not a finite number."""


class CheckpointError(TinyBertError, ValueError):
    """A checkpoint cannot be read, or its layout is not one that this package knows."""


class BindingError(CheckpointError):
    """A checkpoint does not fit a network. The network was not touched.

    Attributes:
        missing: Names of the network's parameters that the checkpoint lacks.
        unexpected: Names in the checkpoint that the network has no parameter for.
        mismatched: Name of each parameter whose shapes differ, with (shape in the network, shape in the checkpoint).
    """

    def __init__(
        self,
        message: str,
        *,
        missing: Sequence[str] = (),
        unexpected: Sequence[str] = (),
        mismatched: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] | None = None,
    ) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        self.unexpected = tuple(unexpected)
        self.mismatched = dict(mismatched or {})


class ForkError(TinyBertError, RuntimeError):
    """A forked process was to compute after its parent had; the message says how to start it instead."""


class WriteError(TinyBertError, OSError):
    """A file cannot be written; the message names it, says why, and what to do.

    Attributes:
        errno: The system's number of the error.
    """

    def __init__(self, message: str, number: int | None = None, **remedy: Any) -> None:
        super().__init__(message, **remedy)
        self.errno = number


class HubError(TinyBertError):
    """Base of the errors of finding, fetching and publishing modules."""


class CardError(HubError, ValueError):
    """A model card is malformed.

    Attributes:
        problems: One line a problem, each beginning with the line number in the card where it is known.
    """

    def __init__(self, message: str, *, problems: Sequence[str] = (), **remedy: Any) -> None:
        super().__init__(message, **remedy)
        self.problems = tuple(problems)


class HubArgumentError(HubError, TypeError, ValueError):
    """An argument of the hub's functions has the wrong type or value. The official client raises one or the other."""


class UnknownModuleError(HubError, LookupError, ValueError):
    """No module has this uid; the message lists the closest known uids."""

    # LookupError's subclass KeyError would print the message in quotes.
    def __init__(self, message: str, *, closest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.closest = tuple(closest)


class UnsafePathError(HubError, ValueError):
    """A uid or file name would leave the cache folder."""


class DownloadError(HubError, OSError):
    """A file could not be fetched; the message names the address, the reason and what to do."""


class OfflineError(DownloadError):
    """A file is not cached and must not, or could not, be fetched; the message says which file belongs where."""


class IntegrityError(HubError, ValueError):
    """A file's SHA-256 is not the declared one; the file was not loaded.

    Attributes:
        expected: The declared SHA-256, 64 lower-case hexadecimal digits.
        actual: The file's own.
    """

    def __init__(self, message: str, *, expected: str = "", actual: str = "") -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


class DistributedError(TinyBertError, RuntimeError):
    """Processes that train together did not find each other, or lost one; the message says why and what to do."""


class WorkerError(DistributedError):
    """A process of a parallel training ended with an error; the others were ended too.

    Attributes:
        worker: Its number, from 0; None for MindSpore's scheduler process.
        exit_code: Its exit code; minus the signal's number where a signal ended it.
        log: The end of what it wrote; empty where that went to the terminal.
    """

    def __init__(self, message: str, *, worker: int | None = None, exit_code: int = 1, log: str = "") -> None:
        super().__init__(message)
        self.worker = worker
        self.exit_code = exit_code
        self.log = log
