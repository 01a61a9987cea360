"""Closed, full and abandoned streams: an exit code and one sentence, no traceback, and streams do not mix."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="redirections of a POSIX shell")
RUN = f"{sys.executable} -m tinybert"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Run a shell line in which `$T` is the command; return exit code, stdout and stderr."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("T", RUN)
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # disables buffering

    def shell(line):
        done = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
        )
        assert "Traceback" not in done.stdout + done.stderr
        assert "Exception ignored" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return shell


MISSING = "tinybert: missing.txt cannot be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("$T embed m missing.txt <&-", (1, "", MISSING)),
        ("$T embed m missing.txt >&-", (1, "", MISSING)),
        ("$T embed m missing.txt 2>&-", (1, "", "")),
        ("$T embed m missing.txt <&- >&- 2>&-", (1, "", "")),
        ("$T embed m <&-", (1, "", "tinybert: stdin is closed: give a file, or a pipe\n")),
        ("$T --version >&-", (0, "", "")),
        ("$T --version 2>&-", (0, None, "")),
        ("$T hub list >/dev/full", (1, "", "tinybert: stdout cannot be written: No space left on device\n")),
        (
            "PYTHONUNBUFFERED=1 $T hub list >/dev/full",
            (1, "", "tinybert: stdout or another output: No space left on device\n"),
        ),
        ("$T hub list | true", (0, "", "")),
        ("$T embed m missing.txt 2>/dev/full", (1, "", "")),
        ("$T embed m missing.txt 2> >(true)", (1, "", "")),
        ("$T hub list >/dev/full 2>/dev/full", (1, "", "")),
    ],
)
def test_what_is_closed_full_or_left(shell, line, expected):
    code, out, err = shell(line)
    assert (code, err) == (expected[0], expected[2])
    assert expected[1] is None or out == expected[1]
