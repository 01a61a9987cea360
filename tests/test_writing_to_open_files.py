"""An output that is open already, such as /dev/stdout or what a shell has behind `>(gzip)`, is written to as it is."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from tinybert.errors import WriteError
from tinybert.writing import check_writable, replacing, write_json

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="this system has no names for open files")
SPELLINGS = ["/dev/fd/{}", "/proc/self/fd/{}", "/dev/../dev/fd/{}", "link"]


def write(path, content):
    with replacing(path, through_link=True) as file:
        file.write_bytes(content)


@pytest.fixture
def named(tmp_path):
    """A function that gives a path of an open file, in one spelling or another."""

    def named(spelling, number):
        if spelling != "link":
            return spelling.format(number)
        if not (tmp_path / "link").is_symlink():
            (tmp_path / "link").symlink_to(f"/dev/fd/{number}")
        return tmp_path / "link"

    return named


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_pipe_without_a_name(named, spelling, size):
    reads, writes = os.pipe()
    found = []
    with open(reads, "rb") as pipe:
        reader = threading.Thread(target=lambda: found.append(pipe.read()))
        reader.start()
        check_writable(named(spelling, writes))
        write(named(spelling, writes), b"x" * size)
        os.close(writes)
        reader.join(30)
    assert found == [b"x" * size]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_pipe_that_nobody_reads(named, spelling):
    reads, writes = os.pipe()
    os.close(reads)
    try:
        with pytest.raises((WriteError, BrokenPipeError)):
            write(named(spelling, writes), b"x" * (1 << 20))
    finally:
        os.close(writes)


@pytest.mark.parametrize("spelling", SPELLINGS[:2])
def test_an_open_file_gets_what_is_written(tmp_path, spelling):
    with open(tmp_path / "a", "wb") as file:
        write(spelling.format(file.fileno()), b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize(
    "path", ["/dev/fd/999", "/proc/self/fd/-1", "/proc/self/fd/x", "/proc/self/fd", "/dev/fd/999/a"]
)
def test_a_number_that_is_not_open(path):
    with pytest.raises(WriteError, match="cannot be written"):
        write(path, b"new")


@pytest.mark.parametrize("limit", [0, 1, 1000])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_file_that_may_not_grow(tmp_path, limit, before):
    """As under `ulimit -f`, and on a disk with a quota."""
    path = tmp_path / "a.json"
    if before:
        path.write_bytes(before)
        path.chmod(0o640)
    bounds = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, bounds[1]))
    try:
        with pytest.raises(WriteError, match=r"File too large\. Make room"):
            write_json(path, ["x" * 5000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == ([before] if before else [])
    write_json(path, [1])
    assert stat.S_IMODE(path.stat().st_mode) == (0o640 if before else 0o666 & ~_umask())


def _umask():
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
