"""Modules: found, fetched, checked, loaded, installed and published.

MindSpore is imported only when a network is built, so that lists, checks and `--help` are there at once.
"""

from .cache import EntryPaths, HubCache
from .card import Asset, Card, Problem, check_card, parse_card, read_card, render_card
from .client import hub_list, load, load_weights
from .download import fetch
from .environment import get_hub_dir, mirror, offline, set_hub_dir
from .install import install
from .integrity import sha256_of, verified_bytes, verify
from .modules import Module, cached_modules, find_module, local_module
from .names import parse_uid
from .publish import publish
from .registry import PublishedModule, find, list_uids, published

__all__ = [
    "Asset",
    "Card",
    "EntryPaths",
    "HubCache",
    "Module",
    "Problem",
    "PublishedModule",
    "cached_modules",
    "check_card",
    "fetch",
    "find",
    "find_module",
    "get_hub_dir",
    "hub_list",
    "install",
    "list_uids",
    "load",
    "load_weights",
    "local_module",
    "mirror",
    "offline",
    "parse_card",
    "parse_uid",
    "publish",
    "published",
    "read_card",
    "render_card",
    "set_hub_dir",
    "sha256_of",
    "verified_bytes",
    "verify",
]
