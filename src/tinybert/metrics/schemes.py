"""Tagging schemes, by which tags such as B-PER, I-PER and O mark spans: IOB1, IOB2, IOE1, IOE2, IOBES and BILOU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ..errors import InputError

Scheme = Literal["IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU"]

SCHEMES: dict[str, str] = {"IOB1": "BI", "IOB2": "BI", "IOE1": "IE", "IOE2": "IE", "IOBES": "BIES", "BILOU": "BILU"}
"""The schemes, each with the prefixes of its tags besides O.

IOB1 begins a span with I-, and with B- only where another span of the same type ends right before it. IOB2 (also
called BIO) begins every span with B-. IOE1 ends a span with I-, and with E- only where another span of the same type
begins right after it; IOE2 ends every span with E-. IOBES (also BIOES) ends a span of several words with E- and marks
one of a single word with S-; BILOU calls these L- and U-.
"""

# L- and U- are read as E- and S-, so BILOU needs no rules of its own below.
_READ_AS = {"L": "E", "U": "S"}
_STARTING = {None: "BIES", "IOB1": "I", "IOB2": "B", "IOE1": "IE", "IOE2": "IE", "IOBES": "BS", "BILOU": "BS"}
_CLOSING = {"IOE2": "E", "IOBES": "ES", "BILOU": "ES"}


class TagSpan(NamedTuple):
    """A span of words: its type, the index of its first word, and the index after its last."""

    type: str
    start: int
    end: int


class Mark(NamedTuple):
    """A parsed tag: the prefix B, I, E, S or O, and the type, or `_` if the tag has none."""

    prefix: str
    type: str

    def continues(self, before: Mark) -> bool:
        """Return whether this mark belongs to the same span as the one before it."""
        return self.prefix in "IE" and before.prefix in "BI" and self.type == before.type

    def starts(self, before: Mark, scheme: Scheme | None) -> bool:
        """Return whether a span may start here, given that it continues none."""
        if scheme == "IOB1" and self.prefix == "B":
            return before.prefix in "BI" and self.type == before.type
        return self.prefix in _STARTING[scheme]

    def closes(self, after: Mark, scheme: Scheme | None) -> bool:
        """Return whether a span may stop here, given that the next mark does not continue it."""
        if scheme == "IOB1":
            # B-LOC after B-PER: neither is well-formed, and seqeval counts neither.
            return not (self.prefix == "B" and after.prefix == "B" and self.type != after.type)
        if scheme == "IOE1" and self.prefix == "E":
            return after.prefix in "IE" and self.type == after.type
        return self.prefix in _CLOSING.get(str(scheme), "BIES")


OUTSIDE = Mark("O", "_")


def read_tag(tag: Any, scheme: Scheme | None) -> Mark | str:
    """Parse a tag; return a message if it is invalid."""
    prefixes = "BIESLU" if scheme is None else SCHEMES[scheme]
    if tag == "O":
        return OUTSIDE
    if isinstance(tag, str) and tag[:1] and tag[0] in prefixes and (len(tag) == 1 or (tag[1] == "-" and len(tag) > 2)):
        return Mark(_READ_AS.get(tag[0], tag[0]), tag[2:] or "_")
    allowed = ", ".join(f"{prefix}-TYPE" for prefix in prefixes)
    kind = f"a tag of {scheme}" if scheme else "a tag of any scheme"
    return f"{tag!r} is not {kind}: give O, {allowed}"


def check_known(scheme: Scheme) -> None:
    """Raise InputError unless the scheme is one of `SCHEMES`."""
    if scheme not in SCHEMES:
        raise InputError(
            f"scheme is {scheme!r}; it must be one of {', '.join(SCHEMES)}. BIO is called IOB2 here, BIOES IOBES."
        )


def spans(tags: Sequence[str], scheme: Scheme | None = None) -> list[TagSpan]:
    """Find the spans that tags mark.

    Args:
        tags: One tag for each word: O, or a prefix and a type such as B-PER. A bare prefix has the type `_`.
        scheme: Without a scheme, tags are read leniently by the rules of the CoNLL evaluation script: I-PER after O
            begins a span, and B-PER I-LOC is two spans. With a scheme, only spans that follow its rules count: I-PER
            after O is not a span in IOB2, and neither is B-PER without E-PER in IOBES.

    Returns:
        The spans from left to right, equal to those of seqeval's strict mode with a scheme, and of its default mode
        without. One difference: seqeval's default mode does not know L- and U- and merges spans; here they are read as
        E- and S-.

    Raises:
        InputError: A tag is invalid, or not allowed in the scheme (names its index); or the scheme is unknown.

    Examples:
        >>> spans(["B-PER", "I-PER", "O", "I-LOC"])
        [TagSpan(type='PER', start=0, end=2), TagSpan(type='LOC', start=3, end=4)]
        >>> spans(["B-PER", "I-PER", "O", "I-LOC"], "IOB2")
        [TagSpan(type='PER', start=0, end=2)]
    """
    if scheme is not None:
        check_known(scheme)
    marks = [OUTSIDE]  # padded on both sides, so that each tag has neighbours
    for index, tag in enumerate(tags):
        mark = read_tag(tag, scheme)
        if isinstance(mark, str):
            raise InputError(f"tags[{index}]: {mark}.")
        marks.append(mark)
    marks.append(OUTSIDE)

    found, start = [], 1
    while start < len(marks) - 1:
        end = start + 1
        if marks[start].starts(marks[start - 1], scheme):
            while marks[end].continues(marks[end - 1]):
                end += 1
            if marks[end - 1].closes(marks[end], scheme):
                found.append(TagSpan(marks[start].type, start - 1, end - 1))
        start = end
    return found


def are_tags(labels: Sequence[str]) -> bool:
    """Return whether all labels are tags such as B-PER and I-PER, in any of the schemes."""
    try:
        spans(labels)
    except InputError:
        return False
    return True
