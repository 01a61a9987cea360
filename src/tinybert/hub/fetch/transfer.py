"""A single request, with the answer appended to an unfinished file.

Imported only for a download, since importing `requests` takes time.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from ...counting import counted
from ...errors import DownloadError
from ...progress import ProgressBar
from .partial_file import PartialFile
from .request import Download
from .watchdog import Watchdog, WatchedAdapter

_BLOCK = 64 << 10
_SPARE_BYTES = 16 << 20
"""Bytes that must stay free on the disk."""
_MAX_REDIRECTS = 5
_SIZE = re.compile("[0-9]{1,18}")
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class InterruptedTransferError(Exception):
    """An attempt failed, but another one may succeed.

    Attributes:
        unreachable: Whether there was no answer at all.
        wait: Seconds that the server asks to wait.
    """

    def __init__(self, reason: str, *, unreachable: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.unreachable = unreachable
        self.wait = wait


class WatchedSession(requests.Session):
    """A session whose connections are monitored by a watchdog."""

    def __init__(self) -> None:
        super().__init__()
        self.watchdog = Watchdog()


def open_session(address: str) -> WatchedSession:
    """Open a session that allows only https, plus http to the host of the given address if that is http."""
    session = WatchedSession()
    adapter = WatchedAdapter(session.watchdog)
    # Without an adapter, http cannot be used at all, not even through a redirect.
    del session.adapters["http://"]
    session.mount("https://", adapter)
    if address.startswith("http://"):
        session.mount(urljoin(address, "/"), adapter)
    # The hash is of the file, not of a compressed form of it. Each connection is new, and therefore watched.
    headers = {"User-Agent": "mindspore-tinybert", "Accept-Encoding": "identity", "Connection": "close"}
    session.headers.update(headers)
    return session


def transfer(session: WatchedSession, download: Download, partial: PartialFile) -> None:
    """Request the missing part of a file and append it; on return the file is complete, judging by its length.

    Raises:
        InterruptedTransferError: Another attempt may succeed.
        DownloadError: No further attempt would succeed.
    """
    watchdog = session.watchdog
    try:
        with watchdog.watching(download.timeout[1]):
            _transfer(session, download, partial)
    except InterruptedTransferError:
        if watchdog.ended:
            raise InterruptedTransferError(watchdog.ended) from None
        raise
    if watchdog.ended:  # closing the connection may look like the end of the body
        raise InterruptedTransferError(watchdog.ended)


def _transfer(session: WatchedSession, download: Download, partial: PartialFile) -> None:
    with _request(session, download, partial.request_headers()) as response:
        total = _begin(response, download, partial)
        _check_room(total, download, partial)
        bar = ProgressBar(
            total, unit="bytes", shown=download.progress, done=partial.size, description=download.target.name
        )
        with bar:
            partial.append(_blocks(response, session.watchdog, bar.advance, download.max_bytes - partial.size))
    if partial.size > download.max_bytes:
        partial.drop()
        raise DownloadError(download.explain(f"it is larger than the limit of {download.max_bytes} bytes"))
    if total is not None and partial.size < total:
        raise InterruptedTransferError(f"the connection ended after {partial.size} of {counted(total, 'byte')}")


def _request(session: WatchedSession, download: Download, headers: dict[str, str]) -> requests.Response:
    """Send the request and follow redirects."""
    address = str(download.address)
    for _ in range(_MAX_REDIRECTS + 1):
        response = _get(session, address, download, headers)
        if session.watchdog.ended:  # closing the connection may look like the end of the headers
            response.close()
            raise InterruptedTransferError(session.watchdog.ended)
        session.watchdog.answered()
        if not response.is_redirect:
            return response
        response.close()
        try:
            address = urljoin(address, session.get_redirect_target(response))
        except ValueError:
            raise DownloadError(download.explain("the server redirects to a malformed address")) from None
    raise DownloadError(download.explain(f"the server redirects more than {_MAX_REDIRECTS} times"))


def _get(session: WatchedSession, address: str, download: Download, headers: dict[str, str]) -> requests.Response:
    """Send one request, and convert the library's exceptions to our own."""
    try:
        request = session.prepare_request(requests.Request("GET", address, headers=headers))
        settings: Any = session.merge_environment_settings(address, {}, True, None, None)
        # session.get would read the whole body of a redirect, even with redirects disabled.
        return session.get_adapter(address).send(request, timeout=download.timeout, **settings)
    except requests.exceptions.InvalidSchema:
        reason = f"the server redirects to {address}, which is not https"
    except requests.exceptions.SSLError as error:
        if "certificate" not in str(error).lower():
            raise InterruptedTransferError(f"the encrypted connection broke off ({_cause(error)})") from None
        reason = f"the server's certificate is not trusted ({_cause(error)}); if your network has an authority "
        reason += "of its own, set REQUESTS_CA_BUNDLE to the file of its certificate"
    except requests.exceptions.ReadTimeout:
        raise InterruptedTransferError(f"no answer within {download.timeout[1]:g} s") from None
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        raise InterruptedTransferError(f"no connection ({_cause(error)})", unreachable=True) from None
    except (requests.exceptions.RequestException, OSError, ValueError) as error:  # OSError: no REQUESTS_CA_BUNDLE file
        reason = _cause(error)
    raise DownloadError(download.explain(reason)) from None


