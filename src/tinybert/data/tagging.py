"""Detection, checking and conversion of tagging schemes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from ..errors import InputError
from ..metrics import SCHEMES, Scheme, TagProblem, check_scheme, spans

# Most likely first: tags that fit several schemes (only single-word spans, for example) get the first of these.
_LIKELIEST: tuple[Scheme, ...] = ("IOB2", "IOB1", "IOBES", "BILOU", "IOE2", "IOE1")
_TAG = re.compile(r"[BIESLU]-.")


def detect_scheme(tag_sequences: Iterable[Sequence[str]]) -> Scheme | None:
    """Detect which tagging scheme the tags of sentences follow.

    Args:
        tag_sequences: One list of tags for each sentence.

    Returns:
        The scheme that all tags fit; if several do, the first of IOB2, IOB1, IOBES, BILOU, IOE2, IOE1. None if there is
        none.

    Examples:
        >>> detect_scheme([["B-PER", "I-PER", "O"], ["B-LOC", "O"]])
        'IOB2'
        >>> detect_scheme([["DT", "NN"]]) is None
        True
    """
    # Many sentences share the same tag sequence.
    different = {tuple(tags) for tags in tag_sequences}
    for scheme in _LIKELIEST:
        if not any(check_scheme(tags, scheme) for tags in different):
            return scheme
    return None


def convert_tags(tags: Sequence[str], scheme: Scheme, *, source: Scheme | None = None) -> list[str]:
    """Convert the tags of a sentence to another scheme.

    Args:
        tags: One tag for each word of a sentence.
        scheme: The target scheme.
        source: The scheme of `tags`; by default they are read as by `tinybert.metrics.spans` without a scheme.

    Returns:
        The same spans as tags of the target scheme, one for each word.

    Raises:
        InputError: A tag is invalid, or not well-formed in `source`; the message names its index.

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
        # A bare prefix without a type is read as type `_`.
        suffix = "" if kind == "_" else f"-{kind}"
        converted[start:end] = [prefix + suffix for prefix in prefixes]
    return converted


class TagChecker:
    """Checker of the tags of single sentences, given the tags of the whole data set.

    Args:
        tag_sequences: The tags of all sentences. Without a scheme, labels that do not look like tags, such as parts of
            speech, are accepted as they are.
        scheme: The scheme that the tags must follow; None to detect it.
        strict: Whether to report misplaced tags too.

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
        """Return the first problem in a sentence, or None."""
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
    """Return the prefixes of a span directly `after` a span of the same type, or directly `before` one."""
    if scheme == "IOB1":
        return ("B" if after else "I") + "I" * (length - 1)
    if scheme in ("IOE1", "IOE2"):
        return "I" * (length - 1) + ("E" if before or scheme == "IOE2" else "I")
    if scheme == "IOB2":
        return "B" + "I" * (length - 1)
    inside, last, single = ("I", "E", "S") if scheme == "IOBES" else ("I", "L", "U")
    return single if length == 1 else "B" + inside * (length - 2) + last
