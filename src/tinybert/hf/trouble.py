"""Turn errors in fetching from the Hugging Face Hub into one sentence that says what to do."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import DownloadError, HubError, OfflineError
from .name import HfName

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TOKEN = "set HF_TOKEN to a token that may read it"


@dataclass(frozen=True)
class Circumstances:
    """The parameters of a download, for error messages.

    Attributes:
        name: The model.
        endpoint: The address of the hub; None for Hugging Face's own.
        cache_dir: The cache folder.
        forbidden: The environment variable that forbids network use; None if there is none.
    """

    name: HfName
    endpoint: str | None
    cache_dir: Path
    forbidden: str | None

    @property
    def host(self) -> str:
        """The hub's host name, without credentials that its address may contain."""
        return urlsplit(self.endpoint or "https://huggingface.co").hostname or "the host of HF_ENDPOINT"


def explained(error: Exception, around: Circumstances) -> HubError:
    """Return an error of this package that explains an error of `huggingface_hub` or its dependencies."""
    from huggingface_hub import errors as theirs

    name, host = around.name, around.host
    if isinstance(error, theirs.LocalEntryNotFoundError):
        if around.forbidden:
            return OfflineError(
                f"{name} is not in the cache, or not all of it ({around.cache_dir}), and {around.forbidden} forbids "
                "using the network: load it once where there is one"
            )
        error = error.__cause__ if isinstance(error.__cause__, Exception) else error  # why the cache was tried
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, theirs.GatedRepoError):
        message = f"{name} is gated: accept its terms on its page at {host}, and {_TOKEN}"
    elif isinstance(error, theirs.RevisionNotFoundError):
        message = f"{name.repository} on {host} has no revision {name.revision or 'main'}: give a branch, tag or commit"
    elif isinstance(error, theirs.RepositoryNotFoundError) or status == 404:
        message = f"{host} has no model {name.repository}, or it is private: check the name; for a private one {_TOKEN}"
    elif status in (401, 403):
        message = f"{host} does not let you read {name} (status {status}): {_TOKEN}"
    elif status is not None:
        message = f"{name} cannot be fetched: {host} answers with status {status}. Try again later"
    elif isinstance(error, OSError) and error.filename is not None and error.errno is not None:
        message = f"{name} cannot be written to {around.cache_dir} ({error.strerror}): "
        message += "make room" if error.errno in _DISK_FULL else "set HF_HOME to a folder that you may write to"
    else:
        return OfflineError(
            f"{name} is not in the cache, and {host} cannot be reached ({_reason(error)}): check the network and "
            "HF_ENDPOINT, and try again"
        )
    return DownloadError(message)


def _reason(error: BaseException) -> str:
    """Return the root cause, without the error's text, which may be long or contain credentials."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
