"""Checkpoints: parameters with configuration and task, read from every published layout, and written. No MindSpore."""

from .checkpoint import Checkpoint
from .folder import save_folder
from .huggingface import save_huggingface, save_sentence_transformer
from .parsing import parse_checkpoint
from .saving import save_checkpoint
from .stored import StoredModel, read_checkpoint, stored_at

__all__ = [
    "Checkpoint",
    "StoredModel",
    "parse_checkpoint",
    "read_checkpoint",
    "save_checkpoint",
    "save_folder",
    "save_huggingface",
    "save_sentence_transformer",
    "stored_at",
]
