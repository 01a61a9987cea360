"""The command `tinybert`."""

from .app import main

__all__ = ["main"]
