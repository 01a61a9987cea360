"""Evaluation of a model on labelled examples."""

from __future__ import annotations

from pathlib import Path

from ..data.labelled import Table
from ..errors import InputError
from ..tasks import TaskModel, load_model
from ..tasks.pipeline import BATCH_SIZE
from ..tasks.text_task import TextTask
from .examples import Data, examples_of
from .predicting import Processes, predictions
from .scorers import scorer_for


def evaluate(
    model: str | Path | TextTask | TaskModel,
    data: Data,
    *,
    table: Table | None = None,
    max_length: int | None = None,
    truncate_dim: int | None = None,
    batch_size: int = BATCH_SIZE,
    world: Processes | None = None,
    progress: bool | None = None,
) -> dict[str, float]:
    """Evaluate a model on labelled examples, using the task objects' predictions with their default settings.

    Args:
        model: A task object or its model; or the location of one, as for `tinybert.load`.
        data: The labelled examples, or a file that holds them.
        table: How to read the file, such as `tinybert.data.Table(text="review", label="stars")`; by default columns are
            found by their well-known names.
        max_length: Maximum tokens per row or window; by default that of the task objects.
        truncate_dim: For an encoder, the number of leading numbers of a vector to keep; by default the model's setting.
        batch_size: Maximum number of rows per forward pass.
        world: The processes that share the work. Each calls this function with the same arguments and gets the metrics
            of all examples. None for this process alone.
        progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

    Returns:
        Metrics by name; see `tinybert.metrics`.

    Raises:
        InputError: An example does not fit the model's task or lacks a valid label, or `truncate_dim` does not fit the
            model. Raised before anything is computed.

    Example:
        >>> evaluate("my-reviews", "docs/data/reviews_dev.csv")["accuracy"]  # a folder written by fine-tuning
        0.95
    """
    if isinstance(model, TextTask):
        model = model.model
    elif not isinstance(model, TaskModel):
        model = load_model(model)
    if truncate_dim is not None:
        model = truncated(model, truncate_dim)
    examples = examples_of(model.task, data, table)
    scorer = scorer_for(model.task, model.labels, examples)
    return scorer.score(
        predictions(model, examples, max_length=max_length, batch_size=batch_size, world=world, progress=progress)
    )


def truncated(model: TaskModel, truncate_dim: int) -> TaskModel:
    """Return an encoder with its vectors cut off, to be evaluated.

    Args:
        model: The model.
        truncate_dim: The number of leading numbers of a vector to keep.

    Raises:
        InputError: The model has a head, and so is not evaluated by its vectors; or the number does not fit them.
    """
    if model.task.facts.has_head:
        raise InputError(
            f"{model.source} is for {model.task.kind}: it has no vectors to cut off", argument="truncate_dim"
        )
    return model.truncated(truncate_dim)
