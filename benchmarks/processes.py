"""Run measurements in separate worker processes, which print their results as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_PROC_STAT = Path("/proc/stat")


class WorkerError(RuntimeError):
    """A worker ended without a result; the message is its output."""


def run_worker(script: str, *args: object, python: str = sys.executable) -> dict[str, Any]:
    """Run a script of this folder and return the JSON object on its last line of output.

    Args:
        script: The file's name.
        *args: Its arguments.
        python: The interpreter.

    Returns:
        The object, plus `others`: the share of the machine's processor time, 0 to 1, that other programs used
        meanwhile; 0 if the system does not report it.

    Raises:
        WorkerError: The script failed.
    """
    busy, total = _machine_seconds()
    own = _children_seconds()
    command = [python, str(HERE / script), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkerError(f"{script} {' '.join(map(str, args))} failed:\n{done.stderr[-4000:]}")
    busy_after, total_after = _machine_seconds()
    elsewhere = (busy_after - busy) - (_children_seconds() - own)
    others = max(0.0, elsewhere / (total_after - total)) if total_after > total else 0.0
    return {**json.loads(done.stdout.splitlines()[-1]), "others": others}


def require(modules: list[str], python: str = sys.executable) -> None:
    """Exit with instructions unless an interpreter has all the modules."""
    code = "import sys, importlib.util as u; print(*(m for m in sys.argv[1:] if u.find_spec(m) is None))"
    done = subprocess.run([python, "-c", code, *modules], capture_output=True, text=True, check=True)
    absent = done.stdout.split()
    if absent:
        sys.exit(
            f"{' and '.join(absent)} missing in {python}. `make bench` builds an environment that has everything; or "
            f"install it into this one: pip install {' '.join(absent)}"
        )


def peak_memory() -> float:
    """Return the peak memory of this process in MiB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, KiB elsewhere


def _machine_seconds() -> tuple[float, float]:
    """Return the processor seconds of all cores since boot: busy, and in total."""
    if not _PROC_STAT.exists():
        return 0.0, 0.0
    ticks = [int(word) for word in _PROC_STAT.read_text(encoding="utf-8").split()[1:9]]
    idle = ticks[3] + ticks[4]  # idle, and waiting for a disk
    per_second = os.sysconf("SC_CLK_TCK")
    return (sum(ticks) - idle) / per_second, sum(ticks) / per_second


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system
