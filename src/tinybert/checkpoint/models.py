"""A model on disk, whatever wrote it: its parameters, and what it is for as far as it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .folder import is_model_folder, read_folder
from .huggingface_config import read_classifier
from .layouts import HEAD_NAMES
from .reading import Checkpoint, read_checkpoint
from .task import Task, usual_problem


def read_model(path: str | Path, **config: Any) -> tuple[Checkpoint, Task]:
    """Reads a folder that a fine-tuning or `save_folder` wrote, a Hugging Face BERT folder, or a checkpoint file.

    Args:
        path: The folder or file.
        **config: Fields of `TinyBertConfig` that take precedence over what the model says.

    Returns:
        The checkpoint, and what it is for. Of a head in a file only its kind is told, without labels: that for
        questions has a name of its own in Hugging Face's layout; of the others, the one for texts needs a pooler.

    Raises:
        CheckpointError: It cannot be read, or its parts do not fit each other; says why.
    """
    path = Path(path).expanduser()
    if is_model_folder(path):
        return read_folder(path, **config)
    checkpoint = read_checkpoint(path, **config)
    if checkpoint.num_labels is None:
        return checkpoint, Task()
    if checkpoint.names[HEAD_NAMES[0]].endswith("qa_outputs.weight"):
        return checkpoint, Task("question-answering")
    if path.is_dir():
        return checkpoint, read_classifier(path, checkpoint.num_labels, has_pooler=checkpoint.has_pooler)
    if not checkpoint.has_pooler:
        return checkpoint, Task("token-classification")
    return checkpoint, Task("sequence-classification", problem=usual_problem(checkpoint.num_labels))
