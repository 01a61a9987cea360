"""The description of a download, and the message that explains what to do if it fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..addresses import without_credentials
from ..environment import mirrored


@dataclass(frozen=True)
class Download:
    """A file to download.

    Attributes:
        url: The declared address.
        target: The path to store the file at.
        sha256: Its declared hash.
        max_bytes: Maximum size in bytes.
        timeout: Seconds to wait for a connection, and for the next bytes.
        progress: Whether to show a progress bar; None shows it if stderr is a terminal.
        uid: The module that the file belongs to, for messages.
        direct: Whether to fetch from `url` even if a mirror is set.
    """

    url: str
    target: Path
    sha256: str
    max_bytes: int
    timeout: tuple[float, float]
    progress: bool | None = None
    uid: str | None = None
    direct: bool = False

    @property
    def address(self) -> str | Path:
        """The address that is actually used: the declared one, or the same path on the mirror or in its folder."""
        return self.url if self.direct else mirrored(self.url)

    def explain(self, reason: str) -> str:
        """Return a message with the reason, the file's address, hash and path, and ways to get it."""
        asked = "" if self.address == self.url else f"\n  asked for at: {self.address} (MSHUB_MIRROR)"
        return (
            f"{self.target.name} could not be fetched: {without_credentials(reason)}\n"
            f"  address:      {self.url}{asked}\n"
            f"  SHA-256:      {self.sha256}\n"
            f"  belongs at:   {self.target}\n"
            "What you can do:\n"
            "  - fetch that address elsewhere, then put the file at the path above, or run\n"
            f"    `tinybert hub install {self.uid or '<uid>'} --checkpoint FILE`;\n"
            "  - if the module is your own, publish it again from its source;\n"
            "  - set MSHUB_MIRROR to the address of a host, or to a folder, that has the same paths;\n"
            "  - pass pretrained=False for an untrained network, which needs no file."
        )
