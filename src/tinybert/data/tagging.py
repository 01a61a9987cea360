"""The scheme of a data set's tags: found out, checked, and converted into another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from ..errors import InputError
from ..metrics import SCHEMES, Scheme, TagProblem, check_scheme, spans

# The likeliest first: tags that fit several (single words only, say) are taken for the first of them.
_LIKELIEST: tuple[Scheme, ...] = ("IOB2", "IOB1", "IOBES", "BILOU", "IOE2", "IOE1")
_TAG = re.compile(r"[BIESLU]-.")


def detect_scheme(tag_sequences: Iterable[Sequence[str]]) -> Scheme | None:
    """Finds out which scheme the tags of sentences follow.

    Args:
        tag_sequences: One list of tags for each sentence.

    Returns:
        The scheme that all of them fit, the likeliest (IOB2, IOB1, IOBES, BILOU, IOE2, IOE1) if several do; or None.

    Examples:
        >>> detect_scheme([["B-PER", "I-PER", "O"], ["B-LOC", "O"]])
        'IOB2'
        >>> detect_scheme([["DT", "NN"]]) is None
        True
    """
    # Few different sequences make up many sentences.
    different = {tuple(tags) for tags in tag_sequences}
    for scheme in _LIKELIEST:
        if not any(check_scheme(tags, scheme) for tags in different):
            return scheme
    return None


def convert_tags(tags: Sequence[str], scheme: Scheme, *, source: Scheme | None = None) -> list[str]:
    """Marks the same spans in another scheme.

    Args:
        tags: One tag for each word of a sentence.
        scheme: The scheme wanted.
        source: The scheme of `tags`; without one they are read as `tinybert.metrics.spans` reads them.

    Returns:
        As many tags.

    Raises:
        InputError: A tag is none, or not well-formed in `source`; the message names its index.

    Examples:
        >>> convert_tags(["I-PER", "I-PER", "B-PER"], "IOB2")
        ['B-PER', 'I-PER', 'B-PER']
        >>> convert_tags(["B-PER", "I-PER", "B-PER"], "IOBES")
        ['B-PER', 'E-PER', 'S-PER']
    """
    if source is not None:
        for position, message in check_scheme(tags, source):
            raise InputError(f"tags[{position}]: {message}.")
    check_scheme((), scheme)
    converted = ["O"] * len(tags)
    found = spans(tags, source)
    starts, ends = {(span.type, span.start) for span in found}, {(span.type, span.end) for span in found}
    for kind, start, end in found:
        prefixes = _prefixes(end - start, scheme, after=(kind, start) in ends, before=(kind, end) in starts)
        # A prefix alone, without a type, is read as the type `_`.
        suffix = "" if kind == "_" else f"-{kind}"
        converted[start:end] = [prefix + suffix for prefix in prefixes]
    return converted


class TagChecker:
    """Says what is wrong with the tags of a sentence, given those of the whole data set.

    Args:
        tag_sequences: All tags. Labels that look like no tags at all, such as parts of speech, are all right where no
            scheme is given.
        scheme: What they must be tags of; None finds out.
        strict: Whether tags in a wrong place are wrong too.

    Raises:
        InputError: The scheme is not known.
    """

    def __init__(self, tag_sequences: Sequence[Sequence[str]], scheme: Scheme | None, *, strict: bool) -> None:
        if scheme is not None:
            check_scheme((), scheme)
        labels = set(chain.from_iterable(tag_sequences))
        self._tags = scheme is not None or ("O" in labels and any(map(_TAG.match, labels)))
        self._scheme = scheme
        self._strict = strict
        if strict and self._tags and scheme is None:
            self._scheme = detect_scheme(tag_sequences) or _by_prefixes(labels)
        self._known: set[str] = set()

    def problem(self, tags: Sequence[str]) -> TagProblem | None:
        """The first problem of a sentence, or None."""
        if not self._tags:
            return None
        if self._strict and self._scheme is not None:
            return next(iter(check_scheme(tags, self._scheme)), None)
        for position, tag in enumerate(tags):
            if tag not in self._known:
                try:
                    spans([tag], self._scheme)
                except InputError as error:
                    return TagProblem(position, str(error).partition(": ")[2].removesuffix("."))
                self._known.add(tag)
        return None


def _by_prefixes(labels: set[str]) -> Scheme:
    prefixes = {label[0] for label in labels if _TAG.match(label)}
    fewest = sorted(_LIKELIEST, key=lambda scheme: len(SCHEMES[scheme]))
    return next((scheme for scheme in fewest if prefixes <= set(SCHEMES[scheme])), "IOB2")


def _prefixes(length: int, scheme: Scheme, *, after: bool, before: bool) -> str:
    """The prefixes of a span that is right `after` one of the same type, or right `before` one."""
    if scheme == "IOB1":
        return ("B" if after else "I") + "I" * (length - 1)
    if scheme in ("IOE1", "IOE2"):
        return "I" * (length - 1) + ("E" if before or scheme == "IOE2" else "I")
    if scheme == "IOB2":
        return "B" + "I" * (length - 1)
    inside, last, single = ("I", "E", "S") if scheme == "IOBES" else ("I", "L", "U")
    return single if length == 1 else "B" + inside * (length - 2) + last
