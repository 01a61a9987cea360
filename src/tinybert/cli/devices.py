"""`tinybert finetune --devices N`: start N processes that run the command again, and monitor them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from ..errors import InputError, TinyBertError, WorkerError
from .stderr import PROGRAM, complain

if TYPE_CHECKING:
    from ..training.distributed import World

_MINDSPORE_LOG = re.compile(r"\n\[(?:INFO|WARNING|ERROR|CRITICAL)\] ")


def is_worker() -> bool:
    """Return whether this process is one of several that train together, started by `launch_workers` or by `msrun`."""
    return "MS_ROLE" in os.environ


def is_launched() -> bool:
    """Return whether `launch_workers` started this process; the launcher then reports for it after all have ended."""
    from ..training.signals import LAUNCHER

    return LAUNCHER in os.environ


def join(devices: int) -> World:
    """Connect this worker to the other processes; call before any tensor is created.

    Args:
        devices: The value of `--devices`. The default, 1, accepts the number given to `msrun`.

    Returns:
        The group of processes.

    Raises:
        InputError: `msrun` started a different number of processes.
        DistributedError: The processes could not connect.
    """
    from ..training.distributed import start

    world = start()
    if devices not in (1, world.size):
        raise InputError(f"--devices is {devices}, but msrun started {world.size} processes: leave --devices out")
    return world


def check_files(*paths: str | None) -> None:
    """Raise InputError if an input is stdin, which only one process could read."""
    if "-" in paths:
        raise InputError("several processes cannot read one stdin: give a file instead of -")


def launch_workers(devices: int, port: int | None, pinned: Mapping[str, str]) -> None:
    """Run this process's command in several processes, and wait for them; stdout is the first one's.

    Messages of the first process are printed after all have ended, unless a terminal already showed them.

    Args:
        devices: Number of processes.
        port: Port at which they connect; None for a free one.
        pinned: Options that replace the user's, such as a model's name with its commit: a branch may move between the
            start of one process and the next.

    Raises:
        DistributedError: The port is in use.
        TinyBertError: A process reported an error of this package; the message is the same.
        WorkerError: A process failed in another way.
        KeyboardInterrupt: Ctrl-C, or a signal to end; the processes have saved the state and stopped.
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


def pinned_options(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return the options whose values are names on Hugging Face's hub, with the commits that these stand for now."""
    from ..hf import is_hf_name, pinned

    return {option: pinned(name) for option, name in given.items() if name is not None and is_hf_name(name)}


def _in_its_words(error: WorkerError) -> TinyBertError:
    """Return the error that the worker reported, if any: it is about the user's input, not about the worker."""
    _, told, words = f"\n{error.log}".rpartition(f"\n{PROGRAM}: ")
    return TinyBertError(_MINDSPORE_LOG.split(words)[0]) if told else error
