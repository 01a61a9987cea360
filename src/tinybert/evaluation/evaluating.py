"""How good a model is on labelled examples."""

from __future__ import annotations

from pathlib import Path

from ..data.labelled import Table
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
    batch_size: int = BATCH_SIZE,
    world: Processes | None = None,
    progress: bool | None = None,
) -> dict[str, float]:
    """The metrics of a model on labelled examples: those of what the task objects say with their own settings.

    Args:
        model: A task object or its model; or where one is, as for `tinybert.load`.
        data: The labelled examples, or a file of them.
        table: How the file is read, such as `tinybert.data.Table(text="review", label="stars")`; by default its columns
            have names that are known.
        max_length: Tokens of a row or window; by default that of the task objects.
        batch_size: The most rows that go through the network at once.
        world: The processes that share the work, each of which calls this with the same arguments; each gets the
            metrics of all examples. None for this process alone.
        progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

    Returns:
        Metrics by name; see `tinybert.metrics`.

    Raises:
        InputError: An example does not fit the model's task, or has a label that it does not know; that
            is said before anything is computed.

    Example:
        >>> evaluate("my-reviews", "docs/data/reviews_dev.csv")["accuracy"]  # a folder that a fine-tuning wrote
        0.95
    """
    if isinstance(model, TextTask):
        model = model.model
    elif not isinstance(model, TaskModel):
        model = load_model(model)
    examples = examples_of(model.task, data, table)
    scorer = scorer_for(model.task, model.labels, examples)
    return scorer.score(
        predictions(model, examples, max_length=max_length, batch_size=batch_size, world=world, progress=progress)
    )
