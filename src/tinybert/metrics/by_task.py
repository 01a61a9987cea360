"""Which scores belong to which task."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .classification import classification_scores
from .correlations import correlation_scores
from .entities import entity_scores
from .multilabel import multilabel_scores
from .squad import squad_scores
from .squad_v2 import squad_v2_scores


class TaskMetric(NamedTuple):
    """The scores of a task: the function, called with the truth and the predictions, and the key to compare by."""

    scores: Callable[..., dict[str, float]]
    key: str


METRICS: dict[str, TaskMetric] = {
    "classification": TaskMetric(classification_scores, "accuracy"),
    "multilabel": TaskMetric(multilabel_scores, "micro_f1"),
    "regression": TaskMetric(correlation_scores, "spearman"),
    "tagging": TaskMetric(entity_scores, "f1"),
    "question_answering": TaskMetric(squad_scores, "f1"),
    "question_answering_v2": TaskMetric(squad_v2_scores, "f1"),
}
"""What each task reports. Of its key the higher value is the better one, in every task."""
