"""The list of modules, in the same place as in the official client."""

from tinybert.hub import hub_list

__all__ = ["hub_list"]
