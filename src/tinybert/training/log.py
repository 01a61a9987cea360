"""What a training shows while it runs: a progress bar or a line a minute, a log, and a picture of the curves."""

from __future__ import annotations

import contextlib
import math
import sys
from pathlib import Path
from typing import Any, TypedDict

from ..errors import InputError
from ..progress import ProgressBar, is_terminal
from ..reading import parse_json, read_bytes
from ..writing import naming, replacing, to_json
from .minutes import Minutes
from .state import Progress

LOG, CURVES = "log.jsonl", "curves.png"
_MOST_DRAWN = 1e300


class _Known(TypedDict):
    step: int


class _Line(_Known, total=False):
    """What is read of a line, if it has it."""

    loss: float | None
    metrics: dict[str, float | None]


class Log:
    """The log of one run.

    Args:
        folder: The run's folder; the log is `log.jsonl` in it, one JSON object a line. A metric that is
            undefined is null there.
        every: Steps between two lines; their loss is the mean since the last.
        show: Whether a progress bar is shown; None shows it where stderr is a terminal, and elsewhere a line a minute.
        silent: Nothing is written or shown: another process does.
    """

    def __init__(self, folder: Path, *, every: int = 10, show: bool | None = None, silent: bool = False) -> None:
        self.path = folder / LOG
        self.every = every
        self.silent = silent
        self.show = False if silent else show
        self._losses: list[float] = []
        self._metrics: list[str] = []
        self._bar: ProgressBar | None = None
        self._shown = 0
        self._minutes = Minutes() if self.show is None and sys.stderr is not None and not is_terminal() else None

    def rewind(self, step: int) -> None:
        """Drops the lines after a step, which are written again; with 0, those of a run that left no state."""
        if not self.path.exists():
            return
        kept = [line for line in read_log(self.path.parent) if line["step"] <= step]
        with replacing(self.path) as temporary:
            temporary.write_text("".join(to_json(line) + "\n" for line in kept), encoding="utf-8")

    def step(self, progress: Progress, total: int, loss: float, learning_rate: float) -> None:
        """Records a step."""
        self._losses.append(loss)
        mean = sum(self._losses) / len(self._losses)
        if self._minutes is not None:
            self._minutes.step(progress.step, total, "  ".join([f"loss {mean:.3g}", *self._metrics]))
        if progress.step % self.every == 0 or progress.step == total:
            self._losses.clear()
            skipped = {"skipped_updates": progress.skipped_updates} if progress.skipped_updates else {}
            seconds = round(progress.seconds, 3)
            self.write(step=progress.step, loss=mean, learning_rate=learning_rate, seconds=seconds, **skipped)
            self._advance(progress.step, total, " ".join([f"loss {mean:.3g}", *self._metrics]))

    def evaluation(self, step: int, metrics: dict[str, float], seconds: float) -> None:
        """Records an evaluation."""
        self.write(step=step, metrics=metrics, seconds=round(seconds, 3))
        self._metrics = [f"{name} {value:.3g}" for name, value in list(metrics.items())[:2]]

    def write(self, **values: Any) -> None:
        """Adds a line."""
        if self.silent:
            return
        with naming(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(to_json(values) + "\n")

    def close(self) -> None:
        """Ends the progress bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _advance(self, step: int, total: int, text: str) -> None:
        if self._bar is None:
            self._bar, self._shown = ProgressBar(total, unit="steps", shown=self.show), 0
        self._bar.advance(step - self._shown, text)
        self._shown = step


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's log. A kill or a full disk may have damaged some, mostly the last: they are left out."""
    whole = read_bytes(folder / LOG).rpartition(b"\n")[0]
    lines = []
    for line in whole.split(b"\n"):
        with contextlib.suppress(InputError):
            values = parse_json(line, dict[str, Any])
            parse_json(line, _Line)
            lines.append(values)
    return lines


def draw_curves(folder: Path) -> Path | None:
    """Draws loss and metrics of a run's log as `curves.png`; None where matplotlib is not installed."""
    try:
        # Not pyplot: it would take away a notebook's way to show pictures, and is not for several threads.
        from matplotlib.figure import Figure
    except ImportError:
        return None
    lines = read_log(folder)
    steps = [line for line in lines if "loss" in line]
    evaluations = [line for line in lines if "metrics" in line]
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    left.plot([line["step"] for line in steps], [_drawable(line["loss"]) for line in steps])
    left.set(xlabel="step", ylabel="training loss")
    for name in evaluations[0]["metrics"] if evaluations else ():
        values = [_drawable(line["metrics"].get(name)) for line in evaluations]
        right.plot([line["step"] for line in evaluations], values, ".-", label=name.replace("$", r"\$"))
    right.set(xlabel="step", ylabel="dev set")
    if evaluations:
        right.legend()
    figure.tight_layout()
    with replacing(folder / CURVES) as file:
        figure.savefig(file, dpi=100)
    return folder / CURVES


def _drawable(value: float | None) -> float:
    """A number as matplotlib takes it, whose axes end before floats do; what is no such number leaves a gap."""
    return value if value is not None and abs(value) < _MOST_DRAWN else math.nan
