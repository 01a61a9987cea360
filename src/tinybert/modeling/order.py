"""Recognition of mask and segments inside the graph, by the same rules as `tinybert.inputs` on the host."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, ops


def order_masks(second: Tensor, third: Tensor) -> tuple[Tensor, Tensor]:
    """Put input mask and segment ids, given in either order, into order row by row, inside the graph.

    The published model card passes (ids, mask, segments), later cards pass (ids, segments, mask). A real first token is
    in segment 0, so values 1 and 0 in the first column decide. Otherwise, as in rows padded on the left, the mask is
    taken to be last if that is the only order in which no padding is in segment 1 and no token of segment 0 follows one
    of segment 1. Rows that fit neither order are used as given; only the host rejects them.

    Args:
        second: (B, T) int32, mask or segments, the network's second input.
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
    """Return (B, 1) int32, the number of tokens per row that contradict this order of mask and segments."""
    second_text = (segments != 0).astype(ms.int32)
    real = (mask != 0).astype(ms.int32)
    after = (ops.cumsum(second_text, 1) > 0).astype(ms.int32)
    return (second_text * (1 - real) + after * (1 - second_text) * real).sum(axis=1, keepdims=True)
