"""The part of `tinybert finetune --devices N` that is not training: N processes run the command again, watched here."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from ..errors import InputError, TinyBertError, WorkerError
from .errors import PROGRAM, complain

if TYPE_CHECKING:
    from ..training.distributed import World

_MINDSPORE_LOG = re.compile(r"\n\[(?:INFO|WARNING|ERROR|CRITICAL)\] ")


def is_worker() -> bool:
    """Whether this process is one of several that train together, started by `launch_workers` or by `msrun`."""
    return "MS_ROLE" in os.environ


def is_launched() -> bool:
    """Whether this process is one of `launch_workers`, which speaks for it when all have ended."""
    from ..training.signals import LAUNCHER

    return LAUNCHER in os.environ


def join(devices: int) -> World:
    """Meets the other processes, in a worker; before any tensor is made.

    Args:
        devices: What the user said. 1, the default, is whatever `msrun` was told.

    Raises:
        InputError: `msrun` started another number of processes.
        DistributedError: They did not find each other.
    """
    from ..training.distributed import start

    world = start()
    if devices not in (1, world.size):
        raise InputError(f"--devices is {devices}, but msrun started {world.size} processes: leave --devices out")
    return world


def check_files(*paths: str | None) -> None:
    """Raises InputError where an input is stdin: only one process could read it."""
    if "-" in paths:
        raise InputError("several processes cannot read one stdin: give a file instead of -")


def launch_workers(devices: int, port: int | None, pinned: Mapping[str, str]) -> None:
    """Runs this process's command in several processes, and waits for them; the first prints what it prints.

    What the first has to say is said once all have ended, unless a terminal has shown it.

    Args:
        devices: Number of processes.
        port: The port by which they find each other; None takes a free one.
        pinned: Options that replace the user's, such as a model's name with its commit: a branch may move between the
            start of one process and the next.

    Raises:
        DistributedError: The port is in use.
        WorkerError: A process ended with an error; where that is one of this package's, its message is the process's.
        KeyboardInterrupt: Ctrl-C, or a signal to end; the processes have saved the state and ended.
    """
    from ..training.launch import PYTHON, launch

    command = [*PYTHON, "-m", __package__.partition(".")[0], *sys.argv[1:], *chain.from_iterable(pinned.items())]
    try:
        lines = launch(devices, command, port=port)
    except WorkerError as error:
        raise _in_its_words(error) from None
    for line in lines:
        if line.startswith(f"{PROGRAM}: "):
            complain(line.removeprefix(f"{PROGRAM}: "))


def _in_its_words(error: WorkerError) -> TinyBertError:
    """The error as the worker told it, if it did: it is about what the user gave, not about this worker."""
    _, told, words = f"\n{error.log}".rpartition(f"\n{PROGRAM}: ")
    return TinyBertError(_MINDSPORE_LOG.split(words)[0]) if told else error
