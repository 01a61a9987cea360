"""Text in, answers out: embed, classify, tag and answer with a model from the hub, a folder or a checkpoint.

MindSpore is imported when a model is loaded, not before.
"""

from .answer import QuestionAnswerer
from .classify import Classifier
from .embed import Embedder
from .model import TaskModel
from .results import Answer, Classification, MultiLabel, Regression, Span, Word
from .search import similarity, top_k
from .sources import load_model
from .tag import Tagger

__all__ = [
    "Answer",
    "Classification",
    "Classifier",
    "Embedder",
    "MultiLabel",
    "QuestionAnswerer",
    "Regression",
    "Span",
    "Tagger",
    "TaskModel",
    "Word",
    "load_model",
    "similarity",
    "top_k",
]
