"""The list of modules, where the official client has it."""

from tinybert.hub import hub_list

__all__ = ["hub_list"]
