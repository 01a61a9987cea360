"""Helpers to observe the processes that a launcher started."""

import contextlib
import time

import psutil

LONGEST = 120
"""Timeout in seconds for what takes a few seconds on an idle machine; a guard against hanging, not a measurement."""

# nohup, or a service, leaves SIGHUP ignored in all child processes; these tests need the behaviour of a terminal.
LAUNCH = """if True:
    import signal, sys
    from tinybert.training.launch import launch
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    launch(2, sys.argv[1:], timeout=120)
"""


def descendants(process, count):
    """Wait until a process has a given number of child processes, and return them."""
    while len(found := psutil.Process(process.pid).children(recursive=True)) < count and process.poll() is None:
        time.sleep(0.02)
    return found


def wait_for(paths, process):
    """Return as soon as these files exist; raise AssertionError if the process that should write them ends."""
    while not all(path.exists() for path in paths):
        assert process.poll() is None, f"it ended with {process.poll()}"
        time.sleep(0.02)


def alive(processes):
    """Return the processes that are still running; a zombie no longer counts as running."""
    end = time.monotonic() + LONGEST
    while (found := [process for process in processes if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def with_ids(ids):
    """Return the processes with these ids, omitting those that have ended."""
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
