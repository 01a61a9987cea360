"""Fine-tuning: from examples to a model folder. MindSpore is imported when something of it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazy_names
from .settings import TrainingSettings

if TYPE_CHECKING:
    from .features import Features
    from .finetuning import FineTuning, finetune
    from .learning import featurize
    from .trainer import Trainer

_HOMES = {
    "Features": "features",
    "FineTuning": "finetuning",
    "Trainer": "trainer",
    "featurize": "learning",
    "finetune": "finetuning",
}
__all__ = ["Features", "FineTuning", "Trainer", "TrainingSettings", "featurize", "finetune"]

if not TYPE_CHECKING:  # they would take any name for one of the package's
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
