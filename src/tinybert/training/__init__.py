"""Fine-tuning: from examples to a model folder. MindSpore is imported when something of it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import check_mindspore
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
    _get, __dir__ = lazy_names(__name__, _HOMES)

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            check_mindspore()
        return _get(name)
