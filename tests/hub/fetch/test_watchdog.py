"""A server that is too slow in any part of its answer is given up; targets of links are not touched."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace

import pytest
from asset_server import CONTENT, GUARD, SHA256

from tinybert.hub.fetch.partial_file import PartialFile
from tinybert.hub.fetch.request import Download
from tinybert.hub.fetch.transfer import InterruptedTransferError, open_session, transfer
from tinybert.hub.fetch.watchdog import Watchdog

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "nothing": (b"", b"", "no answer within"),
    "the status": (b"HTTP/1.1 200 ", b"O", "no answer within"),
    "a header": (OK + b"X-Slow: ", b"x", "no answer within"),
    "headers": (OK, b"X: 1\r\n", "no answer within"),
    "answers to go on": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "no answer within"),
    "a chunk's size": (CHUNKED, b"0", "only 0 bytes came in"),
    "a chunk's extension": (CHUNKED + b"5;", b"x", "only 0 bytes came in"),
    "small chunks": (CHUNKED, b"1\r\nx\r\n", r"only \d+ bytes came in"),
    "a trailer": (CHUNKED + b"5\r\nhello\r\n0\r\nX: ", b"x", "only 5 bytes came in"),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\n", b"X: 1\r\n", "only 5 bytes came in"),
    "the body": (OK + b"Content-Length: 100000\r\n\r\n", b"x", r"only \d+ bytes came in"),
    "a body without a length": (OK + b"\r\n", b"x", r"only \d+ bytes came in"),
    "redirects": (b"HTTP/1.1 302 Found\r\nLocation: ", b"x", "no answer within"),
}


class SlowServer:
    """Send `first`, then `again` repeatedly until the client is gone."""

    def __init__(self, first, again, pause):
        self.first, self.again, self.pause = first, again, pause
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)

    def serve(self):
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(self.first)
                while not self.over.wait(self.pause):
                    connection.sendall(self.again)
            except OSError:
                pass

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/a.ckpt"

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(GUARD)
        self.listener.close()


def fetch_from(url, tmp_path, seconds):
    partial = PartialFile(tmp_path / "a.ckpt")
    download = Download(url, tmp_path / "a.ckpt", SHA256, 1 << 20, (GUARD, seconds), progress=False)
    with open_session(url) as session:
        transfer(session, download, partial)
    return partial


@pytest.mark.parametrize("what", ENDLESS)
def test_a_server_that_never_comes_to_an_end_is_given_up(tmp_path, what):
    first, again, message = ENDLESS[what]
    with SlowServer(first, again, 0.01) as url, pytest.raises(InterruptedTransferError, match=message):
        fetch_from(url, tmp_path, 0.1)
    assert not [thread for thread in threading.enumerate() if thread.name == "tinybert-watchdog"]


def test_what_came_before_headers_that_never_end_is_kept(tmp_path):
    (tmp_path / "a.ckpt.part").write_bytes(CONTENT[:1000])
    with SlowServer(OK, b"X: 1\r\n", 0.01) as url, pytest.raises(InterruptedTransferError):
        fetch_from(url, tmp_path, 0.1)
    assert (tmp_path / "a.ckpt.part").read_bytes() == CONTENT[:1000]


def test_only_what_is_enough_puts_the_deadline_off(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("tinybert.hub.fetch.watchdog.time", SimpleNamespace(monotonic=lambda: now[0]))
    watchdog = Watchdog()
    with watchdog.watching(30.0):
        for note, deadline in (
            (watchdog.answered, 40.0),
            (lambda: watchdog.came(4000), 40.0),
            (lambda: watchdog.came(96), 60.0),
            (lambda: watchdog.came(1), 60.0),
            (lambda: watchdog.came(1 << 20), 80.0),
        ):
            now[0] += 10.0
            note()
            assert watchdog._deadline == deadline


def test_an_unfinished_file_that_is_a_link_is_not_written_through(tmp_path):
    for name in ("part", "part.tag"):
        (tmp_path / f"other.{name}").write_text("theirs")
        (tmp_path / f"a.ckpt.{name}").symlink_to(tmp_path / f"other.{name}")
    partial = PartialFile(tmp_path / "a.ckpt")
    assert (partial.size, partial.request_headers()) == (0, {})
    partial.restart("a tag")
    partial.append([b"ours"])
    for name in ("part", "part.tag"):
        assert (tmp_path / f"other.{name}").read_text() == "theirs"
        assert not (tmp_path / f"a.ckpt.{name}").is_symlink()
