"""The task object of each kind of task, and the one that a source is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from .answer import QuestionAnswerer
from .classify import Classifier
from .embed import Embedder
from .loading import load_model
from .tag import Tagger

AnyTask = Embedder | Classifier | Tagger | QuestionAnswerer

TASKS: dict[str, type[AnyTask]] = {
    ENCODER.name: Embedder,
    SEQUENCE_CLASSIFICATION.name: Classifier,
    TOKEN_CLASSIFICATION.name: Tagger,
    QUESTION_ANSWERING.name: QuestionAnswerer,
}
"""The class that uses a model of each kind."""


def load(source: str | Path, **options: Any) -> AnyTask:
    """Loads a model as the task object that it is for.

    Args:
        source: A module's uid, or the path of its card; a folder that a fine-tuning wrote; a Hugging Face BERT folder,
            or the name of one there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a `.ckpt` or `.safetensors` file.
        **options: As for `load_model`; of a file with a head, `kind` says what it is for.

    Returns:
        `Embedder`, `Classifier`, `Tagger` or `QuestionAnswerer`.

    Raises:
        InputError: The source is none of these, or its vocabulary is missing or another model's; says what to do.
        TinyBertError: Something cannot be read, fetched or verified; see the message.

    Example:
        >>> load("my-reviews")("A joy from start to finish.").label  # a folder that a fine-tuning wrote
        'positive'
    """
    model = load_model(source, **options)
    return TASKS[model.task.kind](model)
