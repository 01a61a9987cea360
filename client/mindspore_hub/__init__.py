"""A stand-in for the official MindSpore Hub client: its names and signatures, implemented by `tinybert.hub`.

Unlike the official client, it works offline once a module is cached, checks the hash of every file that it loads, and
loads all parameters or none. It supports TinyBERT modules, and modules published with `tinybert hub publish`.
"""

from . import info, manage
from .list import hub_list
from .load import load, load_weights

__version__ = "0.1.0"
__all__ = ["hub_list", "info", "load", "load_weights", "manage"]
