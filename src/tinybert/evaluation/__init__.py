"""Evaluation of models: labels, predictions and scores. NumPy only; the network runs behind `tinybert.runtime`."""

from .evaluating import evaluate, truncated
from .labels import labels_of, task_for
from .predicting import predictions
from .scorers import Prediction, Scorer, scorer_for
from .token_id_examples import labelled

__all__ = [
    "Prediction",
    "Scorer",
    "evaluate",
    "labelled",
    "labels_of",
    "predictions",
    "scorer_for",
    "task_for",
    "truncated",
]
