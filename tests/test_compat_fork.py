"""A process forked after its parent has computed raises an error instead of hanging."""

import os
import sys

import mindspore
import pytest

from tinybert.compat import check_not_forked, graph_runs, require_mindspore
from tinybert.errors import ForkError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def in_child(work):
    """Run a function in a forked child; return the name of the error that it raises, or nothing."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
            os.write(write, b"nothing")
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with open(read, "rb") as pipe:
        return pipe.read().decode()


def run():
    with graph_runs():
        pass


@pytest.mark.parametrize("work", [run, require_mindspore, check_not_forked])
def test_after_a_run_in_the_parent_a_child_gets_an_error_that_names_spawn(monkeypatch, work):
    monkeypatch.delattr(mindspore, "_tinybert_graph_pid", raising=False)
    assert in_child(work) == "nothing"  # children may use MindSpore if the parent has not
    run()
    work()
    assert in_child(work).startswith("ForkError: process ")
    assert "get_context('spawn')" in in_child(work)


def test_without_mindspore_there_is_nothing_to_check(monkeypatch):
    monkeypatch.delitem(sys.modules, "mindspore")
    check_not_forked()


def test_the_error_names_both_processes(monkeypatch):
    monkeypatch.setattr(mindspore, "_tinybert_graph_pid", 1, raising=False)
    with pytest.raises(ForkError, match=rf"process {os.getpid()} was forked from 1, "):
        run()
