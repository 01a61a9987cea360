"""Download files, with retries, and verify them before they get their final names."""

from .fetching import fetch
from .pages import fetch_page

__all__ = ["fetch", "fetch_page"]
