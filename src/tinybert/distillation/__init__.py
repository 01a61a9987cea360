"""Distillation: a small network learns from a larger one, Jiao et al. 2019 (arXiv:1909.10351).

MindSpore is imported when something that computes is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import check_mindspore
from ..lazy import lazy_names
from .layer_map import LayerMap
from .presets import PRESETS
from .settings import Objectives

if TYPE_CHECKING:
    from .augmentation.augmenting import augment
    from .distilling import distill
    from .general import distill_general

_HOMES = {"augment": "augmentation.augmenting", "distill": "distilling", "distill_general": "general"}
__all__ = ["PRESETS", "LayerMap", "Objectives", "augment", "distill", "distill_general"]

if not TYPE_CHECKING:  # they would accept any name as one of the package's
    _get, __dir__ = lazy_names(__name__, _HOMES)

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            check_mindspore()
        return _get(name)
