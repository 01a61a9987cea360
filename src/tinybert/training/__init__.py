"""Fine-tuning and evaluation."""

from ..compat import require_mindspore

require_mindspore()

from .evaluation import evaluate, predictions  # noqa: E402
from .features import Features, featurize  # noqa: E402
from .finetune import finetune  # noqa: E402
from .labels import labels_of  # noqa: E402
from .scores import Prediction, check_examples, key_metric, score  # noqa: E402
from .settings import TrainingSettings  # noqa: E402
from .trainer import Trainer  # noqa: E402

__all__ = [
    "Features",
    "Prediction",
    "Trainer",
    "TrainingSettings",
    "check_examples",
    "evaluate",
    "featurize",
    "finetune",
    "key_metric",
    "labels_of",
    "predictions",
    "score",
]
