"""Losses of embeddings, from the vectors of a batch to a scalar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import mindspore as ms
from mindspore import Tensor, nn, ops

from .embedding import Unit
from .loss_choice import LOSSES, dims_of, losses_for
from .settings import TrainingSettings

SCALE = 20.0
"""What cosines are multiplied with, the inverse of a temperature; as in sentence-transformers."""


class PairCosines(nn.Cell):
    """The cosine of each pair's vectors.

    Inputs:
        vectors: (2B, H) float32, the vectors of all first texts, then of all second texts.

    Outputs:
        (B,) float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit()
        self.halves = ops.Split(0, 2)

    def construct(self, vectors: Tensor) -> Tensor:
        first, second = self.halves(self.unit(vectors))
        return (first * second).sum(axis=1)


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
        self.cosines = PairCosines()

    def construct(self, vectors: Tensor, scores: Tensor) -> Tensor:
        return ops.square(self.cosines(vectors) - scores).mean()


class CosentLoss(nn.Cell):
    """log(1 + sum of exp(20 (cos_i - cos_j))) over all pairs i, j of a batch where j has the higher score.

    It asks for the order of the scores only. Su 2022 (kexue.fm/archives/8847) and Huang et al. 2024 (CoSENT,
    doi:10.1109/TASLP.2024.3402087); CoSENTLoss in sentence-transformers.

    Inputs:
        vectors: (2B, H) float32, the vectors of all first texts, then of all second texts.
        scores: (B,) float32.

    Outputs:
        () float32; 0 if all scores are equal.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cosines = PairCosines()

    def construct(self, vectors: Tensor, scores: Tensor) -> Tensor:
        cosines = self.cosines(vectors) * SCALE
        is_lower = (scores.reshape((-1, 1)) < scores.reshape((1, -1))).astype(ms.float32)  # (B, B)
        # Twice the scale is the most that an exponent can be, so that no sum overflows; log1p keeps sums near 0.
        return ops.log1p((ops.exp(cosines.reshape((-1, 1)) - cosines.reshape((1, -1))) * is_lower).sum())


class InBatchNegatives(nn.Cell):
    """Cross entropy of finding each row's positive among those of the batch; logits are 20 times the cosine.

    Follows Henderson et al. 2017 (arXiv:1705.00652), section 4.4, with cosines as in MultipleNegativesRankingLoss of
    sentence-transformers: the negatives of all rows in the batch are further candidates. There, equal texts in a batch
    count as negatives; here, the positive of another row is excluded if the two rows have the same anchor, and any
    candidate that is the same text as the row's positive.

    Args:
        texts: Texts per row (K): anchor, positive, and K - 2 negatives.

    Inputs:
        vectors: (K B, H) float32, the vectors of all anchors, then of all positives, then of all first negatives, ...
        text_ids: (B, K) int32, numbers of the texts; among anchors, and among all others, equal texts have equal ones.

    Outputs:
        () float32.
    """

    def __init__(self, texts: int = 2) -> None:
        super().__init__()
        self.texts = texts
        self.unit = Unit()
        self.parts = ops.Split(0, texts)
        self.columns = ops.Split(1, texts)
        self.matmul = ops.MatMul(transpose_b=True)

    def construct(self, vectors: Tensor, text_ids: Tensor) -> Tensor:
        parts, ids = self.parts(self.unit(vectors)), self.columns(text_ids)
        anchors, positives = parts[0], parts[1]
        own = (anchors * positives).sum(axis=1) * SCALE  # (B,)
        # No logit exceeds the scale. After subtracting the scale, exponentials can neither overflow nor vanish.
        differ = ops.logical_and(ids[0] != ids[0].reshape((1, -1)), ids[1] != ids[1].reshape((1, -1)))
        others = ops.exp(self.matmul(anchors, positives) * SCALE - SCALE) * differ.astype(ms.float32)  # (B, B)
        total = ops.exp(own - SCALE) + others.sum(axis=1)
        for column in range(2, self.texts):
            differs = (ids[1] != ids[column].reshape((1, -1))).astype(ms.float32)
            total = total + (ops.exp(self.matmul(anchors, parts[column]) * SCALE - SCALE) * differs).sum(axis=1)
        return (ops.log(total) + SCALE - own).mean()


class TripletLoss(nn.Cell):
    """Mean over rows of max(0, d(anchor, positive) - d(anchor, negative) + margin).

    Schroff et al. 2015 (arXiv:1503.03832), equation 3, with distances as in TripletLoss of sentence-transformers, which
    takes one negative a row; here, the mean is over all negatives too.

    Args:
        texts: Texts per row (K): anchor, positive, and K - 2 negatives.
        margin: How much further away than the positive a negative should be.
        cosine: Whether distances are 1 - cosine; else they are Euclidean.

    Inputs:
        vectors: (K B, H) float32, in the order of `InBatchNegatives`.
        text_ids: (B, K) int32; not used.

    Outputs:
        () float32.
    """

    def __init__(self, texts: int, margin: float, *, cosine: bool = False) -> None:
        super().__init__()
        self.texts, self.margin = texts, margin
        self.parts = ops.Split(0, texts)
        self.unit = Unit() if cosine else None

    def construct(self, vectors: Tensor, text_ids: Tensor) -> Tensor:
        parts = self.parts(vectors if self.unit is None else self.unit(vectors))
        near = self._distances(parts[0], parts[1])
        total = ops.relu(near - self._distances(parts[0], parts[2]) + self.margin).mean()
        for column in range(3, self.texts):
            total = total + ops.relu(near - self._distances(parts[0], parts[column]) + self.margin).mean()
        return total / (self.texts - 2)

    def _distances(self, a: Tensor, b: Tensor) -> Tensor:
        """Return (B,), the distances of two rows each."""
        if self.unit is not None:
            return 1.0 - (a * b).sum(axis=1)
        # The slope of a square root at 0 is infinite.
        return ops.sqrt(ops.square(a - b).sum(axis=1) + 1e-12)


class MatryoshkaLoss(nn.Cell):
    """Sum of a loss over vectors that are cut off at each of several sizes and scaled to length 1.

    Kusupati et al. 2022 (arXiv:2205.13147), equation 1, with weights of 1; MatryoshkaLoss in sentence-transformers.

    Args:
        loss: The loss of vectors.
        dims: The sizes, each at most H.

    Inputs:
        vectors: (K B, H) float32.
        labels: As for the loss.

    Outputs:
        () float32.
    """

    def __init__(self, loss: nn.Cell, dims: Sequence[int]) -> None:
        super().__init__()
        self.loss, self.dims = loss, tuple(dims)
        self.unit = Unit()

    def construct(self, vectors: Tensor, labels: Tensor) -> Tensor:
        total = self.loss(self.unit(vectors[:, : self.dims[0]]), labels)
        for dim in self.dims[1:]:
            total = total + self.loss(self.unit(vectors[:, :dim]), labels)
        return total


CELLS: dict[str, Callable[[int, float], nn.Cell]] = {
    "cosine": lambda texts, margin: CosineLoss(),
    "cosent": lambda texts, margin: CosentLoss(),
    "multiple-negatives": lambda texts, margin: InBatchNegatives(texts),
    "triplet": TripletLoss,
    "triplet-cosine": lambda texts, margin: TripletLoss(texts, margin, cosine=True),
}
"""The cell of each of `LOSSES`, for a number of texts per row and a margin."""


def embedding_loss(form: str, texts: int, settings: TrainingSettings) -> nn.Cell:
    """Return the loss of embeddings that the settings ask for.

    Args:
        form: The form of the data.
        texts: Texts per row.
        settings: The settings, which fit the data (`check_loss`).
    """
    name = settings.loss or losses_for(form)[0]
    margin = LOSSES[name].margin if settings.margin is None else settings.margin
    loss = CELLS[name](texts, margin or 0.0)
    dims = dims_of(settings.matryoshka)
    return MatryoshkaLoss(loss, dims) if dims else loss
