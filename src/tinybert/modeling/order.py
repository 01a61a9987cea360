"""Mask and segments in either order: told apart inside the graph, as `tinybert.inputs` tells them apart on the host."""

from __future__ import annotations

from mindspore import Tensor, ops


def order_masks(second: Tensor, third: Tensor) -> tuple[Tensor, Tensor]:
    """Tells input mask and segment ids apart, row by row, inside the graph.

    The published card passes (ids, mask, segments), the later cards (ids, segments, mask). The first token of every
    real row is real and is in segment 0, so where the first column reads 0 and 1, the mask came last.

    Args:
        second: (B, T) int32, mask or segments.
        third: (B, T) int32, the other of the two.

    Returns:
        Input mask and segment ids, both (B, T) int32.
    """
    mask_last = ops.logical_and(second[:, :1] == 0, third[:, :1] == 1)
    return ops.where(mask_last, third, second), ops.where(mask_last, second, third)
