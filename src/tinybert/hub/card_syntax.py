"""The outer form of a card: a title, a YAML header between two lines that begin with `---`, a Markdown body.

Header values stay text here, each with its line: 1.10 is not 1.1, and 2020-09-22 is no date. What a value means is
decided by its field, in card_rules. The header is read off PyYAML's events rather than by a loader, which would keep
the last of two equal keys in silence and follow aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_HEADER_CHARS = 64 * 1024
_MAX_DEPTH = 6
_NULLS = {"", "~", "null", "Null", "NULL"}
# What YAML does not take, and the line breaks that it knows but an editor's line count does not.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")
_SETEXT_UNDERLINE = re.compile(r" {0,3}=+\s*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a card.

    Attributes:
        line: The line in the card's file, from 1.
        message: What is wrong and what is allowed.
    """

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Value:
    """A value of the header.

    Attributes:
        content: Text, None for an empty or null value, a list or a mapping of values.
        line: The line that it begins in.
        quoted: Whether it is text in quotes or a block, which YAML never takes for a number or a bool.
    """

    content: str | list[Value] | dict[str, Value] | None
    line: int
    quoted: bool = False

    def texts(self) -> Iterator[str]:
        """Yields every text within the value."""
        if isinstance(self.content, str):
            yield self.content
        elif self.content is not None:
            for item in self.content.values() if isinstance(self.content, dict) else self.content:
                yield from item.texts()


@dataclass
class Sections:
    """A card taken apart.

    Attributes:
        title: The text of the heading before the header, or "".
        header: The header's values by their keys.
        header_line: The line of the first `---`.
        body: What follows the header, without empty lines around it.
        problems: What is wrong with the form.
    """

    title: str = ""
    header: dict[str, Value] = field(default_factory=dict)
    header_line: int = 1
    body: str = ""
    problems: list[Problem] = field(default_factory=list)


def split_card(text: str) -> Sections:
    """Takes a card's text apart; every problem of form is in the result."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marks = [number for number, line in enumerate(lines, 1) if line.startswith("---")]
    sections = Sections(header_line=marks[0] if marks else 1)
    if len(marks) != 2:
        sections.problems.append(Problem(sections.header_line, _wrong_marks(marks)))
    if len(marks) >= 2:
        opening, closing = marks[:2]
        titles = (line for line in lines[: opening - 1] if line.startswith("#"))
        sections.title = next(titles, "").lstrip("#").strip()
        sections.body = "\n".join(lines[closing:]).strip("\n")
        sections.header = _read_header("\n".join(lines[opening : closing - 1]), opening + 1, sections.problems)
        sections.problems += _heading_problems(lines, opening, closing)
    return sections


def _wrong_marks(marks: list[int]) -> str:
    if len(marks) < 2:
        found = "there is none" if not marks else "there is one"
        return f"a card needs two lines that begin with ---, one before its header and one after it; {found}"
    places = ", ".join(map(str, marks))
    return f"only the two lines around the header may begin with ---, these do: {places}; draw a rule with *** instead"


def _heading_problems(lines: list[str], opening: int, closing: int) -> Iterator[Problem]:
    """Finds headings outside the header and outside code that end with a colon, which the hub's own check refuses."""
    fence = ""
    for number, line in enumerate(lines, 1):
        if opening <= number <= closing:
            continue
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        elif not fence and _heading(line, lines[number] if number < len(lines) else "").endswith(":"):
            yield Problem(number, "a heading must not end with a colon")


def _heading(line: str, next_line: str) -> str:
    text = line.strip()
    if text.startswith("#") and not line.startswith("    "):
        return text.strip("#").strip()
    return text if _SETEXT_UNDERLINE.fullmatch(next_line) else ""


def _read_header(text: str, first_line: int, problems: list[Problem]) -> dict[str, Value]:
    if len(text) > MAX_HEADER_CHARS:
        problems.append(Problem(first_line, f"the header is longer than {MAX_HEADER_CHARS} characters"))
        return {}
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = first_line + text.count("\n", 0, forbidden.start())
        problems.append(Problem(line, f"the character U+{ord(forbidden[0]):04X} is not allowed in the header"))
        return {}
    try:
        return _HeaderReader(text, first_line, problems).read()
    except _RefusedError as refusal:
        problems.append(Problem(first_line + _line(refusal.mark), f"not allowed in the header: {refusal}"))
    except yaml.MarkedYAMLError as error:
        line = first_line + _line(error.problem_mark or error.context_mark)
        problems.append(Problem(line, f"the header is no YAML: {error.problem or error.context}"))
    except (ValueError, OverflowError):  # PyYAML lets these out for an escape such as "\UFFFFFFFF"
        problems.append(Problem(first_line, "the header has an escape that stands for no character"))
    return {}


class _HeaderReader:
    """Builds values from YAML events, which come one by one: what is refused is refused before it has grown."""

    def __init__(self, text: str, first_line: int, problems: list[Problem]) -> None:
        self._events = yaml.parse(text, Loader=yaml.BaseLoader)
        self._first_line = first_line
        self._problems = problems

    def read(self) -> dict[str, Value]:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return {}
        event = next(self._events)
        header = self._value(event).content
        next(self._events)  # the document ends
        rest = next(self._events)
        if not isinstance(rest, yaml.StreamEndEvent):
            raise _RefusedError(rest, "a second document")
        if header is not None and not isinstance(header, dict):
            raise _RefusedError(event, "anything but lines such as `license: Apache2.0`")
        return header or {}

    def _value(self, event: yaml.Event, depth: int = 0) -> Value:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _RefusedError(event, "an anchor (&) or alias (*)")
        if getattr(event, "tag", None):
            raise _RefusedError(event, "a tag (!)")
        if depth > _MAX_DEPTH:
            raise _RefusedError(event, "lists within lists within lists")
        line = self._first_line + _line(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if isinstance(event, yaml.MappingStartEvent):
            return Value(self._mapping(depth), line)
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return Value(items, line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Value:
        if _FORBIDDEN.search(event.value):  # by way of an escape
            raise _RefusedError(event, "an escape for a control character")
        quoted = event.style is not None
        return Value(None if not quoted and event.value in _NULLS else event.value, line, quoted)

    def _mapping(self, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _RefusedError(event, "a key that is a list or a mapping")
            key = self._value(event)
            value = self._value(next(self._events), depth + 1)
            if event.value in entries:
                message = f"`{event.value}` stands twice, in line {lines[event.value]} and in line {key.line}"
                self._problems.append(Problem(key.line, f"{message}; keep one"))
            else:
                entries[event.value], lines[event.value] = value, key.line
        return entries


class _RefusedError(Exception):
    """YAML that a card has no use for."""

    def __init__(self, event: yaml.Event, reason: str) -> None:
        super().__init__(reason)
        self.mark = event.start_mark


def _line(mark: Any) -> int:
    return mark.line if mark else 0
