"""Fine-tuning and evaluation."""

from ..compat import require_mindspore

require_mindspore()

from .evaluation import evaluate, key_metric, predict, score  # noqa: E402
from .features import Features, featurize, labels_of  # noqa: E402
from .finetune import finetune  # noqa: E402
from .settings import TrainingSettings  # noqa: E402
from .trainer import Trainer  # noqa: E402

__all__ = [
    "Features",
    "Trainer",
    "TrainingSettings",
    "evaluate",
    "featurize",
    "finetune",
    "key_metric",
    "labels_of",
    "predict",
    "score",
]
