"""Task objects: embed, classify, tag, answer and fill in masks with a model from the hub, a folder or a checkpoint.

Networks run behind `tinybert.runtime`; MindSpore is imported only when a model is loaded.
"""

from .answer import QuestionAnswerer
from .by_kind import TASKS, load
from .classify import Classifier
from .embed import Embedder
from .fill import MaskFiller
from .loading import ModelDescription, load_model
from .model import TaskModel
from .rerank import Reranker
from .results import (
    Answer,
    Classification,
    Fill,
    FilledMask,
    FilledText,
    MultiLabel,
    Ranked,
    Regression,
    Span,
    Word,
)
from .search import similarity, top_k
from .tag import Tagger
from .zero_shot import ZeroShotClassifier

__all__ = [
    "TASKS",
    "Answer",
    "Classification",
    "Classifier",
    "Embedder",
    "Fill",
    "FilledMask",
    "FilledText",
    "MaskFiller",
    "ModelDescription",
    "MultiLabel",
    "QuestionAnswerer",
    "Ranked",
    "Regression",
    "Reranker",
    "Span",
    "Tagger",
    "TaskModel",
    "Word",
    "ZeroShotClassifier",
    "load",
    "load_model",
    "similarity",
    "top_k",
]
