"""Shell completion of arguments, available after `tinybert --install-completion`."""

from __future__ import annotations


def uids(incomplete: str) -> list[str]:
    """Return matching module uids, cached ones first. If none matches, the shell offers file names."""
    from ..hub.cache import HubCache
    from ..hub.finding import cached_modules, known_modules

    cache = HubCache()
    known = dict.fromkeys([*cached_modules(cache), *known_modules(cache)])
    return [uid for uid in known if uid.startswith(incomplete)]
