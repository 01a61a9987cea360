"""Check that tags are well-formed in a scheme; with a wrong scheme, spans would be lost silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .schemes import OUTSIDE, Mark, Scheme, check_known, read_tag


class TagProblem(NamedTuple):
    """Index of a tag that does not fit its scheme, and a description of the problem."""

    position: int
    message: str


def check_scheme(tags: Sequence[str], scheme: Scheme) -> list[TagProblem]:
    """Find the tags that do not fit a scheme.

    Args:
        tags: One tag for each word of a sentence.
        scheme: The scheme.

    Returns:
        The problems from left to right; empty if the tags are well-formed. File readers prefix each with file and line.

    Raises:
        InputError: The scheme is not known.

    Examples:
        >>> check_scheme(["O", "I-PER"], "IOB2")
        [TagProblem(position=1, message='I-PER begins a span after O; IOB2 begins every span with B-')]
        >>> check_scheme(["B-PER", "I-PER", "O"], "IOBES")[0].message
        'I-PER has no end before O; IOBES ends every span with E- or S-'
    """
    check_known(scheme)
    marks = [OUTSIDE, *(read_tag(tag, scheme) for tag in tags), OUTSIDE]
    names = ["", *tags, "the end of the sentence"]
    problems: list[TagProblem] = []
    for index in range(len(tags) + 1):
        before, here = marks[index], marks[index + 1]
        if isinstance(here, str):
            problems.append(TagProblem(index, here))
        elif isinstance(before, Mark):  # after an invalid tag, the transition cannot be judged
            problems += _transition(index, (before, here), (names[index], names[index + 1]), scheme)
    return problems


def _transition(index: int, marks: tuple[Mark, Mark], names: tuple[str, str], scheme: Scheme) -> list[TagProblem]:
    """Return the problem, if any, of the transition from the tag before `index` to the tag at `index`."""
    (before, here), (previous, tag) = marks, names
    joined, position, message = here.continues(before), index, ""
    where = f"after {previous}" if index else "at the first word"
    if scheme == "IOB1":
        if here.prefix == "B" and not here.starts(before, scheme):
            message = f"{tag} {where}; IOB1 has B- only right after a span of the same type"
    elif scheme == "IOE1":
        if before.prefix == "E" and not before.closes(here, scheme):
            position, message = (
                index - 1,
                f"{previous} before {tag}; IOE1 has E- only right before a span of the same type",
            )
    elif here.prefix in "IE" and not joined and scheme != "IOE2":
        first = {"IOB2": "B-", "IOBES": "B- or S-", "BILOU": "B- or U-"}[scheme]
        message = f"{tag} begins a span {where}; {scheme} begins every span with {first}"
    elif before.prefix in "BI" and not joined and scheme != "IOB2":
        last = {"IOE2": "E-", "IOBES": "E- or S-", "BILOU": "L- or U-"}[scheme]
        position, message = index - 1, f"{previous} has no end before {tag}; {scheme} ends every span with {last}"
    return [TagProblem(position, message)] if message else []
