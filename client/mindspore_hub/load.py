"""Loading of networks and weights, in the same place as in the official client."""

from tinybert.hub import load, load_weights

__all__ = ["load", "load_weights"]
