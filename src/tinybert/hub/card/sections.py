"""The outer form of a card: a title, a header between two lines that begin with `---`, and a Markdown body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .header import Value, read_header
from .problem import Problem

_SETEXT_UNDERLINE = re.compile(r" {0,3}=+\s*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


@dataclass
class Sections:
    """A card split into its sections.

    Attributes:
        title: The text of the heading before the header, or "".
        header: The header's values by key.
        header_line: The line of the first `---`.
        body: The text after the header, without empty lines around it.
        problems: Problems of the form.
    """

    title: str = ""
    header: dict[str, Value] = field(default_factory=dict)
    header_line: int = 1
    body: str = ""
    problems: list[Problem] = field(default_factory=list)


def split_card(text: str) -> Sections:
    """Split a card's text into sections; problems of form are recorded in the result."""
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
        sections.header = read_header("\n".join(lines[opening : closing - 1]), opening + 1, sections.problems)
        sections.problems += _heading_problems(lines, opening, closing)
    return sections


def _wrong_marks(marks: list[int]) -> str:
    if len(marks) < 2:
        found = "there is none" if not marks else "there is one"
        return f"a card needs two lines that begin with ---, one before its header and one after it; {found}"
    places = ", ".join(map(str, marks))
    return f"only the two lines around the header may begin with ---, these do: {places}; draw a rule with *** instead"


def _heading_problems(lines: list[str], opening: int, closing: int) -> Iterator[Problem]:
    """Yield headings outside header and code that end with a colon, which the hub's own check rejects."""
    fence = ""
    for number, line in enumerate(lines, 1):
        if opening <= number <= closing:
            continue
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        elif not fence and _heading(line, lines[number] if number < len(lines) else "").endswith(":"):
            yield Problem(number, "a heading must not end with a colon", "note")


def _heading(line: str, next_line: str) -> str:
    text = line.strip()
    if text.startswith("#") and not line.startswith("    "):
        return text.strip("#").strip()
    return text if _SETEXT_UNDERLINE.fullmatch(next_line) else ""
