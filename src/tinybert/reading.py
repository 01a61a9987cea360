"""Read files with a size limit, and parse JSON strictly: duplicate keys, number size, depth and types are checked."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any

import msgspec

from .errors import InputError, TinyBertError
from .foreign import foreign

MOST_BYTES = 256 << 20
"""Largest settings or vocabulary file that is read, in bytes; real ones are a tenth of this."""
_DEEPEST = 64
_MOST_DIGITS = 308  # what a float can hold; transformers writes an unknown length as a number of 31 digits
_MOST_SHOWN = 60
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def read_bytes(
    path: str | os.PathLike[str], *, most: int = MOST_BYTES, error: type[TinyBertError] = InputError
) -> bytes:
    """Read a file of limited size.

    Args:
        path: The file.
        most: Maximum size in bytes.
        error: The exception class to raise.

    Raises:
        TinyBertError: (of the given class) The file cannot be read or is too large; the message names it and says why.
    """
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            # A pipe or a device reports no size and may be endless.
            data = file.read(most + 1) if not stat.S_ISREG(status.st_mode) else b""
            size = max(status.st_size, len(data))
            if size <= most:
                return data or file.read()
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
        raise error(f"{os.fspath(path)} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from None
    raise error(f"{os.fspath(path)} has {size:,} bytes or more; a file of its kind has at most {most:,}.")


def read_json(path: str | os.PathLike[str], form: Any = Any, *, error: type[TinyBertError] = InputError) -> Any:
    """Read a JSON file. Every JSON file of the package is read here, and other JSON by `parse_json`.

    Args:
        path: The file: UTF-8, with or without a byte order mark.
        form: The expected type, as for `parse_json`.
        error: The exception class to raise.

    Returns:
        The parsed value, converted to `form`.

    Raises:
        TinyBertError: (of the given class) The file cannot be read, is not JSON, or does not match the form; the
            message names the file.

    Examples:
        >>> with open("settings.json", "w") as file:
        ...     _ = file.write('{"max_seq_length": 128}')
        >>> read_json("settings.json", dict[str, int])
        {'max_seq_length': 128}
    """
    data = read_bytes(path, error=error)
    if (other := foreign(data)) is not None:
        raise error(f"{os.fspath(path)} is {other}.")
    return parse_json(data, form, source=str(Path(path)), error=error)


def parse_json(
    text: str | bytes,
    form: Any = Any,
    *,
    source: str | None = None,
    lone_surrogates: bool = False,
    error: type[TinyBertError] = InputError,
) -> Any:
    """Parse JSON strictly.

    This settles the cases in which parsers differ. NaN and the infinities, which Python writes although JSON has no
    such values, are read as null, which is also what `writing.to_json` writes. Errors are: a duplicate key in an
    object, a number too large for a float, and nesting deeper than 64 levels.

    Args:
        text: The JSON text; bytes are UTF-8.
        form: The expected type, as `msgspec` takes it: `dict[str, float | None]`, a dataclass or a TypedDict (keys that
            it does not name are dropped). Any skips the check.
        source: Start of the message, followed by the line; None if the caller adds the location.
        lone_surrogates: Whether strings may contain half of a surrogate pair, which cannot be encoded. A caller that
            allows this must check the strings that it uses.
        error: The exception class to raise.

    Returns:
        The parsed value, converted to `form`.

    Raises:
        TinyBertError: (of the given class) The text is not JSON or does not match the form; the message says where.

    Examples:
        >>> parse_json('{"f1": NaN, "step": 3}', dict[str, float | None])
        {'f1': None, 'step': 3.0}
    """
    place = "" if source is None else f"{source}: "
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = _DECODER.decode(text)
        _check_depth(value)
        if not lone_surrogates and _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as problem:
        place = "" if source is None else f"{source}, line {problem.lineno}: "
        raise error(f"{place}not JSON: {problem.msg} at character {problem.colno}.") from None
    except UnicodeDecodeError as problem:
        raise error(f"{place}not UTF-8, and so not JSON: see byte {problem.start}.") from None
    except UnicodeEncodeError:
        raise error(f"{place}a string holds half of a surrogate pair, not a character.") from None
    except RecursionError:
        raise error(f"{place}not JSON that can be read: {_TOO_DEEP}.") from None
    except ValueError as problem:
        raise error(f"{place}not JSON that can be read: {problem}.") from None
    return value if form is Any else checked(value, form, source=source, error=error)


def checked(value: Any, form: Any, *, source: str | None, error: type[TinyBertError] = InputError) -> Any:
    """Check a parsed JSON value, or part of one, against a form that is known only after parsing.

    Args:
        value: The value.
        form: As for `parse_json`.
        source: As for `parse_json`.
        error: The exception class to raise.

    Returns:
        A copy converted to `form`, without the keys that the form does not name.

    Raises:
        TinyBertError: (of the given class) The value does not match the form; the message says where.

    Examples:
        >>> checked({"prompts": {"query": 3}}, dict[str, dict[str, str]], source="prompts.json")
        Traceback (most recent call last):
        ...
        tinybert.errors.InputError: prompts.json: [...][...]: expected str, got int.
    """
    try:
        return msgspec.convert(value, form, str_keys=True)
    except msgspec.ValidationError as problem:
        place = "" if source is None else f"{source}: "
        raise error(f"{place}{_shown(problem)}.") from None


_TOO_DEEP = f"nested deeper than {_DEEPEST} levels"


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST + 1):
        nested = [item for item in level if isinstance(item, dict | list)]
        if not nested:
            return
        level = [part for item in nested for part in (item.values() if isinstance(item, dict) else item)]
    raise ValueError(_TOO_DEEP)


def _shown(problem: msgspec.ValidationError) -> str:
    """Return the message of `msgspec` with the place first: `model.vocab[...]: expected int, got str`."""
    says, _, place = str(problem).partition(" - at ")
    place = place.replace("`", "").replace("key in $", "a key of $").replace("$.", "").replace("$", "")
    return f"{place or 'the whole'}: {says[:1].lower()}{says[1:]}".replace("`", "")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:_MOST_SHOWN]!r} occurs twice in one object")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"an integer of {len(digits)} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits[:_MOST_SHOWN]} is larger than any that can be held")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=lambda name: None
)
