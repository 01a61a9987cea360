"""Training of embeddings: the vectors of a batch of pairs, and their losses."""

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
    """Encoder with pooling: vectors of rows, as in `Embedder` before normalization.

    Args:
        encoder: The encoder; its parameters keep their names.
        pooling: As for `Pooled`.

    Inputs:
        input_ids, input_mask, segment_ids: (R, T) int32.

    Outputs:
        (R, H) float32.

    Raises:
        ConfigError: The pooling is neither of these.
    """

    def __init__(self, encoder: TinyBertModel, pooling: str = "mean") -> None:
        super().__init__(auto_prefix=False)
        self.encoder = encoder
        self.pooled = Pooled(pooling)

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Tensor:
        return self.pooled(self.encoder(input_ids, input_mask, segment_ids)[0], input_mask)


class CosineLoss(nn.Cell):
    """Mean squared error between the cosine of a pair's vectors and its score.

    The regression objective of Reimers and Gurevych 2019 (arXiv:1908.10084), section 3; CosineSimilarityLoss in
    sentence-transformers.

    Inputs:
        vectors: (2B, H) float32, the vectors of all first texts, then of all second texts.
        scores: (B,) float32, -1 to 1.

    Outputs:
        () float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit()
        self.halves = ops.Split(0, 2)

    def construct(self, vectors: Tensor, scores: Tensor) -> Tensor:
        first, second = self.halves(self.unit(vectors))
        return ops.square((first * second).sum(axis=1) - scores).mean()


class InBatchNegatives(nn.Cell):
    """Cross entropy of finding each pair's second text among those of the batch; logits are 20 times the cosine.

    Follows Henderson et al. 2017 (arXiv:1705.00652), section 4.4, with cosines as in MultipleNegativesRankingLoss of
    sentence-transformers. There, equal texts in a batch count as negatives; here, the second text of another pair is
    excluded if the two pairs have the same first text or the same second text.

    Inputs:
        vectors: (2B, H) float32, the vectors of all first texts, then of all second texts.
        text_ids: (B, 2) int32, numbers of the first and second texts; equal texts have equal numbers.

    Outputs:
        () float32.
    """

    scale = 20.0

    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit()
        self.halves = ops.Split(0, 2)
        self.columns = ops.Split(1, 2)
        self.matmul = ops.MatMul(transpose_b=True)

    def construct(self, vectors: Tensor, text_ids: Tensor) -> Tensor:
        first, second = self.halves(self.unit(vectors))
        own = (first * second).sum(axis=1) * self.scale  # (B,)
        first_ids, second_ids = self.columns(text_ids)
        differ = ops.logical_and(first_ids != first_ids.reshape((1, -1)), second_ids != second_ids.reshape((1, -1)))
        # No logit exceeds the scale. After subtracting the scale, exponentials can neither overflow nor vanish.
        others = ops.exp(self.matmul(first, second) * self.scale - self.scale) * differ.astype(ms.float32)  # (B, B)
        return (ops.log(ops.exp(own - self.scale) + others.sum(axis=1)) + self.scale - own).mean()


class Unit(nn.Cell):
    """Scale rows to length 1: (N, H) to (N, H)."""

    def construct(self, x: Tensor) -> Tensor:
        return x * ops.rsqrt(ops.maximum(ops.square(x).sum(axis=1, keepdims=True), 1e-12))
