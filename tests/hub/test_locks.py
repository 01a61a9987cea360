"""A process waiting for a lock is told who holds it; a lock is not written through a link."""

import os
import subprocess
import sys
import threading
import warnings

import pytest

from tinybert.errors import UnsafePathError
from tinybert.hub import locks
from tinybert.hub.locks import locked

HOLD = """
import sys
from pathlib import Path
from tinybert.hub.locks import locked
with locked(Path(sys.argv[1]), "fetches a.ckpt"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_wait_for_another_process_names_it(tmp_path, monkeypatch):
    path = tmp_path / "a.ckpt.lock"
    monkeypatch.setattr(locks, "PATIENCE", 0.01)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    holder = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"

        def told(message, *_, **__):
            messages.append(str(message))
            process.stdin.close()  # this ends the process

        messages = []
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            monkeypatch.setattr(warnings, "showwarning", told)
            with locked(path, "fetches a.ckpt"):
                pass
    (message,) = messages
    assert message == f"waiting for process {process.pid}, which fetches a.ckpt (lock: {path})"
    assert not path.with_name("a.ckpt.lock.pid").exists()


def test_threads_have_it_one_after_the_other(tmp_path):
    inside = []

    def work():
        with locked(tmp_path / "lock", "works"):
            inside.append(1)
            assert len(inside) == 1
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not inside


def test_an_error_within_gives_it_back(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path / "lock", "works"):
        raise KeyError
    with locked(tmp_path / "lock", "works"):
        assert (tmp_path / "lock.pid").read_text() == str(os.getpid())


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_is_not_written_through(tmp_path):
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "lock").symlink_to(tmp_path / "theirs")
    with pytest.raises(UnsafePathError, match="is a link"), locked(tmp_path / "lock", "works"):
        pass
    assert (tmp_path / "theirs").read_text() == "theirs"
