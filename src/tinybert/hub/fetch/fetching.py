"""Fetch a verified file, or raise an error that says what to do."""

from __future__ import annotations

import errno
import random
import time
from pathlib import Path

from ...errors import DownloadError, HubError, IntegrityError, OfflineError
from ...offline import offline
from ..addresses import https_link, web_link
from ..integrity import sha256_text, verify
from ..locks import locked
from .partial_file import PartialFile
from .request import Download

MAX_BYTES = 2 << 30
_LONGEST_WAIT = 60.0
"""Maximum pause in seconds, even if a server asks for a longer one."""
_PROGRESS_BYTES = 64 << 10
"""An attempt that receives this much resets the count of failures, so a bad connection succeeds in small steps."""
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def fetch(  # noqa: PLR0913 -- all but three have defaults that suit every caller but tests
    url: str,
    target: str | Path,
    sha256: str,
    *,
    max_bytes: int = MAX_BYTES,
    progress: bool | None = None,
    attempts: int = 5,
    timeout: tuple[float, float] = (10.0, 30.0),
    backoff: float = 0.5,
    uid: str | None = None,
    direct: bool = False,
) -> Path:
    """Ensure that a file exists and has the declared hash; download it if necessary.

    An interrupted download leaves `<target>.part`, from which the next call resumes. The file is hashed as it arrives
    and gets its final name only if the hash is right. Processes that fetch the same file wait for each other.

    Args:
        url: The https address. `MSHUB_MIRROR` replaces its host, possibly by a folder; `MSHUB_OFFLINE` forbids network
            use.
        target: The path to store the file at.
        sha256: Its declared hash.
        max_bytes: Maximum size in bytes.
        progress: Whether to show a progress bar; None shows it if stderr is a terminal.
        attempts: Number of consecutive attempts without progress before giving up.
        timeout: Seconds to wait for a connection, and for the next bytes.
        backoff: Seconds to wait after the first failed attempt; doubled after each further one, up to 60.
        uid: The module that the file belongs to, for messages.
        direct: Whether the address was given by the user: no mirror is used, and it may be http on this machine.

    Returns:
        The path.

    Raises:
        OfflineError: The file is missing, and the network is forbidden or unreachable.
        DownloadError: The file cannot be obtained; the message says why, and what else can be done.
        IntegrityError: The existing or downloaded file has another hash. It no longer has the target's name.
        ValueError: The address is not https, or `sha256` is not a hash.
    """
    target = Path(target)
    url = web_link(url) if direct else https_link(url)
    download = Download(url, target, sha256_text(sha256), max_bytes, timeout, progress, uid, direct)
    if target.exists():
        return verify(target, download.sha256)
    if offline() and isinstance(download.address, str):
        raise OfflineError(download.explain("MSHUB_OFFLINE forbids using the network"))
    try:
        with locked(target.with_name(f"{target.name}.lock"), f"fetches {target.name}"):
            # The previous holder of the lock may have fetched this file.
            return verify(target, download.sha256) if target.exists() else _fetch_new(download, attempts, backoff)
    except HubError:  # some of these are OSErrors as well
        raise
    except (OSError, NotImplementedError) as error:  # NotImplementedError: the file system has no locks
        raise DownloadError(download.explain(_disk_trouble(download, error))) from None


def _fetch_new(download: Download, attempts: int, backoff: float) -> Path:
    partial = PartialFile(download.target)
    for last in (False, True):
        if not partial.size or partial.sha256 != download.sha256:
            if isinstance(download.address, Path):
                _copy(download.address, download, partial)
            else:
                _complete(download, download.address, partial, attempts, backoff)
        if partial.sha256 == download.sha256:
            partial.move_to(download.target)
            break
        actual, in_one_go = partial.sha256, not partial.resumed
        partial.drop()
        # A resumed download may combine different versions of the file: retry once from the start.
        if in_one_go or last:
            raise IntegrityError(
                f"what came from {download.address} is not the file that the card declares; nothing of it was kept.\n"
                f"  declared SHA-256: {download.sha256}\n"
                f"  SHA-256 found:    {actual}\n"
                "The file there was exchanged or damaged. Get it from another host, with MSHUB_MIRROR, "
                "or ask the card's author.",
                expected=download.sha256,
                actual=actual,
            )
    return download.target


def _copy(source: Path, download: Download, partial: PartialFile) -> None:
    """Copy the file from a mirror that is a folder."""
    if not source.is_file():
        raise DownloadError(download.explain("the folder in MSHUB_MIRROR does not have it"))
    if source.stat().st_size > download.max_bytes:
        raise DownloadError(download.explain(f"it is larger than the limit of {download.max_bytes} bytes"))
    try:
        file = open(source, "rb")  # noqa: SIM115 -- closed below; an OSError there comes from writing
    except OSError as error:
        raise DownloadError(download.explain(f"{source} cannot be read ({error.strerror})")) from None
    partial.restart(None)
    with file:
        partial.append(iter(lambda: file.read(_PROGRESS_BYTES), b""))


def _complete(download: Download, address: str, partial: PartialFile, attempts: int, backoff: float) -> None:
    """Download the missing part, with retries."""
    from .transfer import InterruptedTransferError, open_session, transfer

    most, failures = partial.size, 0
    with open_session(address) as session:
        while True:
            try:
                return transfer(session, download, partial)
            except InterruptedTransferError as interruption:
                if partial.sha256 == download.sha256:  # everything arrived before the connection broke
                    return None
                if partial.size >= most + _PROGRESS_BYTES:
                    most, failures = partial.size, 0
                failures += 1
                if failures >= attempts:
                    error = OfflineError if interruption.unreachable else DownloadError
                    raise error(download.explain(f"{interruption}, in each of {failures} attempts")) from None
                # Random, so that clients that failed together do not retry together.
                pause = backoff * 2 ** (failures - 1) * random.uniform(0.5, 1.0)
                time.sleep(min(max(pause, interruption.wait), _LONGEST_WAIT))


def _disk_trouble(download: Download, error: Exception) -> str:
    if getattr(error, "errno", None) in _DISK_FULL:
        return "the disk became full; make room, and the next call resumes where this one stopped"
    reason = getattr(error, "strerror", None) or error
    return f"the folder {download.target.parent} cannot be used ({reason}); set MSHUB_CACHE to another one"
