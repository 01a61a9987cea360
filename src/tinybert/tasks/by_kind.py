"""Task object classes by kind of task, and loading of a model as the right one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..hub.included import DEFAULT_MODEL
from ..task import ENCODER, MASKED_LANGUAGE_MODELING, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from .answer import QuestionAnswerer
from .classify import Classifier
from .embed import Embedder
from .fill import MaskFiller
from .loading import load_model
from .tag import Tagger

AnyTask = Embedder | Classifier | Tagger | QuestionAnswerer | MaskFiller

TASKS: dict[str, type[AnyTask]] = {
    ENCODER.name: Embedder,
    SEQUENCE_CLASSIFICATION.name: Classifier,
    TOKEN_CLASSIFICATION.name: Tagger,
    QUESTION_ANSWERING.name: QuestionAnswerer,
    MASKED_LANGUAGE_MODELING.name: MaskFiller,
}
"""Task object class for each kind of task."""


def load(source: str | Path = DEFAULT_MODEL, **options: Any) -> AnyTask:
    """Load a model as the task object for its kind of task.

    Args:
        source: A module's uid, or the path of its card; a folder written by fine-tuning; a Hugging Face BERT folder, or
            the name of a model there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a `.ckpt` or `.safetensors` file.
            By default the model that comes with the package, an English encoder.
        **options: As for `load_model`; a file with a head requires `kind`.

    Returns:
        `Embedder`, `Classifier`, `Tagger`, `QuestionAnswerer` or `MaskFiller`.

    Raises:
        InputError: The source is none of these, or its vocabulary is missing or belongs to another model; the message
            says what to do.
        TinyBertError: A file cannot be read, downloaded or verified; see the message.

    Example:
        >>> load("my-reviews")("A joy from start to finish.").label  # a folder written by fine-tuning
        'positive'
    """
    model = load_model(source, **options)
    return TASKS[model.task.kind](model)
