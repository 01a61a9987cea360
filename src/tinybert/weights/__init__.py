"""Weights of networks: building a network for a checkpoint, binding all or nothing, and extracting a checkpoint."""

from ..compat import require_mindspore

require_mindspore()

from .binding import BindingReport, bind  # noqa: E402 -- a missing MindSpore must be reported before it is imported
from .building import add_head, build_network, restore  # noqa: E402
from .snapshot import checkpoint_of  # noqa: E402

__all__ = ["BindingReport", "add_head", "bind", "build_network", "checkpoint_of", "restore"]
