"""Helpers to fetch from the asset server and to check the result."""

from __future__ import annotations

from asset_server import SHA256

# The timeouts are only guards: tests reach them only if something is broken.
QUICK = {"attempts": 3, "timeout": (30, 30), "backoff": 0.001, "progress": False}


def ranges(server):
    """Return the range of the file that each request asked for; None for the whole file."""
    return [headers.get("Range") for _, headers in server.requests]


def assert_explains(error, url, target):
    """Assert that a fetch error names the file, its place, and the remedies."""
    for part in (url, SHA256, str(target), "pretrained=False", "MSHUB_MIRROR", "tinybert hub install"):
        assert part in str(error)
