"""The command line `tinybert`."""

from .app import main

__all__ = ["main"]
