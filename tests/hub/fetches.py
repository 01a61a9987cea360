"""How tests fetch from the asset server, and what they look at afterwards."""

from __future__ import annotations

from asset_server import SHA256

# The timeouts are guards only: no test waits for them, unless something is broken.
QUICK = {"attempts": 3, "timeout": (30, 30), "backoff": 0.001, "progress": False}


def ranges(server):
    """What part of the file each request asked for; None for all of it."""
    return [headers.get("Range") for _, headers in server.requests]


def assert_explains(error, url, target):
    """An error that a file could not be fetched says which, where it belongs, and what can be done."""
    for part in (url, SHA256, str(target), "pretrained=False", "MSHUB_MIRROR", "tinybert hub install"):
        assert part in str(error)
