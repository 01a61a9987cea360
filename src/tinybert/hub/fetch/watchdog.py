"""A single deadline for all kinds of slowness of a server: connections that receive too little are closed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter

from ...counting import counted

_LEAST_BYTES = 4096
"""Fewer bytes than this per timeout count as none, so that a server cannot keep us waiting forever."""


class Watchdog:
    """Closes connections that receive nothing, or almost nothing, for some seconds.

    A socket timeout restarts with every byte, and a server can send single bytes of a header, a chunk size or a
    trailer, or interim answers (100 Continue), for as long as it likes. This deadline does not depend on HTTP.

    Attributes:
        ended: Why the connections were closed; None while there is progress.
    """

    def __init__(self) -> None:
        self.ended: str | None = None
        self._seconds = self._deadline = 0.0
        self._bytes: int | None = None
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, seconds: float) -> Iterator[None]:
        """Watch the connections that are made within the block.

        Args:
            seconds: Time without progress after which they are closed.
        """
        self.ended, self._bytes, self._seconds = None, None, seconds
        self._progress()
        over = threading.Event()
        thread = threading.Thread(target=self._watch, args=(over,), name="tinybert-watchdog", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            while self._connections:
                self._connections.pop().close()

    def connected(self, connection: socket.socket) -> None:
        """Record a new connection."""
        with self._lock:
            # Keep a duplicate: TLS detaches the original socket.
            self._connections.append(connection.dup())
            self._progress()

    def answered(self) -> None:
        """Record that the headers of an answer have arrived."""
        with self._lock:
            self._bytes = 0
            self._progress()

    def came(self, count: int) -> None:
        """Record received bytes of a body."""
        with self._lock:
            self._bytes = (self._bytes or 0) + count
            if self._bytes >= _LEAST_BYTES:
                self._bytes = 0
                self._progress()

    def _progress(self) -> None:
        self._deadline = time.monotonic() + self._seconds

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(max(0.0, self._deadline - time.monotonic())):
            with self._lock:
                if time.monotonic() < self._deadline:
                    continue
                came = "no answer within" if self._bytes is None else f"only {counted(self._bytes, 'byte')} came in"
                self.ended = f"{came} {self._seconds:g} s"
                for connection in self._connections:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            return


class WatchedAdapter(HTTPAdapter):
    """An adapter that reports each new connection to a watchdog, including those through a proxy."""

    def __init__(self, watchdog: Watchdog) -> None:
        super().__init__()
        self._watchdog = watchdog

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return a watched pool; called by `requests` 2.32 and later."""
        return self._watched(super().get_connection_with_tls_context(*args, **kwargs))

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Return a watched pool; called by older versions of `requests`."""
        return self._watched(super().get_connection(*args, **kwargs))

    def _watched(self, pool: Any) -> Any:
        watchdog, kind = self._watchdog, pool.ConnectionCls
        if not hasattr(kind, "watched"):

            class Watched(kind):  # type: ignore[misc, valid-type]
                watched = True

                def _new_conn(self) -> Any:
                    connection = super()._new_conn()
                    watchdog.connected(connection)
                    return connection

            Watched.__name__ = kind.__name__  # which messages show
            pool.ConnectionCls = Watched
        return pool
