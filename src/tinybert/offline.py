"""The setting that forbids use of the network."""

from __future__ import annotations

import os

from .errors import HubError

YES = ("1", "true", "yes", "on")
_NO = ("", "0", "false", "no", "off")


def offline() -> bool:
    """Return whether `MSHUB_OFFLINE` forbids use of the network.

    Raises:
        HubError: The value is neither a yes nor a no.
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
