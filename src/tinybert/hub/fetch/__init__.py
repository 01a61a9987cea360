"""Files from the network: downloaded in as many attempts as it takes, and checked before they get their names."""

from .fetching import fetch
from .pages import fetch_page

__all__ = ["fetch", "fetch_page"]
