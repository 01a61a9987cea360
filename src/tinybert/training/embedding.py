"""The vectors of texts in training."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, nn, ops

from ..errors import ConfigError
from ..modeling import TinyBertModel


class Shares(nn.Cell):
    """What each token counts for in the mean of its row: 1/n for each of n real tokens, 0 for padding.

    Inputs:
        input_mask: (B, T) int32, 1 = real token.

    Outputs:
        (B, T) float32.
    """

    def construct(self, input_mask: Tensor) -> Tensor:
        mask = input_mask.astype(ms.float32)
        return mask / ops.maximum(mask.sum(axis=1, keepdims=True), 1.0)


class Pooled(nn.Cell):
    """The vectors of rows, from the vectors of their tokens.

    Args:
        pooling: `mean` over a row's tokens, [CLS] and [SEP] included, or the `first` one's vector.

    Inputs:
        sequence_output: (R, T, H) float32.
        input_mask: (R, T) int32, 1 = real token.

    Outputs:
        (R, H) float32.

    Raises:
        ConfigError: Another pooling is asked for.
    """

    def __init__(self, pooling: str) -> None:
        super().__init__(auto_prefix=False)
        if pooling not in ("mean", "first"):
            raise ConfigError(f"the model pools by {pooling}: only mean and first can be trained")
        self.is_mean = pooling == "mean"
        self.shares = Shares()
        self.batch_matmul = ops.BatchMatMul()

    def construct(self, sequence_output: Tensor, input_mask: Tensor) -> Tensor:
        rows, length, size = sequence_output.shape
        if not self.is_mean:
            return sequence_output[:, 0]
        shares = self.shares(input_mask).reshape((rows, 1, length))
        return self.batch_matmul(shares, sequence_output).reshape((-1, size))


class TextVectors(nn.Cell):
    """Encoder with pooling: vectors of rows, as in `Embedder`.

    Args:
        encoder: The encoder; its parameters keep their names.
        pooling: As for `Pooled`.
        normalize: Whether vectors are scaled to length 1.

    Inputs:
        input_ids, input_mask, segment_ids: (R, T) int32.

    Outputs:
        (R, H) float32.

    Raises:
        ConfigError: The pooling is neither of these.
    """

    def __init__(self, encoder: TinyBertModel, pooling: str = "mean", normalize: bool = False) -> None:
        super().__init__(auto_prefix=False)
        self.encoder = encoder
        self.pooled = Pooled(pooling)
        self.unit = Unit() if normalize else None

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Tensor:
        vectors = self.pooled(self.encoder(input_ids, input_mask, segment_ids)[0], input_mask)
        return vectors if self.unit is None else self.unit(vectors)


class Unit(nn.Cell):
    """Scale rows to length 1: (N, H) to (N, H)."""

    def construct(self, x: Tensor) -> Tensor:
        return x * ops.rsqrt(ops.maximum(ops.square(x).sum(axis=1, keepdims=True), 1e-12))
