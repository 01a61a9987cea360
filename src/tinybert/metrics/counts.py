"""Precision, recall and F1 out of counts: the same for labels, entity types and columns of labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LabelScores:
    """How well one label, or all of them together, was found.

    Attributes:
        precision: Part of the predictions that are right, 0 to 1; 0 where nothing was predicted.
        recall: Part of the truth that was found, 0 to 1; 0 where there was nothing to find.
        f1: Their harmonic mean, 0 to 1; 0 where both are 0.
        support: How often the label is in the truth.
    """

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def from_counts(cls, hits: int, predicted: int, actual: int) -> LabelScores:
        """Computes the scores.

        Args:
            hits: Predictions that are right.
            predicted: Predictions.
            actual: How often it is in the truth.

        Returns:
            The scores.

        Examples:
            >>> LabelScores.from_counts(hits=1, predicted=2, actual=1)
            LabelScores(precision=0.5, recall=1.0, f1=0.6666666666666666, support=1)
        """
        hits, predicted, actual = int(hits), int(predicted), int(actual)
        both = predicted + actual
        return cls(
            precision=hits / predicted if predicted else 0.0,
            recall=hits / actual if actual else 0.0,
            f1=2 * hits / both if both else 0.0,
            support=actual,
        )


def macro_f1(scores: Iterable[LabelScores]) -> float:
    """Mean F1 of labels, each counting the same; 0 without any label."""
    values = [score.f1 for score in scores]
    return sum(values) / len(values) if values else 0.0
