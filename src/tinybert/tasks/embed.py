"""Embeds: a text to one vector."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

import numpy as np
from numpy.typing import NDArray

from ..arguments import check_choice
from ..errors import InputError
from ..runtime.base import EncoderOutputs
from ..task import ENCODER
from ..text import Encoding
from .batching import Compute
from .checks import check_text
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .stream import run
from .text_task import TextTask

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = NDArray[np.float32]
Pooling = Literal["mean", "first", "pooled"]
POOLINGS = ("mean", "first", "pooled")


class EmbedOptions(TypedDict, total=False):
    """The options of `Embedder.__call__`, for type checkers."""

    pooling: Pooling
    normalize: bool
    max_length: int | None
    batch_size: int
    progress: bool | None


class Embedder(TextTask):
    """Turns texts into vectors whose closeness says how alike the texts are, as far as the model was trained for it.

    Any model has an encoder, also one that was fine-tuned for another task.

    Args:
        model: The model; `from_pretrained` loads one.

    Example:
        >>> embedder = Embedder.from_pretrained("all-MiniLM-L6-v2")  # a folder
        >>> embeddings = embedder(["It rains.", "Rain is falling."], normalize=True)
        >>> embeddings.shape
        (2, 384)
    """

    kind = ENCODER.name

    @overload
    def __call__(self, texts: str, **options: Unpack[EmbedOptions]) -> Array: ...

    @overload
    def __call__(self, texts: Iterator[str], **options: Unpack[EmbedOptions]) -> Iterator[Array]: ...

    @overload
    def __call__(self, texts: Collection[str], **options: Unpack[EmbedOptions]) -> Array: ...

    @overload
    def __call__(self, texts: Iterable[str], *, on_error: OnError, **options: Unpack[EmbedOptions]) -> Any: ...

    def __call__(
        self,
        texts: str | Iterable[str],
        *,
        pooling: Pooling = "mean",
        normalize: bool = False,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Embeds one text, many, or a stream of them.

        Args:
            texts: A string, a list of strings, or an iterator over strings, such as an open file.
            pooling: `mean` over the vectors of all tokens, [CLS] and [SEP] included, as sentence-transformers takes it
                (Reimers and Gurevych 2019, arXiv:1908.10084); the vector of the `first` token, [CLS]; or `pooled`, the
                output tanh(dense([CLS])) of the encoder.
            normalize: Whether vectors are scaled to length 1, so that their dot product is their cosine similarity.
            max_length: Tokens after which a text is cut, [CLS] and [SEP] included: by default `seq_length` of the
                model's configuration, 128 as published; at most its positions.
            batch_size: The most rows that go through the network at once.
            on_error: `raise` an error that names a bad text, or `return` it in the place of its vector.
            progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

        Returns:
            (H,) float32 for a string; (N, H) for a list; an iterator over (H,) for an iterator, with flat memory. With
            `on_error="return"`, for a list, a list of (H,) arrays and errors.

        Raises:
            InputError: A text is not a string or cannot be encoded, or an argument is not allowed.
        """
        check_choice(pooling, "pooling", POOLINGS)
        pipeline = _EmbedPipeline(self.model, pooling, normalize, self.model.row_length(max_length))
        options = Options(batch_size, on_error, progress)
        collect = self._as_matrix if on_error == "raise" else lambda vectors, count: list(vectors)
        return run(pipeline, texts, options, single=isinstance(texts, str), collect=collect)

    @property
    def embedding_size(self) -> int:
        """Width of a vector (H)."""
        return self.model.config.hidden_size

    def _as_matrix(self, vectors: Iterable[Array], count: int) -> Array:
        matrix = np.empty((count, self.embedding_size), np.float32)
        for row, vector in enumerate(vectors):
            matrix[row] = vector
        return matrix


@dataclass(frozen=True)
class _EmbedPipeline(Pipeline):
    pooling: Pooling
    normalize: bool
    max_length: int

    @property
    def compute(self) -> Compute:
        return self.model.runtime.encode

    def check(self, item: Any, name: str) -> str:
        return check_text(item, name)

    def characters(self, item: str) -> int:
        return len(item)

    def encode(self, items: list[str]) -> Encoding:
        return self.model.tokenizer(items, max_length=self.max_length)

    def reduce(self, outputs: EncoderOutputs, batch: Encoding) -> Iterable[Array]:
        vectors = pool(outputs, batch.input_mask, self.pooling)
        if self.normalize:
            vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return map(np.copy, vectors)

    def finish(self, items: list[str], encoding: Encoding, rows: list[Any]) -> list[Any]:
        return rows


def pool(outputs: EncoderOutputs, input_mask: np.ndarray, pooling: Pooling) -> Array:
    """(B, H) float32, one vector a row.

    Args:
        outputs: What the encoder gave.
        input_mask: (B, T) int32, 1 = real token.
        pooling: See `Embedder`.
    """
    sequence_output, pooled_output = outputs
    if pooling == "pooled":
        if pooled_output is None:
            raise InputError(
                "the model has no pooler, and so no pooled output: use another pooling", argument="pooling"
            )
        return pooled_output
    if pooling == "first":
        return sequence_output[:, 0]
    mask = input_mask.astype(np.float32)
    totals = np.matmul(mask[:, None, :], sequence_output)[:, 0]
    return totals / np.maximum(mask.sum(axis=1, keepdims=True), 1e-9)
