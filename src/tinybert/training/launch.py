"""Launcher of a multi-process training on this machine: starts the processes, watches them, and leaves none behind.

It works like `msrun --join=True`, with the same environment variables. In addition, a port in use is an immediate
error, errors name the process that died and show the end of its log, and Ctrl-C leaves a saved state.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import WorkerError
from ..signals import interrupted_when_told_to_end, until_done
from .minutes import PREFIX
from .ports import HOST, SECONDS_TO_MEET, check_port, free_port
from .signals import LAUNCHER

PYTHON = [sys.executable, *(["-P"] if sys.version_info >= (3, 11) else [])]
"""Command of this Python; -P keeps `-m` and `-c` from importing modules in the current folder."""
_SCHEDULER = "scheduler"
_SCHEDULE = f"from {__package__}.distributed import start; start()"  # a string: an import would load MindSpore
_POLL = 0.2
_GRACE, _GRACE_ALONE = 50.0, 5.0
_LINES = 20


def launch(
    workers: int,
    argv: Sequence[str],
    *,
    port: int | None = None,
    timeout: float = SECONDS_TO_MEET,
    log_dir: str | Path | None = None,
) -> list[str]:
    """Run a command in several processes that train together, and wait until all have ended.

    The command must call `distributed.start` before anything else. Process 0 shows its progress bar if stderr is a
    terminal; otherwise its progress line, once a minute, is passed on. The output of the other processes goes to log
    files.

    Args:
        workers: Number of processes.
        argv: The command of each process.
        port: The port on which the processes find each other; None for a free one.
        timeout: Seconds within which the processes must find each other.
        log_dir: Folder for the log files; by default a temporary folder, which is removed.

    Returns:
        The lines that process 0 wrote to stderr; empty if stderr is a terminal, which has shown them.

    Raises:
        DistributedError: The port is in use.
        WorkerError: A process ended with an error; all others were ended.
        KeyboardInterrupt: Ctrl-C or a termination signal; the processes have saved their state and ended.

    Examples:
        >>> _ = launch(2, [sys.executable, "-c", "from tinybert.training.distributed import start; start()"])
    """
    port = free_port() if port is None else check_port(port)
    with contextlib.ExitStack() as stack:
        if log_dir is None:
            log_dir = stack.enter_context(tempfile.TemporaryDirectory(prefix="tinybert-"))
        logs = Path(log_dir)
        logs.mkdir(parents=True, exist_ok=True)
        stack.enter_context(interrupted_when_told_to_end())
        processes = _Processes(logs)
        stack.callback(processes.kill)
        common = {
            "MS_WORKER_NUM": str(workers),
            "MS_SCHED_HOST": HOST,
            "MS_SCHED_PORT": str(port),
            "MS_TOPO_TIMEOUT": str(max(1, round(timeout))),
            "RANK_SIZE": str(workers),
            LAUNCHER: str(os.getpid()),
        }
        try:
            scheduler = {**common, "MS_ROLE": "MS_SCHED", "RANK_ID": "0"}
            processes.start(_SCHEDULER, [*PYTHON, "-c", _SCHEDULE], scheduler)
            for rank in map(str, range(workers)):
                worker = {"MS_ROLE": "MS_WORKER", "MS_NODE_ID": rank, "RANK_ID": rank, "DEVICE_ID": rank}
                processes.start(rank, argv, {**common, **worker})
            processes.watch()
            return processes.lines_of_the_first()
        except KeyboardInterrupt:
            processes.interrupt()
            raise


class _Processes:
    """The scheduler and worker processes by name, each in its own session, so that Ctrl-C reaches only the launcher."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.passed_on = 0

    def start(self, name: str, argv: Sequence[str], environment: dict[str, str]) -> None:
        # The first worker writes to this terminal, like the single process of an ordinary training. until_done: an
        # interrupt between starting a process and recording it here would leave the process behind.
        with self._log(name).open("wb") as log, until_done():
            self.running[name] = subprocess.Popen(
                list(argv),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=None if name == "0" else log,
                stderr=None if self._is_shown(name) else log,
                start_new_session=True,
            )

    def watch(self) -> None:
        """Wait until all have ended successfully; raise as soon as one has failed."""
        while self.running.keys() - {_SCHEDULER}:
            time.sleep(_POLL)
            self._pass_on()
            # Check workers first: the scheduler may have ended because one of them did.
            for name, process in sorted(self.running.items()):
                code = process.poll()
                if code:
                    raise self._error(name, code)
                if code == 0:
                    self._forget(name)

    def lines_of_the_first(self) -> list[str]:
        """Return the lines that the first worker wrote to stderr, unless a terminal shows them."""
        return [] if self._is_shown("0") else self._lines("0")

    def _pass_on(self) -> None:
        """Pass on the progress lines that the first worker writes once a minute."""
        lines = self.lines_of_the_first()
        for line in lines[self.passed_on :]:
            if line.startswith(PREFIX):
                print(line, file=sys.stderr, flush=True)
        self.passed_on = len(lines)

    def interrupt(self) -> None:
        """Ask the workers to save and end, and wait for them; a second Ctrl-C ends the wait."""
        for name in self.running.keys() - {_SCHEDULER}:
            # Not SIGINT: a worker that is not training yet has nothing to save and may be busy in MindSpore for a
            # minute.
            _send(self.running[name], signal.SIGTERM, os.kill)
        began = time.monotonic()
        while time.monotonic() - began < _GRACE:
            codes = [process.poll() for name, process in self.running.items() if name != _SCHEDULER]
            # A worker that the signal killed was not training, and the others would wait for it in vain.
            alone = -signal.SIGTERM in codes and time.monotonic() - began > _GRACE_ALONE
            if None not in codes or alone:
                return
            time.sleep(_POLL)

    def kill(self) -> None:
        """Kill all running processes and whatever they started."""
        with until_done():
            for process in self.running.values():
                _send(process, signal.SIGKILL, os.killpg)
            for process in self.running.values():
                process.wait()

    def _forget(self, name: str) -> None:
        _send(self.running.pop(name), signal.SIGKILL, os.killpg)  # kill whatever it left running

    def _error(self, name: str, code: int) -> WorkerError:
        how = f"ended with exit code {code}" if code > 0 else f"was ended by {_signal_name(-code)}"
        lines = [] if self._is_shown(name) else self._end_of_log(name)
        shown = "\n  ".join(["The end of its log:", *lines]) if lines else "Its log is empty."
        shown = "Its output is above." if self._is_shown(name) else shown
        log = "\n".join(lines)
        if name == _SCHEDULER:
            advice = "Either its port was taken meanwhile, or a worker stopped answering or never called `start`."
            told = f"MindSpore's scheduler {how}; all workers were ended. {advice} {shown}"
            return WorkerError(told, worker=None, exit_code=code, log=log)
        # A killed process did nothing wrong, but after an error, the same command may fail again.
        advice = "" if code > 0 else "A training goes on from its last saved state when it is started again. "
        told = f"worker {name} {how}; all others were ended. {advice}{shown}"
        return WorkerError(told, worker=int(name), exit_code=code, log=log)

    def _end_of_log(self, name: str) -> list[str]:
        return self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES:]

    def _lines(self, name: str) -> list[str]:
        """Return the complete lines of a log."""
        return self._log(name).read_text(encoding="utf-8", errors="replace").split("\n")[:-1]

    def _log(self, name: str) -> Path:
        return self.logs / f"{name if name == _SCHEDULER else f'worker_{name}'}.log"

    @staticmethod
    def _is_shown(name: str) -> bool:
        return name == "0" and sys.stderr.isatty()


def _send(process: subprocess.Popen[bytes], number: int, how: Callable[[int, int], None]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has already ended
        how(process.pid, number)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
