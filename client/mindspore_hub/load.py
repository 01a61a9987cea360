"""Networks and weights, where the official client has them."""

from tinybert.hub import load, load_weights

__all__ = ["load", "load_weights"]
