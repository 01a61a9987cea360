"""Read the YAML header of a card as text with line numbers, restricted to the YAML features that cards need.

Values stay text here: 1.10 is not 1.1, and 2020-09-22 is not a date. Each field decides, in `fields`, what its value
means. A YAML loader would silently keep the last of two equal keys and would follow aliases, so the header is read from
YAML nodes instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from .problem import Problem

MAX_HEADER_CHARS = 64 * 1024
_MAX_DEPTH = 6
_NULLS = {"", "~", "null", "Null", "NULL"}
_LONE_DASH = re.compile(r"""^([ \t]*(["']?)([\w-]+)\2 *: +)-(?=[ \t]*( #.*)?$)""", re.MULTILINE)
# Characters that YAML rejects, and line breaks that YAML counts but editors do not.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")


@dataclass(frozen=True)
class Value:
    """A value of the header.

    Attributes:
        content: Text; None for an empty or null value; or a list or mapping of values.
        line: The line that it begins on.
        quoted: Whether it is quoted or block text, which YAML never reads as a number or a bool.
    """

    content: str | list[Value] | dict[str, Value] | None
    line: int
    quoted: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: there is none, or blank text."""
        return self.content is None or (isinstance(self.content, str) and not self.content.strip())

    def texts(self) -> Iterator[str]:
        """Yield every text within the value."""
        if isinstance(self.content, str):
            yield self.content
        elif self.content is not None:
            for item in self.content.values() if isinstance(self.content, dict) else self.content:
                yield from item.texts()


def read_header(text: str, first_line: int, problems: list[Problem]) -> dict[str, Value]:
    """Read the values of a header by key.

    Args:
        text: The lines between the marks.
        first_line: The number of the first of these lines in the card's file.
        problems: The list to append problems to.

    Returns:
        The values; empty if the header cannot be read.
    """
    if len(text) > MAX_HEADER_CHARS:
        problems.append(Problem(first_line, f"the header is longer than {MAX_HEADER_CHARS} characters"))
        return {}
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = first_line + text.count("\n", 0, forbidden.start())
        problems.append(Problem(line, f"the character U+{ord(forbidden[0]):04X} is not allowed in the header"))
        return {}
    try:
        node = _composed(text, first_line, problems)
        return _Reader(first_line, problems).header(node) if node else {}
    except _RefusedError as refusal:
        problems.append(Problem(first_line + _line(refusal.mark), f"not allowed in the header: {refusal}"))
    except yaml.MarkedYAMLError as error:
        line = first_line + _line(error.problem_mark or error.context_mark)
        problems.append(Problem(line, f"the header is not valid YAML: {error.problem or error.context}"))
    except (ValueError, OverflowError):  # PyYAML raises these for an escape such as "\UFFFFFFFF"
        problems.append(Problem(first_line, "the header has an escape that does not denote a character"))
    return {}


def _composed(text: str, first_line: int, problems: list[Problem]) -> yaml.Node | None:
    """Return the header's node. Many published cards have `evaluation: -` for none, which is not valid YAML."""
    try:
        return yaml.compose(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError:
        dashes = list(_LONE_DASH.finditer(text))
        node = yaml.compose(_LONE_DASH.sub(r"\1~", text), Loader=_StrictLoader) if dashes else None
        if node is None:
            raise
        for dash in dashes:
            line = first_line + text.count("\n", 0, dash.start())
            message = f"`{dash[3]}` is a lone dash, which is not YAML; it is read as empty"
            problems.append(Problem(line, message, "note"))
        return node


class _RefusedError(Exception):
    """A YAML feature that is not allowed in a card."""

    def __init__(self, reason: str, mark: yaml.Mark | None) -> None:
        super().__init__(reason)
        self.mark = mark


class _StrictLoader(yaml.BaseLoader):
    """A loader that makes nodes, and rejects anchors, aliases, tags (which nodes do not show) and deep nesting."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _RefusedError("an anchor (&) or alias (*)", event.start_mark)
        if event.tag:
            raise _RefusedError("a tag (!)", event.start_mark)
        if self._depth > _MAX_DEPTH:
            raise _RefusedError("lists within lists within lists", event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


@dataclass
class _Reader:
    """Converts nodes to values."""

    first_line: int
    problems: list[Problem]

    def header(self, node: yaml.Node) -> dict[str, Value]:
        content = self._value(node).content
        if content is not None and not isinstance(content, dict):
            raise _RefusedError("anything but lines such as `license: Apache2.0`", node.start_mark)
        return content or {}

    def _value(self, node: yaml.Node) -> Value:
        line = self.first_line + _line(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return Value(self._mapping(node), line)
        if not isinstance(node, yaml.ScalarNode):
            return Value([self._value(item) for item in node.value], line)
        if _FORBIDDEN.search(node.value):
            raise _RefusedError("an escape for a control character", node.start_mark)
        quoted = node.style is not None
        return Value(None if not quoted and node.value in _NULLS else node.value, line, quoted)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _RefusedError("a key that is a list or a mapping", key_node.start_mark)
            key, line, value = key_node.value, self._value(key_node).line, self._value(value_node)
            if key in entries:
                message = f"`{key}` appears twice, in line {lines[key]} and in line {line}; the latter counts. Keep one"
                self.problems.append(Problem(line, message, "note"))
            entries[key], lines[key] = value, line
        return entries


def _line(mark: Any) -> int:
    return mark.line if mark else 0
