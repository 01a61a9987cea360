"""Progress output of a training: a progress bar or a line per minute, a log file, and a plot of the curves."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
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
    """The optional keys that are read from a line."""

    loss: float | None
    parts: dict[str, float | None]
    metrics: dict[str, float | None]


class Log:
    """The log of one run.

    Args:
        folder: The run's folder, in which `log.jsonl` is written, one JSON object per line. An undefined metric is
            null.
        every: Steps between two lines; each line has the mean loss since the last.
        show: Whether to show a progress bar; None shows one if stderr is a terminal, otherwise a line per minute.
        silent: Whether to write and show nothing, because another process does.
    """

    def __init__(self, folder: Path, *, every: int = 10, show: bool | None = None, silent: bool = False) -> None:
        self.path = folder / LOG
        self.every = every
        self.silent = silent
        self.show = False if silent else show
        self._losses: list[float] = []
        self._parts: list[Mapping[str, float]] = []
        self._metrics: list[str] = []
        self._bar: ProgressBar | None = None
        self._shown = 0
        self._minutes = Minutes() if self.show is None and sys.stderr is not None and not is_terminal() else None

    def rewind(self, step: int) -> None:
        """Drop the lines after a step, which will be written again; 0 drops all, if a previous run left no state."""
        if not self.path.exists():
            return
        kept = [line for line in read_log(self.path.parent) if line["step"] <= step]
        with replacing(self.path) as temporary:
            temporary.write_text("".join(to_json(line) + "\n" for line in kept), encoding="utf-8")

    def step(
        self,
        progress: Progress,
        total: int,
        loss: float,
        learning_rate: float,
        parts: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Records a step, and the parts of its loss if it has several."""
        self._losses.append(loss)
        self._parts.append(parts)
        mean = sum(self._losses) / len(self._losses)
        if self._minutes is not None:
            self._minutes.step(progress.step, total, "  ".join([f"loss {mean:.3g}", *self._metrics]))
        if progress.step % self.every == 0 or progress.step == total:
            means = {name: sum(each[name] for each in self._parts) / len(self._parts) for name in parts}
            self._losses.clear()
            self._parts.clear()
            skipped = {"skipped_updates": progress.skipped_updates} if progress.skipped_updates else {}
            listed = {"parts": means} if means else {}
            seconds = round(progress.seconds, 3)
            self.write(step=progress.step, loss=mean, **listed, learning_rate=learning_rate, seconds=seconds, **skipped)
            self._advance(progress.step, total, " ".join([f"loss {mean:.3g}", *self._metrics]))

    def evaluation(self, step: int, metrics: dict[str, float], seconds: float) -> None:
        """Record an evaluation."""
        self.write(step=step, metrics=metrics, seconds=round(seconds, 3))
        self._metrics = [f"{name} {value:.3g}" for name, value in list(metrics.items())[:2]]

    def write(self, **values: Any) -> None:
        """Append a line to the log."""
        if self.silent:
            return
        with naming(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(to_json(values) + "\n")

    def close(self) -> None:
        """Close the progress bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _advance(self, step: int, total: int, text: str) -> None:
        if self._bar is None:
            self._bar, self._shown = ProgressBar(total, unit="steps", shown=self.show), 0
        self._bar.advance(step - self._shown, text)
        self._shown = step


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Read the lines of a run's log, skipping damaged ones, such as the last line of a killed run."""
    whole = read_bytes(folder / LOG).rpartition(b"\n")[0]
    lines = []
    for line in whole.split(b"\n"):
        with contextlib.suppress(InputError):
            values = parse_json(line, dict[str, Any])
            parse_json(line, _Line)
            lines.append(values)
    return lines


def draw_curves(folder: Path) -> Path | None:
    """Plot loss and metrics of a run's log as `curves.png` and return its path; None without matplotlib."""
    try:
        # Not pyplot, which would change a notebook's plotting backend and is not thread-safe.
        from matplotlib.figure import Figure
    except ImportError:
        return None
    lines = read_log(folder)
    steps = [line for line in lines if "loss" in line]
    evaluations = [line for line in lines if "metrics" in line]
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    left.plot([line["step"] for line in steps], [_drawable(line["loss"]) for line in steps], label="loss")
    left.set(xlabel="step", ylabel="training loss")
    parts = steps[0].get("parts", {}) if steps else {}
    for name in parts:
        values = [_drawable(line.get("parts", {}).get(name)) for line in steps]
        left.plot([line["step"] for line in steps], values, linewidth=1, label=name)
    if parts:
        left.set(yscale="log")
        left.legend()
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
