"""Runtimes, which compute networks on arrays. `base` defines the interface; each other module implements it."""

from .base import Runtime

__all__ = ["Runtime"]
