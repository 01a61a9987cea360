"""What is to be downloaded, and the one text that says what to do when that fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..addresses import without_credentials
from ..environment import mirrored


@dataclass(frozen=True)
class Download:
    """What is to be downloaded, and how.

    Attributes:
        url: The declared address.
        target: The path that the file belongs at.
        sha256: Its declared hash.
        max_bytes: How large it may be at most.
        timeout: Seconds to wait for a connection, and for the next bytes.
        progress: Whether a progress bar is shown; None shows it if stderr is a terminal.
        uid: The module that the file belongs to, for messages.
        direct: Whether it is asked for at `url` whatever mirror is set.
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
        """Where the file is really requested: the declared address, or the same path on the mirror or in its folder."""
        return self.url if self.direct else mirrored(self.url)

    def explain(self, reason: str) -> str:
        """Says why there is no file, which file belongs where, and how to get it."""
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
