"""An asset host on the loopback interface, over TLS, that misbehaves on request."""

from __future__ import annotations

import hashlib
import random
import re
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = random.Random(1).randbytes(300_000)
PATH = "/models/tinybert.ckpt"
GUARD = 60
"""Seconds after which a test that waits in vain continues and fails."""


@dataclass
class Answer:
    """The server's behaviour for one request. By default it serves the file, or parts of it, correctly."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # None: the file at the path
    cut_after: int | None = None  # bytes, then the connection is closed
    stall_after: int | None = None  # bytes, then nothing more comes
    silent: bool = False  # nothing comes at all
    hold: threading.Event | None = None  # event to wait for before the body is sent
    ranges: bool = True  # whether Range is understood
    sized: bool = True  # Content-Length is sent; without it the body ends where the connection does
    chunked: bool = False  # chunked transfer encoding
    etag: bool = True


class AssetServer:
    """Server of `files`, initially `CONTENT` at `PATH`.

    The answers in `script` are used first, one per request. `requests` lists (path, headers). `paused` is set when an
    answer that stalls or is silent sends nothing more.
    """

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.files = {PATH: CONTENT}
        self.script: list[Answer] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.paused = threading.Event()
        self.closing = threading.Event()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner, self._http.tls = self, tls
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._scheme = "https" if tls else "http"

    def url(self, path: str = PATH) -> str:
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}{path}"

    def __enter__(self) -> AssetServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    owner: AssetServer
    tls: ssl.SSLContext | None

    def get_request(self):
        connection, address = super().get_request()
        if self.tls:
            # The handshake runs in the request's own thread, where a client that aborts it does no harm.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        owner = self.server.owner
        owner.requests.append((self.path, dict(self.headers)))
        answer = owner.script.pop(0) if owner.script else Answer()
        if answer.body is not None:
            content = answer.body
        elif answer.status == 200 and self.path in owner.files:
            content = owner.files[self.path]
        else:
            content = b"no file"
            answer.status = 404 if answer.status == 200 else answer.status
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        status, body, headers = answer.status, content, {}
        first = self._first_byte(etag)
        if status == 200 and answer.ranges and first is not None:
            status, body = (206, content[first:]) if first < len(content) else (416, b"")
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        if status in (200, 206) and answer.etag:
            headers["ETag"] = etag
        self._send(status, {**headers, **answer.headers}, body, answer)

    def _first_byte(self, etag):
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match[1]) if match and self.headers.get("If-Range", etag) == etag else None

    def _send(self, status, headers, body, answer):
        if answer.silent:
            self._pause()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:150_000], body[150_000:], b""))
        elif answer.sized:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if answer.hold:
            answer.hold.wait(GUARD)
        end = min(len(body) if limit is None else limit for limit in (answer.cut_after, answer.stall_after))
        self.wfile.write(body[:end])
        if answer.stall_after is not None:
            self._pause()

    def _pause(self):
        self.server.owner.paused.set()
        self.server.owner.closing.wait(GUARD)

    def log_message(self, *_):
        """Log nothing."""
