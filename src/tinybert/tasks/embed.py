"""Embedding of texts as vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

import numpy as np
from numpy.typing import NDArray

from ..arguments import check_choice
from ..checkpoint.sentence import POOLINGS, SentenceSettings
from ..errors import InputError
from ..runtime.base import EncoderOutputs
from ..task import ENCODER
from ..text import Encoding
from .batching import Compute
from .checks import check_text
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .pooling import vectors_of
from .stream import run
from .text_task import TextTask

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = NDArray[np.float32]
Pooling = Literal["mean", "first", "pooled", "max", "mean_sqrt_len", "weighted_mean", "last"]


class EmbedOptions(TypedDict, total=False):
    """The options of `Embedder.__call__`, for type checkers."""

    pooling: Pooling | None
    normalize: bool | None
    truncate_dim: int | None
    prompt_name: str | None
    prompt: str | None
    max_length: int | None
    batch_size: int
    progress: bool | None


class Embedder(TextTask):
    """Embedder of texts: similar texts get similar vectors, as far as the model was trained for it.

    Works with any model, even one fine-tuned for another task, since every model has an encoder.

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

    def __call__(  # noqa: PLR0913 -- all but one have defaults that suit most callers
        self,
        texts: str | Iterable[str],
        *,
        pooling: Pooling | None = None,
        normalize: bool | None = None,
        truncate_dim: int | None = None,
        prompt_name: str | None = None,
        prompt: str | None = None,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Embed one text, many, or a stream of them.

        Args:
            texts: A string, a list of strings, or an iterator over strings, such as an open file.
            pooling: How the token vectors of a text, including [CLS] and [SEP], are combined: `mean` (Reimers and
                Gurevych 2019, arXiv:1908.10084); `first`, the vector of [CLS]; `pooled`, the encoder's pooled output
                tanh(dense([CLS])); or, as in sentence-transformers, `max` per dimension, `mean_sqrt_len` (sum divided
                by the square root of the length), `weighted_mean` (weighted by position) or `last`, the last token's
                vector. The default is the model's setting, or `mean` if it has none. An explicit value uses the encoder
                alone, without the model's dense layers, which were trained for its own pooling.
            normalize: Whether to scale vectors to length 1, so that their dot product is their cosine similarity. The
                default is the model's setting, or False if it has none.
            truncate_dim: Number of leading numbers of a vector to keep, for models trained for it (Matryoshka, Kusupati
                et al. 2022, arXiv:2205.13147). `normalize` scales what is kept, also where it is the model's own
                setting; sentence-transformers then leaves shorter vectors. The default is the model's setting, or all
                numbers.
            prompt_name: Name of the model's prompt to prepend to each text; by default the model's default prompt, if
                any.
            prompt: Your own prompt to prepend instead; "" for none.
            max_length: Maximum tokens per text, including [CLS] and [SEP]; longer texts are truncated. By default the
                model's `seq_length` (128 as published); capped at its number of positions.
            batch_size: Maximum number of rows per forward pass.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of the
                vector.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            (O,) float32 for a string; (N, O) for a list; for an iterator, an iterator over (O,) arrays in constant
            memory. With `on_error="return"`, a list gives a list of (O,) arrays and errors. O is
            `embedding_size_with(pooling, truncate_dim)`.

        Raises:
            InputError: A text is not a string or cannot be encoded as UTF-8, or an argument is invalid.
        """
        settings = self._settings(pooling, normalize, truncate_dim)
        before = _prompt(settings, prompt_name, prompt)
        pipeline = _EmbedPipeline(self.model, settings, before, self.model.row_length(max_length))
        options = Options(batch_size, on_error, progress)
        width = settings.width(self.model.config.hidden_size)

        def collect(vectors: Iterable[Any], count: int) -> Any:
            return list(vectors) if on_error == "return" else _as_matrix(vectors, count, width)

        return run(pipeline, texts, options, single=isinstance(texts, str), collect=collect)

    @property
    def embedding_size(self) -> int:
        """Size of the model's vectors (O): H per pooling, or that of the last dense layer; at most `truncate_dim`."""
        return self.embedding_size_with(None)

    def embedding_size_with(self, pooling: str | None, truncate_dim: int | None = None) -> int:
        """Return the size of the vectors (O) for some options.

        Args:
            pooling: As in the call.
            truncate_dim: As in the call.

        Raises:
            InputError: As for the call.
        """
        return self._settings(pooling, None, truncate_dim).width(self.model.config.hidden_size)

    def _settings(self, pooling: str | None, normalize: bool | None, truncate_dim: int | None) -> SentenceSettings:
        """Return the model's settings, overridden by the caller's."""
        settings = self.model.sentence
        if pooling is not None:
            check_choice(pooling, "pooling", POOLINGS)
            settings = dataclasses.replace(settings, pooling=(pooling,), dense=(), refused=None)
        if settings.refused is not None:
            raise InputError(
                f"{settings.refused}: this package does not compute it. Say how to pool to have the encoder alone",
                argument="pooling",
                example="mean",
            )
        if truncate_dim is not None:
            settings = settings.truncated(truncate_dim, self.model.config.hidden_size)
        return settings if normalize is None else dataclasses.replace(settings, normalize=normalize)


def _as_matrix(vectors: Iterable[Array], count: int, width: int) -> Array:
    matrix = np.empty((count, width), np.float32)
    for row, vector in enumerate(vectors):
        matrix[row] = vector
    return matrix


def _prompt(settings: SentenceSettings, name: str | None, text: str | None) -> str:
    """Return the prompt to prepend to each text."""
    if name is not None and text is not None:
        raise InputError("both a prompt and the name of one are given: give one of them", argument="prompt_name")
    if text is not None:
        return check_text(text, "prompt")
    if name is None:
        return settings.prompts[settings.default_prompt] if settings.default_prompt is not None else ""
    if not settings.prompts:
        raise InputError(
            f"the model has no prompts, and so none called {name!r}. Give your own text", argument="prompt"
        )
    if name not in list(settings.prompts):
        known = list(settings.prompts)
        raise InputError(
            f"the model has no prompt called {name!r}; it has {', '.join(known)}",
            argument="prompt_name",
            example=known[0],
        )
    return settings.prompts[name]


@dataclass(frozen=True)
class _EmbedPipeline(Pipeline):
    settings: SentenceSettings
    prompt: str
    max_length: int

    @property
    def compute(self) -> Compute:
        return self.model.runtime.encode

    def check(self, item: Any, name: str) -> str:
        return check_text(item, name)

    def characters(self, item: str) -> int:
        return len(self.prompt) + len(item)

    def encode(self, items: list[str]) -> Encoding:
        texts = [self.prompt + item for item in items] if self.prompt else items
        return self.model.tokenizer(texts, max_length=self.max_length)

    def reduce(self, outputs: EncoderOutputs, batch: Encoding) -> Iterable[Array]:
        return map(np.copy, vectors_of(outputs, batch.input_mask, self.settings))

    def finish(self, items: list[str], encoding: Encoding, rows: list[Any]) -> list[Any]:
        return rows
