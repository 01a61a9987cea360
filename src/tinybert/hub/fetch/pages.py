"""Fetch a small page without a known hash, such as a card; its address must be trusted."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ...errors import DownloadError, OfflineError
from ...offline import offline
from .partial_file import PartialFile
from .request import Download

_TIMEOUT = (10.0, 30.0)


class _Page(Download):
    """A download whose error message is only the reason."""

    def explain(self, reason: str) -> str:
        return f"{self.url} could not be fetched: {reason}"


def fetch_page(url: str, max_bytes: int) -> bytes:
    """Fetch a page from its address, ignoring any mirror.

    Args:
        url: The address, as `web_link` returns it.
        max_bytes: Maximum size in bytes.

    Raises:
        OfflineError: The network is forbidden or unreachable.
        DownloadError: The page cannot be fetched; the message says why.
    """
    from .transfer import InterruptedTransferError, open_session, transfer

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "page"
        page = _Page(url, target, "", max_bytes, _TIMEOUT, progress=False, direct=True)
        if offline():
            raise OfflineError(page.explain("MSHUB_OFFLINE forbids using the network"))
        partial = PartialFile(target)
        try:
            with open_session(url) as session:
                transfer(session, page, partial)
        except InterruptedTransferError as interruption:
            error = OfflineError if interruption.unreachable else DownloadError
            raise error(page.explain(str(interruption))) from None
        return partial.path.read_bytes()
