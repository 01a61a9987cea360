"""Mask and segments in either order: told apart inside the graph, as `tinybert.inputs` tells them apart on the host."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, ops


def order_masks(second: Tensor, third: Tensor) -> tuple[Tensor, Tensor]:
    """Tells input mask and segment ids apart, row by row, inside the graph.

    The published card passes (ids, mask, segments), the later cards (ids, segments, mask). A real first token is in
    segment 0, so a first column of 1 and 0 decides. Where it does not, as in rows padded on the left, the mask came
    last if that is the only order in which no padding is in segment 1 and no text of segment 0 follows one of segment
    1. Rows that have neither order are taken as they are; only the host refuses them.

    Args:
        second: (B, T) int32, mask or segments.
        third: (B, T) int32, the other of the two.

    Returns:
        Input mask and segment ids, both (B, T) int32.
    """
    plain = ops.logical_and(second[:, :1] == 1, third[:, :1] == 0)
    swapped = ops.logical_and(second[:, :1] == 0, third[:, :1] == 1)
    only_swapped = ops.logical_and(_faults(second, third) > 0, _faults(third, second) == 0)
    mask_last = ops.logical_or(swapped, ops.logical_and(ops.logical_not(plain), only_swapped))
    return ops.where(mask_last, third, second), ops.where(mask_last, second, third)


def _faults(mask: Tensor, segments: Tensor) -> Tensor:
    """(B, 1) int32, how many tokens show that rows are not mask and segments."""
    second_text = (segments != 0).astype(ms.int32)
    real = (mask != 0).astype(ms.int32)
    after = (ops.cumsum(second_text, 1) > 0).astype(ms.int32)
    return (second_text * (1 - real) + after * (1 - second_text) * real).sum(axis=1, keepdims=True)
