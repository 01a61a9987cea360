"""Interrupted downloads resume later without mixing contents; processes that need the same file fetch it once."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from asset_server import CONTENT, GUARD, OTHER, PATH, SHA256, Answer
from fetches import QUICK, ranges
from urllib3.connection import HTTPConnection

import tinybert.errors
from tinybert.errors import DownloadError, IntegrityError
from tinybert.hub.fetch import fetch

# It creates a file to signal that it is waiting for another process.
FETCH_IN_PROCESS = """
import logging, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tinybert.hub.fetch import fetch

class Waiting(logging.Handler):
    def emit(self, record):
        if "not acquired" in record.getMessage():
            Path(sys.argv[5]).touch()

logging.getLogger("filelock").addHandler(Waiting())
logging.getLogger("filelock").setLevel(logging.DEBUG)
fetch(*sys.argv[2:5], progress=False)
"""


@pytest.fixture
def part(target):
    """Where the unfinished file is, in a folder that exists."""
    target.parent.mkdir(parents=True)
    return target.with_name("tinybert.ckpt.part")


@pytest.fixture
def waiting(tmp_path):
    """The file that a process makes when it waits for another one."""
    return tmp_path / "waiting"


@pytest.fixture
def impatient(server, monkeypatch):
    """Wait for the first answer until the server pauses, and then only a moment longer."""
    getresponse, answers = HTTPConnection.getresponse, itertools.count(1)

    def getresponse_at_the_pause(self):
        if next(answers) == 1:
            assert server.paused.wait(GUARD)
            self.timeout = 0.2
        return getresponse(self)

    monkeypatch.setattr(HTTPConnection, "getresponse", getresponse_at_the_pause)


def start_fetch(url, target, waiting):
    sources = str(Path(tinybert.errors.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", FETCH_IN_PROCESS, sources, url, str(target), SHA256, str(waiting)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(condition):
    deadline = time.monotonic() + GUARD
    while not condition():
        assert time.monotonic() < deadline, f"waited for {GUARD} s"
        time.sleep(0.01)


def test_a_cut_download_goes_on_where_it_stopped(server, target, names):
    server.script = [Answer(cut_after=100_000)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=100000-"]
    assert server.requests[1][1]["If-Range"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
    assert names() == {"tinybert.ckpt"}


@pytest.mark.parametrize("tag", ["", "a\nb", "a\0"])
def test_what_has_a_damaged_tag_is_fetched_anew(server, target, part, tag):
    part.write_bytes(CONTENT[:1000])
    part.with_name(f"{part.name}.tag").write_text(tag)
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert ranges(server) == [None]


def test_a_server_without_ranges_sends_all_of_it_again(server, target):
    server.script = [Answer(cut_after=100_000, ranges=False), Answer(ranges=False)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_file_that_changed_meanwhile_is_not_mixed_with_the_old_one(server, target):
    server.script = [Answer(body=OTHER, cut_after=100_000)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_changed_file_is_recognized_by_its_date_where_there_is_no_etag(server, target):
    date = "Tue, 22 Sep 2020 00:00:00 GMT"
    server.script = [Answer(cut_after=100_000, etag=False, headers={"Last-Modified": date})]
    fetch(server.url(), target, SHA256, **QUICK)
    assert server.requests[1][1]["If-Range"] == date


def test_a_weak_etag_promises_nothing(server, target):
    server.script = [Answer(cut_after=100_000, etag=False, headers={"ETag": 'W/"1"'})]
    fetch(server.url(), target, SHA256, **QUICK)
    assert "If-Range" not in server.requests[1][1]


def test_a_bad_line_gets_there_in_more_steps_than_attempts(server, target):
    server.script = [Answer(cut_after=70_000)] * 4
    assert fetch(server.url(), target, SHA256, **{**QUICK, "attempts": 2}).read_bytes() == CONTENT


def test_a_line_that_is_always_cut_is_given_up_and_what_came_is_kept(server, target, names):
    server.script = [Answer(cut_after=1_000)] * 9
    with pytest.raises(DownloadError, match="connection"):
        fetch(server.url(), target, SHA256, **QUICK)
    assert len(server.requests) == 3
    assert names() == {"tinybert.ckpt.part", "tinybert.ckpt.part.tag"}


def test_a_body_of_unknown_length_that_is_cut_is_not_taken_for_whole(server, target, names):
    server.script = [Answer(sized=False, cut_after=100_000)]
    with pytest.raises(IntegrityError):
        fetch(server.url(), target, SHA256, **QUICK)
    assert names() == set()


def test_a_body_in_chunks_arrives_and_goes_on_where_it_was_cut(server, target):
    server.script = [Answer(chunked=True, cut_after=100_000), Answer(chunked=True)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert len(server.requests) == 2
    assert int(ranges(server)[1].removeprefix("bytes=").removesuffix("-")) > 90_000


@pytest.mark.usefixtures("impatient")
def test_a_stalled_server_is_asked_again(server, target):
    server.script = [Answer(stall_after=10_000)]  # few enough to have reached the client when the server pauses
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=10000-"]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_answer_is_asked_again(server, target):
    server.script = [Answer(silent=True)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_server_that_stalls_each_time_is_given_up(server, target):
    server.script = [Answer(stall_after=1_000)] * 9
    with pytest.raises(DownloadError, match="in each of 2 attempts"):
        fetch(server.url(), target, SHA256, **{**QUICK, "attempts": 2, "timeout": (30, 0.2)})
    assert len(server.requests) == 2
    assert not target.exists()


def test_ctrl_c_leaves_what_the_next_call_goes_on_from(server, target, part, monkeypatch):
    def interrupted(self, count):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tinybert.progress.ProgressBar.advance", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(server.url(), target, SHA256, **QUICK)
    assert not target.exists()
    size = part.stat().st_size
    assert 0 < size < len(CONTENT)
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert ranges(server) == [None, f"bytes={size}-"]


def test_a_killed_process_leaves_what_the_next_goes_on_from(server, target, part, waiting):
    server.script = [Answer(stall_after=100_000)]
    process = start_fetch(server.url(), target, waiting)
    try:
        wait_until(lambda: part.exists() and part.stat().st_size > 50_000)
    finally:
        process.kill()
        process.communicate()
    assert not target.exists()
    size = part.stat().st_size
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert ranges(server) == [None, f"bytes={size}-"]


class TestLeftovers:
    """A partial file from an earlier call is not necessarily the beginning of this file."""

    def test_a_part_that_is_whole_already_needs_no_request(self, server, target, part, names):
        part.write_bytes(CONTENT)
        fetch(server.url(), target, SHA256, **QUICK)
        assert server.requests == []
        assert names() == {"tinybert.ckpt"}

    def test_a_part_of_another_file_is_dropped_and_all_fetched(self, server, target, part):
        part.write_bytes(OTHER[:1000])
        assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
        assert ranges(server) == ["bytes=1000-", None]

    def test_the_second_time_a_wrong_file_is_final(self, server, target, part, names):
        part.write_bytes(OTHER[:1000])
        server.files[PATH] = OTHER
        with pytest.raises(IntegrityError):
            fetch(server.url(), target, SHA256, **QUICK)
        assert ranges(server) == ["bytes=1000-", None]
        assert names() == set()

    def test_a_part_that_is_longer_than_the_file_is_dropped(self, server, target, part):
        part.write_bytes(OTHER + OTHER)
        assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
        assert ranges(server) == ["bytes=600000-", None]

    def test_a_server_may_send_less_than_asked_for(self, server, target, part):
        part.write_bytes(CONTENT[:1000])
        server.script = [
            Answer(status=206, body=CONTENT[1000:2000], headers={"Content-Range": "bytes 1000-1999/300000"})
        ]
        assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
        assert ranges(server) == ["bytes=1000-", "bytes=2000-"]

    def test_another_range_than_asked_for_is_not_appended(self, server, target, part):
        part.write_bytes(CONTENT[:1000])
        server.script = [Answer(status=206, body=CONTENT[500:], headers={"Content-Range": "bytes 500-299999/300000"})]
        assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
        assert ranges(server) == ["bytes=1000-", None]


def test_two_processes_fetch_one_file_once(server, target, waiting):
    hold = threading.Event()
    server.script = [Answer(hold=hold)]
    processes = [start_fetch(server.url(), target, waiting) for _ in range(2)]
    try:
        wait_until(lambda: (server.requests and waiting.exists()) or len(server.requests) > 1)
        hold.set()
        assert [process.communicate(timeout=GUARD)[1] for process in processes] == ["", ""]
    finally:
        hold.set()
        for process in processes:
            process.kill()
            process.communicate()
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 1
