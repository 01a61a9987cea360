"""Standard metrics for the quality of predictions. Nothing here imports MindSpore.

Every `*_scores` function takes the true values first (for retrieval, the ranks of the matches) and returns a plain
`dict[str, float]`, ready to be logged. Scores are 0 to 1 (-1 to 1 for Matthews and the other correlations), except
those of answers, which are customarily 0 to 100. Higher is better for every key except counts (`total`, `*_total`) and
thresholds (`*_thresh`), which are not scores. An undefined correlation is NaN; treat it as the worst value when you
look for the best.
"""

from .answer_rules import language_of
from .classification import accuracy, classification_scores, label_scores, matthews
from .correlations import correlation_scores, pearson, spearman
from .counts import LabelScores
from .entities import entity_scores, entity_type_scores
from .multilabel import multilabel_scores
from .report import classification_report, confusion_matrix, entity_report, multilabel_report
from .retrieval import mean_reciprocal_rank, ranks, retrieval_scores
from .scheme_check import TagProblem, check_scheme
from .schemes import SCHEMES, Scheme, TagSpan, are_tags, spans
from .squad import squad_scores
from .squad_v2 import squad_v2_scores

__all__ = [
    "SCHEMES",
    "LabelScores",
    "Scheme",
    "TagProblem",
    "TagSpan",
    "accuracy",
    "are_tags",
    "check_scheme",
    "classification_report",
    "classification_scores",
    "confusion_matrix",
    "correlation_scores",
    "entity_report",
    "entity_scores",
    "entity_type_scores",
    "label_scores",
    "language_of",
    "matthews",
    "mean_reciprocal_rank",
    "multilabel_report",
    "multilabel_scores",
    "pearson",
    "ranks",
    "retrieval_scores",
    "spans",
    "spearman",
    "squad_scores",
    "squad_v2_scores",
]
