"""Precision, recall and F1 from counts, shared by labels, entity types and multi-label columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LabelScores:
    """Precision, recall, F1 and support of one label, or of all labels together.

    Attributes:
        precision: Fraction of the predictions that are correct, 0 to 1; 0 if nothing was predicted.
        recall: Fraction of the true occurrences that were found, 0 to 1; 0 if there are none.
        f1: Harmonic mean of precision and recall, 0 to 1; 0 if both are 0.
        support: Number of true occurrences.
    """

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def from_counts(cls, hits: int, predicted: int, actual: int) -> LabelScores:
        """Compute the scores from counts.

        Args:
            hits: Number of correct predictions.
            predicted: Number of predictions.
            actual: Number of true occurrences.

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
    """Return the unweighted mean of F1 over labels; 0 if there are none."""
    values = [score.f1 for score in scores]
    return sum(values) / len(values) if values else 0.0
