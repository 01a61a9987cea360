"""Whether the network may be used at all."""

from __future__ import annotations

import os

from .errors import HubError

YES = ("1", "true", "yes", "on")
_NO = ("", "0", "false", "no", "off")


def offline() -> bool:
    """Whether `MSHUB_OFFLINE` forbids using the network.

    Raises:
        HubError: Its value is neither yes nor no.
    """
    value = os.environ.get("MSHUB_OFFLINE", "").strip().lower()
    if value in YES:
        return True
    if value in _NO:
        return False
    raise HubError(
        f"MSHUB_OFFLINE is {value!r}; set it to one of {', '.join(YES)} to stay off the network, "
        f"to one of {', '.join(filter(None, _NO))} or to nothing to use it"
    )
