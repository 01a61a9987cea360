"""Find, fetch, check, load, install and publish hub modules.

Names are imported on first use, and MindSpore only when a network is built, so that listing and checking are fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazy_names

if TYPE_CHECKING:  # the same names for editors and type checkers
    from .card import check_card, read_card
    from .client import hub_list, load, load_weights
    from .environment import get_hub_dir, set_hub_dir
    from .finding import find_module
    from .installing import install
    from .modules import Module
    from .publishing import publish
    from .registry import list_uids
    from .removing import remove

_HOMES = {
    "Module": "modules",
    "check_card": "card",
    "find_module": "finding",
    "get_hub_dir": "environment",
    "hub_list": "client",
    "install": "installing",
    "list_uids": "registry",
    "load": "client",
    "load_weights": "client",
    "publish": "publishing",
    "read_card": "card",
    "remove": "removing",
    "set_hub_dir": "environment",
}
__all__ = [
    "Module",
    "check_card",
    "find_module",
    "get_hub_dir",
    "hub_list",
    "install",
    "list_uids",
    "load",
    "load_weights",
    "publish",
    "read_card",
    "remove",
    "set_hub_dir",
]

if not TYPE_CHECKING:  # type checkers would otherwise accept any name as the package's
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
