"""The settings with which the model zoo distilled its tasks, from the files `td_config/td_config_*.yaml`.

All five files agree but for the length of rows. The temperature is 1 there, as by default here. Their warm-up is a
tenth of the steps in the second phase, as here, and in the first a tenth of one epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ALL: dict[str, Any] = {
    "intermediate_epochs": 10,
    "intermediate_learning_rate": 5e-5,
    "epochs": 3,
    "learning_rate": 2e-5,
    "batch_size": 32,
    "weight_decay": 1e-4,
    "max_length": 128,
}
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "sst2": {**_ALL, "max_length": 64},
    "qnli": _ALL,
    "mnli": _ALL,
    "ner": _ALL,
    "15cls": _ALL,
}
"""Arguments of `distill` by the end of the file's name: `distill(..., **PRESETS["sst2"])`."""
