"""Import a package's names on first use, so that importing the package is fast and needs no heavy dependency."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the functions `__getattr__` and `__dir__` for a package whose names are imported on first use.

    Args:
        package: The package's `__name__`.
        homes: For each name, the module that defines it, relative to the package.

    Example:
        >>> __getattr__, __dir__ = lazy_names(__name__, {"Embedder": "tasks"})
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f".{homes[name]}", package), name)

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return get, names
