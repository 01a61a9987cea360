"""One-line summary of training data, and warnings about possible mistakes in their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..counting import counted
from ..data import QuestionExample, TaggedExample
from ..data.examples import negatives_of
from ..metrics import are_tags, spans

_MOST_NAMES = 20
_NEARLY_ALL = 0.95


def summary(examples: Sequence[Any]) -> str:
    """Return a one-line summary of examples: how many there are, and of what.

    Args:
        examples: Labelled examples of one kind.

    Example:
        >>> from tinybert.data import TextExample
        >>> summary([TextExample("a", label="pos"), TextExample("b", label="neg"), TextExample("c", label="pos")])
        '3 rows: pos 2, neg 1'
    """
    first = examples[0]
    if isinstance(first, QuestionExample):
        none = sum(not example.answers for example in examples)
        return f"{counted(len(examples), 'question')}: answerable {len(examples) - none}, not answerable {none}"
    if isinstance(first, TaggedExample):
        words = sum(len(example.words) for example in examples)
        return f"{counted(len(examples), 'sentence')}, {counted(words, 'word')}: {_counted(_label_counts(examples))}"
    values = [example.label for example in examples if isinstance(example.label, float)]
    if values:
        mean = sum(values) / len(values)
        return f"{counted(len(examples), 'row')}: scores from {min(values):g} to {max(values):g}, mean {mean:.3g}"
    if first.label is None:
        negatives = sum(map(len, map(negatives_of, examples)))
        of_them = f", with {counted(negatives, 'negative')} in all" if negatives else ""
        return f"{counted(len(examples), 'pair')}, each a match{of_them}"
    several = " with any number of labels" if isinstance(first.label, tuple) else ""
    return f"{counted(len(examples), 'row')}{several}: {_counted(_label_counts(examples))}"


def doubts(examples: Sequence[Any], labels: Sequence[str] = ()) -> Iterator[str]:
    """Yield possible mistakes in the labels of examples, one sentence each.

    Args:
        examples: Labelled examples of one kind.
        labels: Names of all labels, if known.
    """
    used = {name for example in examples for name in _labels_of(example)}
    absent = [name for name in labels if name not in used]
    if absent:
        yield f"labels without an example: {', '.join(map(repr, absent[:_MOST_NAMES]))}"
    if isinstance(examples[0], QuestionExample) or isinstance(getattr(examples[0], "label", None), float):
        return
    counts = _label_counts(examples)
    alike: dict[str, list[str]] = {}
    for name in counts:
        alike.setdefault(" ".join(name.split()).casefold(), []).append(name)
    for names in alike.values():
        if len(names) > 1:
            yield f"labels differ by case or blanks only: {', '.join(map(repr, names))}"
    once = [name for name, count in counts.items() if count == 1]
    if once:
        yield f"labels with one example: {', '.join(map(repr, once[:_MOST_NAMES]))}"
    if counts and len(counts) > 1 and not isinstance(examples[0], TaggedExample):
        name, count = counts.most_common(1)[0]
        if count >= _NEARLY_ALL * len(examples):
            yield f"{count} of {len(examples)} examples are {name!r}: accuracy says little"


def _labels_of(example: Any) -> tuple[str, ...]:
    label = example.labels if isinstance(example, TaggedExample) else getattr(example, "label", None)
    return label if isinstance(label, tuple) else () if label is None else (str(label),)


def _label_counts(examples: Sequence[Any]) -> Counter[str]:
    """Count how often each label occurs; for tags, the spans of each type."""
    counts: Counter[str] = Counter()
    if isinstance(examples[0], TaggedExample):
        labels = [example.labels or () for example in examples]
        tags = are_tags(sorted({label for sentence in labels for label in sentence}))
        for sentence in labels:
            counts.update([span.type for span in spans(sentence)] if tags else sentence)
        return counts
    for example in examples:
        counts.update(_labels_of(example))
    return counts


def _counted(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name} {count}" for name, count in counts.most_common(_MOST_NAMES))
    more = len(counts) - _MOST_NAMES
    return shown + (f" and {counted(more, 'more label')}" if more > 0 else "") or "no labels"
