"""Interface between the tasks, which handle text, and the runtimes, which compute networks.

All arrays are NumPy arrays. A runtime knows its configuration and task, and which shapes are cheap for it; it knows
nothing about text.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from ..config import TinyBertConfig
from ..task import Task

Inputs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""`input_ids`, `input_mask` (1 = real token) and `segment_ids`, each (B, T) int32."""


class EncoderOutputs(NamedTuple):
    """Outputs of an encoder for a batch.

    Attributes:
        sequence_output: (B, T, H) float32.
        pooled_output: (B, H) float32; None if the encoder has no pooler.
    """

    sequence_output: np.ndarray
    pooled_output: np.ndarray | None


class Runtime(Protocol):
    """Interface of a runtime, which computes a model. Methods may be called from any number of threads."""

    @property
    def config(self) -> TinyBertConfig:
        """The configuration of the encoder."""

    @property
    def task(self) -> Task:
        """The task of the model."""

    @property
    def num_labels(self) -> int | None:
        """Number of outputs of the head (C); None for an encoder alone."""

    def encode(self, inputs: Inputs) -> EncoderOutputs:
        """Compute the outputs of the encoder, which is below the head if there is one.

        Args:
            inputs: The batch.

        Raises:
            InputError: The inputs are not allowed, or the model is in training.
        """

    def logits(self, inputs: Inputs) -> Any:
        """Compute the outputs of the head.

        Args:
            inputs: The batch.

        Returns:
            Float32 logits: (B, C) for texts, (B, T, C) for tokens; for answers a tuple of two, start and end, each (B,
            T); for a masked language model (B, T, V), of which `token_logits` computes a part.

        Raises:
            InputError: As for `encode`.
        """

    def token_logits(self, rows: np.ndarray) -> np.ndarray:
        """Compute the outputs of a masked language model for single tokens, since those of all tokens are huge.

        Args:
            rows: (N, H) float32 with N of at least 1, rows of the encoder's sequence output.

        Returns:
            (N, V) float32 logits.

        Raises:
            InputError: The model is not a masked language model, or is in training.
        """

    def widths(self, lengths: np.ndarray) -> np.ndarray:
        """Return the padded widths for rows of these lengths, chosen to avoid compiling further shapes.

        Args:
            lengths: (N,) integers, the number of tokens in each row.

        Returns:
            (N,) integers, each at least the row's length.
        """

    def rows(self, width: int, most: int) -> int:
        """Return the batch size for rows of a width, at most `most`."""

    @property
    def fixed_rows(self) -> bool:
        """Whether every batch should have exactly `rows(...)` rows, padded with empty rows."""
