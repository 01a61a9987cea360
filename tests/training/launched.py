"""Processes that a launcher started, as tests see them."""

import contextlib
import time

import psutil

LONGEST = 120
"""Seconds to wait for what takes a few on a quiet machine: a guard against hanging, and no measure."""

# A shell's nohup, or a service, leaves SIGHUP ignored for all below it; what these tests tell is of a terminal.
LAUNCH = """if True:
    import signal, sys
    from tinybert.training.launch import launch
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    launch(2, sys.argv[1:], timeout=120)
"""


def descendants(process, count):
    """The processes below one, as soon as they are as many."""
    while len(found := psutil.Process(process.pid).children(recursive=True)) < count and process.poll() is None:
        time.sleep(0.02)
    return found


def wait_for(paths, process):
    """Returns as soon as there are these files; raises AssertionError if the process that is to write them ends."""
    while not all(path.exists() for path in paths):
        assert process.poll() is None, f"it ended with {process.poll()}"
        time.sleep(0.02)


def alive(processes):
    """Those that go on running. Who is killed and waits to be collected by its parent runs no more."""
    end = time.monotonic() + LONGEST
    while (found := [process for process in processes if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def with_ids(ids):
    """The processes that have these ids; none for one that has ended."""
    found = []
    for process_id in ids:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(process_id))
    return found


def _runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
