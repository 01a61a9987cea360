"""What the tasks need of whatever computes: the seam between text and networks.

All arrays are NumPy's. A runtime knows its configuration and task, and which shapes are cheap for it; it knows no text.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from ..config import TinyBertConfig
from ..task import Task

Inputs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""`input_ids`, `input_mask` (1 = real token) and `segment_ids`, each (B, T) int32."""


class EncoderOutputs(NamedTuple):
    """What an encoder gives for a batch.

    Attributes:
        sequence_output: (B, T, H) float32.
        pooled_output: (B, H) float32; None where the encoder has no pooler.
    """

    sequence_output: np.ndarray
    pooled_output: np.ndarray | None


class Runtime(Protocol):
    """Something that computes a model. Any number of threads may call it."""

    @property
    def config(self) -> TinyBertConfig:
        """The configuration of the encoder."""

    @property
    def task(self) -> Task:
        """What the model is for."""

    @property
    def num_labels(self) -> int | None:
        """Outputs of the head (C); None for an encoder alone."""

    def encode(self, inputs: Inputs) -> EncoderOutputs:
        """The outputs of the encoder, behind the head where there is one.

        Args:
            inputs: The batch.

        Raises:
            InputError: The inputs are not allowed, or the model is in training.
        """

    def logits(self, inputs: Inputs) -> Any:
        """The outputs of the head: (B, C) for texts, (B, T, C) for tokens, two of (B, T) for answers; float32.

        Args:
            inputs: The batch.

        Raises:
            InputError: As for `encode`.
        """

    def widths(self, lengths: np.ndarray) -> np.ndarray:
        """The width that rows of these lengths should have: the next one that costs no compilation of its own.

        Args:
            lengths: (N,) tokens of each row.

        Returns:
            (N,) integers, none less than the length.
        """

    def rows(self, width: int, most: int) -> int:
        """How many rows of a width should go in at once, at most `most`."""

    @property
    def fixed_rows(self) -> bool:
        """Whether a batch should always have as many rows as `rows` says, filled up with empty ones."""