def _begin(response: requests.Response, download: Download, partial: PartialFile) -> int | None:
    """Prepare the partial file for the body of an answer; return the length of the whole file, None if unknown."""
    status, headers = response.status_code, response.headers
    said = f"the server says {status} {response.reason or ''}".rstrip()
    if status == requests.codes.partial_content:
        first, total = _content_range(headers.get("Content-Range", ""))
        if first == partial.size:
            return total
        partial.drop()
        raise InterruptedTransferError("the server sent another part of the file than it was asked for")
    if status == requests.codes.ok:
        etag = headers.get("ETag", "")
        # A weak ETag does not guarantee identical bytes.
        partial.restart(headers.get("Last-Modified") if not etag or etag.startswith("W/") else etag)
        length = headers.get("Content-Length", "")
        return int(length) if _SIZE.fullmatch(length) else None
    if status == requests.codes.requested_range_not_satisfiable and partial.size:
        partial.drop()
        raise InterruptedTransferError(said)
    if status in _PASSING:
        raise InterruptedTransferError(said, wait=_retry_after(headers.get("Retry-After", "")))
    raise DownloadError(download.explain(said))


def _check_room(total: int | None, download: Download, partial: PartialFile) -> None:
    if total is None:
        return
    if total > download.max_bytes:
        partial.drop()
        raise DownloadError(download.explain(f"its {total} bytes are more than the limit of {download.max_bytes}"))
    missing, free = total - partial.size, shutil.disk_usage(partial.path.parent).free
    if missing + _SPARE_BYTES > free:
        raise DownloadError(
            download.explain(
                f"the disk is full: {missing} bytes are missing, {free} are free; make room or set MSHUB_CACHE"
            )
        )


def _blocks(
    response: requests.Response, watchdog: Watchdog, advance: Callable[[float], None], limit: int
) -> Iterator[bytes]:
    """Yield the body as it arrives; stop beyond `limit` bytes."""
    received = 0
    while received <= limit:
        try:
            block = response.raw.read1(_BLOCK)  # read() would wait for a full block
        except (HTTPError, OSError) as error:
            raise InterruptedTransferError(f"the connection broke off ({_cause(error)})") from None
        if not block:
            return
        yield block
        advance(len(block))
        received += len(block)
        watchdog.came(len(block))


def _content_range(text: str) -> tuple[int | None, int | None]:
    match = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]{1,18}/(?:([0-9]{1,18})|\*)", text.strip())
    return (int(match[1]), int(match[2]) if match[2] else None) if match else (None, None)


def _retry_after(text: str) -> float:
    """Return the seconds to wait according to a Retry-After header, which is a number or a date."""
    if _SIZE.fullmatch(text.strip()):
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(timezone.utc)).total_seconds()
    except (TypeError, ValueError):
        return 0.0


def _cause(error: BaseException) -> str:
    """Return the innermost of the errors that HTTP libraries wrap into each other, on one line."""
    inner = getattr(error, "reason", None) or next((arg for arg in error.args if isinstance(arg, Exception)), None)
    if isinstance(inner, Exception):
        return _cause(inner)
    return " ".join(str(error).split()) or type(error).__name__
