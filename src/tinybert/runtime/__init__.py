"""Computing, apart from text: arrays in, arrays out. `base` says what the tasks need; each other file provides it."""

from .base import Runtime

__all__ = ["Runtime"]
