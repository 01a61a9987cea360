"""The fine-tunings to compare: data, settings, and the tolerance relative to the peer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """One fine-tuning.

    Attributes:
        title: Its heading in the report.
        kind: One of `tinybert.task.KINDS`.
        metrics: The compared metrics by name, with the factor that converts each to points.
        tolerance: Points that our mean over the seeds may be below the peer's.
        seeds: Number of seeds.
        settings: Fields of `TrainingSettings`.
        regression: Whether labels are numbers.
        besides: Further metrics that are reported without a target.
        note: A note for readers of the report.
    """

    title: str
    kind: str
    metrics: dict[str, float]
    tolerance: float
    settings: dict[str, Any]
    seeds: int = 3
    regression: bool = False
    besides: dict[str, float] = field(default_factory=dict)
    note: str = ""


SIDES = ("ours", "published", "peer")
"""Ours with the peer's architecture, ours with the published head (with a ReLU), and the peer."""

_QUESTIONS = Recipe(
    "Questions over passages, SQuAD v2",
    "question-answering",
    {"exact_match": 1, "f1": 1},
    2.0,
    {"epochs": 1, "batch_size": 8, "learning_rate": 2e-4, "max_length": 384},
    seeds=1,
    besides={"answerable_exact_match": 1, "answerable_f1": 1},
    note="33 of the 133 questions have no answer: who always says so gets 24.81. `answerable_` is of the rest, "
    'with "no answer" no choice.',
)
RECIPES = {
    "sst2": Recipe(
        "SST-2, sentiment of phrases",
        "sequence-classification",
        {"accuracy": 100},
        0.3,
        {"epochs": 1, "batch_size": 64, "learning_rate": 1e-4, "max_length": 128},
    ),
    "wnut17": Recipe(
        "WNUT-17, named entities in noisy text",
        "token-classification",
        {"f1": 100},
        1.0,
        {"epochs": 4, "batch_size": 16, "learning_rate": 1e-4, "max_length": 128},
    ),
    "stsb": Recipe(
        "STS-B, embeddings of sentences whose cosine is their similarity",
        "encoder",
        {"spearman": 100},
        0.5,
        {"epochs": 2, "batch_size": 32, "learning_rate": 5e-5, "max_length": 128},
    ),
    "stsb_pairs": Recipe(
        "STS-B, a score for a pair of sentences",
        "sequence-classification",
        {"spearman": 100},
        0.5,
        {"epochs": 3, "batch_size": 32, "learning_rate": 1e-4, "max_length": 128},
        regression=True,
    ),
    "qa_en": _QUESTIONS,
    "qa_passages": replace(
        _QUESTIONS,
        title="Questions over passages, those of the dev part's kind",
        settings={"epochs": 10, "batch_size": 16, "learning_rate": 3e-4, "max_length": 384},
        note="605 of the 3,605 questions, as the 133 of the dev part, are Disfl-QA's, over short passages; the others "
        f"are QuAC's, over long ones. {_QUESTIONS.note}",
    ),
}


def task(recipe: Recipe, train: list[Any]) -> Any:
    """Return the task to learn."""
    from tinybert.evaluation import task_for

    return task_for(recipe.kind, train, problem="regression" if recipe.regression else None)


def settings(recipe: Recipe, seed: int) -> Any:
    """Return the training settings, which are the same on both sides."""
    from tinybert.training import TrainingSettings

    return TrainingSettings(**recipe.settings, seed=seed)
