"""Means over the real tokens of each row, then over the rows."""

from __future__ import annotations

from mindspore import Tensor, nn, ops

PADDING = -10000.0
"""What a score over padding is lowered by, so that its probability is 0."""


class MeanOverTokens(nn.Cell):
    """The mean over rows of what each row's tokens have on average.

    Inputs:
        values: (B, T, H) float32.
        shares: (B, T) float32, as `Shares` gives them.

    Outputs:
        () float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.batch_matmul = ops.BatchMatMul()

    def construct(self, values: Tensor, shares: Tensor) -> Tensor:
        rows, length = shares.shape
        # A product with the shares takes a fraction of the time of a broadcast and a sum.
        return self.batch_matmul(shares.reshape((rows, 1, length)), values).mean()
