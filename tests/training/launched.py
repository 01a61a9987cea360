"""Processes that a launcher started, as tests see them."""

import time

import psutil

# A shell's nohup, or a service, leaves SIGHUP ignored for all below it; what these tests tell is of a terminal.
LAUNCH = """if True:
    import signal, sys
    from tinybert.training.launch import launch
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    launch(2, sys.argv[1:])
"""


def descendants(process, count):
    """The processes below one, as soon as they are as many."""
    while len(found := psutil.Process(process.pid).children(recursive=True)) < count and process.poll() is None:
        time.sleep(0.1)
    return found


def alive(processes, seconds=10):
    """Those that still run after a while. Who is killed and waits to be collected by its parent runs no more."""
    end = time.monotonic() + seconds
    while (found := [process for process in processes if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
