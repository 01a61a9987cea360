"""TinyBERT as a MindSpore Hub module: verified weights, text in, answers out.

Names are imported when they are first used, so that `import tinybert` and the command line start at once and work
for cards and downloads without MindSpore.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Classifier": "tasks",
    "Embedder": "tasks",
    "QuestionAnswerer": "tasks",
    "Tagger": "tasks",
    "TinyBertConfig": "config",
    "TinyBertError": "errors",
    "TinyBertModel": "modeling",
    "TinyBertForQuestionAnswering": "modeling",
    "TinyBertForSequenceClassification": "modeling",
    "TinyBertForTokenClassification": "modeling",
}
__all__ = ["__version__", *_HOME]  # noqa: PLE0604 -- the keys are strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
