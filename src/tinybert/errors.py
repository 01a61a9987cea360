"""Every error that this package raises on purpose, in one hierarchy.

Each message says what was wrong, where, and what to do next. Every error is a `TinyBertError`; most are also the
built-in error that a caller would expect (`ValueError` for a bad argument, `OSError` for a failed download), so that
existing `except` clauses keep working.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

_LONGEST_LINE, _LONGEST_MESSAGE = 1000, 10_000
# Control characters (a terminal acts on some), bidirectional and line separator marks, and lone surrogates.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a message that is safe to print, whatever it quotes from a file or a server's answer.

    Args:
        text: The message. Control characters are escaped, and long lines lose their middle.

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
    """Base class of all errors of this package.

    If changing an argument would fix the error, its name is in `argument` rather than in the message, so that the
    command line can show its own option instead. `str` shows both.

    Args:
        message: What is wrong, and what to do.
        argument: The Python name of the argument that the message is about.
        example: A valid value for that argument; None if there is none to show.

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
        """Return the message with a hint in parentheses before its full stop."""
        stop = "." if self.message.endswith(".") else ""
        return f"{self.message.removesuffix('.')} ({hint}){stop}"

    def prefixed(self: Self, place: str) -> Self:
        """Return the same error with a location before its message, such as `data.tsv, line 3: `."""
        error = type(self)(f"{place}{self.message}")
        error.__dict__ = {**self.__dict__, "message": error.message}
        return error


class DependencyError(TinyBertError, ImportError):
    """A library is missing or its version does not work; the message says what to install."""


class ConfigError(TinyBertError, ValueError):
    """A configuration value is not allowed; the message names the field, the value and the allowed values."""


class InputError(TinyBertError, ValueError):
    """An argument or input value is not valid."""


class OutputError(TinyBertError, ArithmeticError):
    """A network produced a value that is not a finite number."""


class CheckpointError(TinyBertError, ValueError):
    """A checkpoint cannot be read, or has a layout that this package does not know."""


class BindingError(CheckpointError):
    """A checkpoint does not fit a network. The network is left unchanged.

    Attributes:
        missing: Names of network parameters that the checkpoint lacks.
        unexpected: Names in the checkpoint that match no network parameter.
        mismatched: Parameters whose shapes differ: name to (shape in the network, shape in the checkpoint).
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
    """A forked process tried to compute after its parent had; the message says how to start it instead."""


class WriteError(TinyBertError, OSError):
    """A file cannot be written; the message names the file, the reason and what to do.

    Attributes:
        errno: The operating system's error number, or None.
    """

    def __init__(self, message: str, number: int | None = None, **remedy: Any) -> None:
        super().__init__(message, **remedy)
        self.errno = number


class HubError(TinyBertError):
    """Base class of errors in finding, fetching and publishing modules."""


class CardError(HubError, ValueError):
    """A model card is malformed.

    Attributes:
        problems: One line per problem, starting with the line number in the card if it is known.
    """

    def __init__(self, message: str, *, problems: Sequence[str] = (), **remedy: Any) -> None:
        super().__init__(message, **remedy)
        self.problems = tuple(problems)


class HubArgumentError(HubError, TypeError, ValueError):
    """An argument of a hub function has the wrong type or value.

    It is both a TypeError and a ValueError, since the official client raises either.
    """


class UnknownModuleError(HubError, LookupError, ValueError):
    """No module has this uid.

    Attributes:
        closest: The most similar known uids.
    """

    # Not KeyError, a subclass of LookupError, which prints its message in quotes.
    def __init__(self, message: str, *, closest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.closest = tuple(closest)


class UnsafePathError(HubError, ValueError):
    """A uid or file name would lead outside the cache folder."""


class DownloadError(HubError, OSError):
    """A file could not be fetched; the message names the address, the reason and what to do."""


class OfflineError(DownloadError):
    """A file is not cached and could not, or must not, be fetched; the message says which file to put where."""


class IntegrityError(HubError, ValueError):
    """A file's SHA-256 differs from the declared one; the file was not loaded.

    Attributes:
        expected: The declared SHA-256, 64 lower-case hexadecimal digits.
        actual: The SHA-256 of the file.
    """

    def __init__(self, message: str, *, expected: str = "", actual: str = "") -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


class DistributedError(TinyBertError, RuntimeError):
    """Processes that train together could not connect, or one was lost; the message says why and what to do."""


class WorkerError(DistributedError):
    """A process of a distributed training failed, and the others were stopped.

    Attributes:
        worker: The process's number, from 0; None for MindSpore's scheduler process.
        exit_code: Its exit code; the negative signal number if a signal ended it.
        log: The end of its output; empty if that went to the terminal.
    """

    def __init__(self, message: str, *, worker: int | None = None, exit_code: int = 1, log: str = "") -> None:
        super().__init__(message)
        self.worker = worker
        self.exit_code = exit_code
        self.log = log
