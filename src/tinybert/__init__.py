"""TinyBERT as a MindSpore Hub module: verified weights, and tasks that take text and return answers.

Public names are imported on first use. `import tinybert` and the command line therefore start quickly, and model cards
and downloads work without MindSpore installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import lazy_names

if TYPE_CHECKING:  # the same names for editors and type checkers
    from .config import TinyBertConfig
    from .errors import TinyBertError
    from .evaluation import evaluate
    from .hub.included import DEFAULT_MODEL
    from .modeling import (
        TinyBertForMaskedLM,
        TinyBertForQuestionAnswering,
        TinyBertForSequenceClassification,
        TinyBertForTokenClassification,
        TinyBertModel,
    )
    from .task import Task
    from .tasks import (
        Classifier,
        Embedder,
        MaskFiller,
        QuestionAnswerer,
        Reranker,
        Tagger,
        ZeroShotClassifier,
        load,
        similarity,
        top_k,
    )
    from .text import BertTokenizer
    from .training import finetune

__version__ = "0.1.0"

_HOMES = {
    "BertTokenizer": "text",
    "Classifier": "tasks",
    "DEFAULT_MODEL": "hub.included",
    "Embedder": "tasks",
    "MaskFiller": "tasks",
    "QuestionAnswerer": "tasks",
    "Reranker": "tasks",
    "Tagger": "tasks",
    "Task": "task",
    "TinyBertConfig": "config",
    "TinyBertError": "errors",
    "TinyBertForMaskedLM": "modeling",
    "TinyBertForQuestionAnswering": "modeling",
    "TinyBertForSequenceClassification": "modeling",
    "TinyBertForTokenClassification": "modeling",
    "TinyBertModel": "modeling",
    "ZeroShotClassifier": "tasks",
    "evaluate": "evaluation",
    "finetune": "training",
    "load": "tasks",
    "similarity": "tasks",
    "top_k": "tasks",
}
__all__ = [
    "DEFAULT_MODEL",
    "BertTokenizer",
    "Classifier",
    "Embedder",
    "MaskFiller",
    "QuestionAnswerer",
    "Reranker",
    "Tagger",
    "Task",
    "TinyBertConfig",
    "TinyBertError",
    "TinyBertForMaskedLM",
    "TinyBertForQuestionAnswering",
    "TinyBertForSequenceClassification",
    "TinyBertForTokenClassification",
    "TinyBertModel",
    "ZeroShotClassifier",
    "__version__",
    "evaluate",
    "finetune",
    "load",
    "similarity",
    "top_k",
]

if not TYPE_CHECKING:  # type checkers would otherwise accept any name as the package's
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
