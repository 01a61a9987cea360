"""Precision, recall and F1 of entities; an entity is correct if its type and both boundaries are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..counting import counted
from ..errors import InputError
from .arrays import check_lengths
from .counts import LabelScores
from .schemes import Scheme, spans

TagSequences = Sequence[Sequence[str]]
"""One list of tags for each sentence."""


def entity_scores(y_true: TagSequences, y_pred: TagSequences, *, scheme: Scheme | None = None) -> dict[str, float]:
    """Compute the usual metrics of a tagger.

    Args:
        y_true: The true tags, one list per sentence.
        y_pred: The predicted tags, in the same form.
        scheme: As in `spans`. Without a scheme, malformed tags are read like in the CoNLL script, which is the usual
            practice; with a scheme, malformed entities do not count.

    Returns:
        `precision`, `recall` and `f1` over the entities of all types (micro average), 0 to 1; 0 without entities. They
        equal those of seqeval: its default mode without a scheme, its strict mode with one. The exception is IOE1,
        where seqeval misses a single-word entity (E-) directly before another.

    Raises:
        InputError: There are no sentences, their numbers or lengths differ, or a tag is invalid in the scheme.

    Examples:
        >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-LOC"]]
        >>> y_pred = [["B-PER", "I-PER", "O", "O"], ["B-LOC", "B-LOC"]]
        >>> {name: round(value, 3) for name, value in entity_scores(y_true, y_pred).items()}
        {'precision': 0.667, 'recall': 0.667, 'f1': 0.667}
    """
    hits, predicted, actual = count_entities(y_true, y_pred, scheme)
    scores = LabelScores.from_counts(hits.total(), predicted.total(), actual.total())
    return {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}


def entity_type_scores(
    y_true: TagSequences, y_pred: TagSequences, *, scheme: Scheme | None = None
) -> dict[str, LabelScores]:
    """Compute precision, recall, F1 and support of each entity type.

    Args:
        y_true: The true tags, one list per sentence.
        y_pred: The predicted tags, in the same form.
        scheme: As in `entity_scores`.

    Returns:
        The scores by entity type, sorted by type; types that occur in either input.

    Raises:
        InputError: As for `entity_scores`.

    Examples:
        >>> entity_type_scores([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "B-PER"]])["PER"]
        LabelScores(precision=0.5, recall=1.0, f1=0.6666666666666666, support=1)
    """
    hits, predicted, actual = count_entities(y_true, y_pred, scheme)
    types = sorted(predicted.keys() | actual.keys())
    return {kind: LabelScores.from_counts(hits[kind], predicted[kind], actual[kind]) for kind in types}


def count_entities(
    y_true: TagSequences, y_pred: TagSequences, scheme: Scheme | None
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Count the correct, predicted and true entities by type."""
    check_lengths(len(y_true), len(y_pred), "sentence")
    hits: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    actual: Counter[str] = Counter()
    for index, (true_tags, pred_tags) in enumerate(zip(y_true, y_pred, strict=True)):
        if isinstance(true_tags, str) or isinstance(pred_tags, str):
            raise InputError("The tags are one list; give a list of tags for each sentence.")
        if len(true_tags) != len(pred_tags):
            raise InputError(
                f"y_true[{index}] has {counted(len(true_tags), 'tag')}, y_pred[{index}] has {len(pred_tags)}. Each "
                "word needs one."
            )
        found = []
        for name, tags in (("y_true", true_tags), ("y_pred", pred_tags)):
            try:
                found.append(set(spans(tags, scheme)))
            except InputError as error:
                raise InputError(f"{name}[{index}], {error}") from None
        for counter, entities in ((actual, found[0]), (predicted, found[1]), (hits, found[0] & found[1])):
            counter.update(entity.type for entity in entities)
    return hits, predicted, actual
