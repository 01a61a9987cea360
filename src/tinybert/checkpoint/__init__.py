"""Checkpoints: read in every published layout, bound to a network all or nothing, saved in published names."""

from .binding import BindingReport, bind
from .huggingface import save_huggingface
from .reading import Checkpoint, parse_checkpoint, read_checkpoint
from .saving import save_checkpoint

__all__ = [
    "BindingReport",
    "Checkpoint",
    "bind",
    "parse_checkpoint",
    "read_checkpoint",
    "save_checkpoint",
    "save_huggingface",
]
