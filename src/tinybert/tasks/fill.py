"""Filling in of masked words: the tokens that [MASK] may stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, overload

import numpy as np

from ..arguments import check_integer
from ..errors import InputError
from ..task import MASKED_LANGUAGE_MODELING
from ..text import Encoding
from ..text.vocabulary import MASK
from .batching import Compute
from .checks import check_text
from .masked_tokens import top_tokens
from .model import TaskModel
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .results import Fill, FilledMask, FilledText
from .stream import run
from .text_task import TextTask

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = np.ndarray


class FillOptions(TypedDict, total=False):
    """The options of `MaskFiller.__call__`, for type checkers."""

    top_k: int
    max_length: int | None
    batch_size: int
    progress: bool | None


class MaskFiller(TextTask):
    """Masked language model: predicts the tokens that each [MASK] in a text stands for.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for masked language modeling, or its vocabulary has no [MASK]; the message
            says what to do.

    Example:
        >>> filler = MaskFiller.from_pretrained("bert-base-uncased")  # a folder
        >>> filler("Paris is the [MASK] of France.").text
        'Paris is the capital of France.'
    """

    kind = MASKED_LANGUAGE_MODELING.name

    def __init__(self, model: TaskModel) -> None:
        super().__init__(model)
        self._mask_id = mask_id_of(model)

    # A string is also a collection of strings, but this overload comes first.
    @overload
    def __call__(self, texts: str, **options: Unpack[FillOptions]) -> FilledText: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, texts: Iterator[str], **options: Unpack[FillOptions]) -> Iterator[FilledText]: ...

    @overload
    def __call__(self, texts: Collection[str], **options: Unpack[FillOptions]) -> list[FilledText]: ...

    @overload
    def __call__(self, texts: Iterable[str], *, on_error: OnError, **options: Unpack[FillOptions]) -> Any: ...

    def __call__(
        self,
        texts: str | Iterable[str],
        *,
        top_k: int = 5,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Fill in one text, many, or a stream of them.

        Args:
            texts: A string with one [MASK] or several, in capitals; or a list or iterator of such strings.
            top_k: Number of tokens to return for each [MASK]; at most the size of the vocabulary.
            max_length: Maximum tokens per text, including [CLS] and [SEP]. Longer texts are truncated, unless that
                would cut off a [MASK]. By default the model's `seq_length`; capped at its number of positions.
            batch_size: Maximum number of rows per forward pass.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of the
                result.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            `FilledText` for a string, a list of them for a list; for an iterator, an iterator in constant memory. Each
            [MASK] is predicted on its own: two in a row need not fit each other.

        Raises:
            InputError: A text is not a string, has no [MASK] or one beyond `max_length`, or an argument is invalid.
        """
        check_integer(top_k, "top_k", 1)
        top_k = min(top_k, self.model.tokenizer.vocab_size)
        pipeline = _FillPipeline(self.model, self._mask_id, top_k, self.model.row_length(max_length))
        return run(pipeline, texts, Options(batch_size, on_error, progress), single=isinstance(texts, str))


def mask_id_of(model: TaskModel) -> int:
    """Return the id of [MASK] in a model's vocabulary.

    Raises:
        InputError: The vocabulary does not contain it.
    """
    found = model.tokenizer.token_to_id(MASK)
    if found is None:
        raise InputError(
            f"{model.tokenizer.vocabulary.source} has no {MASK}, with which a masked language model is asked: give the "
            "vocabulary that the model was trained with",
            argument="vocabulary",
        )
    return found


@dataclass(frozen=True)
class _FillPipeline(Pipeline):
    mask_id: int
    top_k: int
    max_length: int

    @property
    def compute(self) -> Compute:
        tokens = self.model.tokenizer.vocab_size  # an embedding table may have more rows, which mean nothing

        def compute(inputs: tuple[Array, Array, Array]) -> tuple[Array, Array]:
            return top_tokens(self.model.runtime, inputs, self.mask_id, self.top_k, np.arange(tokens))

        return compute

    def check(self, item: Any, name: str) -> str:
        text = check_text(item, name)
        found = [place for place, token in enumerate(self.model.tokenizer.tokenize(text)) if token == MASK]
        if not found:
            raise InputError(f"{name} has no {MASK}: write {MASK}, in capitals, where a word is to be filled in")
        if found[-1] >= self.max_length - 2:  # without [CLS] and [SEP]
            raise InputError(
                f"{name} has a {MASK} at token {found[-1] + 1}, but only the first {self.max_length - 2} are read: "
                "shorten the text, or have more read, as far as the model allows",
                argument="max_length",
            )
        return text

    def characters(self, item: str) -> int:
        return len(item)

    def encode(self, items: list[str]) -> Encoding:
        return self.model.tokenizer(items, max_length=self.max_length, return_offsets=True)

    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[tuple[Array, Array, Array]]:
        ids, probabilities = outputs
        masks = batch.input_ids == self.mask_id
        assert batch.offsets is not None
        ends = np.cumsum(masks.sum(axis=1))[:-1]
        arrays = (batch.offsets[masks], ids, probabilities)
        return zip(*(np.split(array, ends) for array in arrays), strict=True)

    def finish(self, items: list[str], encoding: Encoding, rows: list[Any]) -> list[FilledText]:
        tokens = list(self.model.tokenizer.vocab)
        return [_filled(text, tokens, *row) for text, row in zip(items, rows, strict=True)]


def _filled(text: str, tokens: list[str], places: Array, ids: Array, probabilities: Array) -> FilledText:
    masks = []
    filled, rest = "", 0
    for (start, end), chosen, scores in zip(places.tolist(), ids.tolist(), probabilities.tolist(), strict=True):
        fills = tuple(Fill(tokens[index], score) for index, score in zip(chosen, scores, strict=True))
        masks.append(FilledMask(start, end, fills))
        filled += text[rest:start] + fills[0].token.removeprefix("##")
        rest = end
    return FilledText(filled + text[rest:], tuple(masks))
