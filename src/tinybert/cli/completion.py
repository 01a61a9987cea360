"""What the shell offers besides commands and options, once `tinybert --install-completion` has told it."""

from __future__ import annotations


def uids(incomplete: str) -> list[str]:
    """Uids of modules, those in the cache first. Where none fits, the shell offers file names."""
    from ..hub.cache import HubCache
    from ..hub.finding import cached_modules
    from ..hub.registry import list_uids

    known = dict.fromkeys([*cached_modules(HubCache()), *list_uids()])
    return [uid for uid in known if uid.startswith(incomplete)]
