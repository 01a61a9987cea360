"""Downloads that end in a verified file, or in none."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DownloadError, HubError, IntegrityError, OfflineError
from .environment import offline
from .integrity import verify
from .job import Job
from .names import https_link, sha256_text
from .part import Part

MAX_BYTES = 2 << 30
_LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is asked again after these."""
_PROGRESS_BYTES = 64 << 10
"""An attempt that brings this much does not count as failed: a bad line gets there in small steps."""
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def fetch(  # noqa: PLR0913 - what callers and tests turn; all but three have defaults that do
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
) -> Path:
    """Makes sure that a file is there and is the declared one, downloading it if need be.

    A download that breaks off leaves `<target>.part`, from which the next call goes on. The file is hashed while it
    comes, and gets its name only when the hash is right. Processes that want the same file wait for one another.

    Args:
        url: The https address. `MSHUB_MIRROR` replaces its host, `MSHUB_OFFLINE` forbids to use it.
        target: The path that the file gets.
        sha256: The hash that it must have.
        max_bytes: How large it may be.
        progress: Whether to show a progress bar; by default where stderr is a terminal.
        attempts: How many attempts in a row may bring nothing.
        timeout: Seconds to wait for a connection, and for the next bytes.
        backoff: Seconds to wait after a first failed attempt; doubled after each further one, up to 60.
        uid: The module that the file belongs to, for messages.

    Returns:
        The path.

    Raises:
        OfflineError: The file is not there, and the network is forbidden or out of reach.
        DownloadError: The file cannot be had; the message says why, and what else can be done.
        IntegrityError: What is there, or what came, is another file. It is not under that name any more.
        ValueError: The address is not https, or the hash is none.
    """
    target = Path(target)
    job = Job(https_link(url), target, sha256_text(sha256), max_bytes, timeout, progress, uid)
    if target.exists():
        return verify(target, job.sha256)
    if offline():
        raise OfflineError(job.explain("MSHUB_OFFLINE forbids to use the network"))
    try:
        with _locked(job):
            # Whoever had the lock before may have fetched the very file.
            return verify(target, job.sha256) if target.exists() else _fetch_new(job, attempts, backoff)
    except HubError:  # some of which are OSErrors, too
        raise
    except (OSError, NotImplementedError) as error:  # NotImplementedError: the file system has no locks
        raise DownloadError(job.explain(_disk_trouble(job, error))) from None


@contextmanager
def _locked(job: Job) -> Iterator[None]:
    from filelock import FileLock

    job.target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(job.target.with_name(f"{job.target.name}.lock")):
        yield


def _fetch_new(job: Job, attempts: int, backoff: float) -> Path:
    part = Part(job.target)
    for last in (False, True):
        if not part.size or part.sha256 != job.sha256:
            _complete(job, part, attempts, backoff)
        if part.sha256 == job.sha256:
            part.move_to(job.target)
            break
        actual, in_one_go = part.sha256, not part.resumed
        part.drop()
        # What came in several goes may be of several files: then once more from the beginning.
        if in_one_go or last:
            raise IntegrityError(
                f"what came from {job.address} is not the file that the card declares; nothing of it was kept.\n"
                f"  declared SHA-256: {job.sha256}\n"
                f"  SHA-256 found:    {actual}\n"
                "The file there was exchanged or damaged. Get it from another host, with MSHUB_MIRROR, "
                "or ask the card's author.",
                expected=job.sha256,
                actual=actual,
            )
    return job.target


def _complete(job: Job, part: Part, attempts: int, backoff: float) -> None:
    """Downloads what is missing, in as many attempts as it takes."""
    from .transfer import InterruptedTransferError, open_session, transfer

    most, failures = part.size, 0
    with open_session() as session:
        while True:
            try:
                return transfer(session, job, part)
            except InterruptedTransferError as interruption:
                if part.size >= most + _PROGRESS_BYTES:
                    most, failures = part.size, 0
                failures += 1
                if failures >= attempts:
                    error = OfflineError if interruption.unreachable else DownloadError
                    raise error(job.explain(f"{interruption}, in each of {failures} attempts")) from None
                # Those who failed together should not come back together.
                pause = backoff * 2 ** (failures - 1) * random.uniform(0.5, 1.0)
                time.sleep(min(max(pause, interruption.wait), _LONGEST_WAIT))


def _disk_trouble(job: Job, error: Exception) -> str:
    if getattr(error, "errno", None) in _DISK_FULL:
        return "the disk became full; make room, and the next call goes on where this one stopped"
    reason = getattr(error, "strerror", None) or error
    return f"the folder {job.target.parent} cannot be used ({reason}); set MSHUB_CACHE to another one"
