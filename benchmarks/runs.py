"""Completed runs of the benchmarks that take hours, a JSON object a line, so that none is done twice."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

Run = dict[str, Any]


def read_runs(path: Path, **same: Any) -> list[Run]:
    """Return the runs in a file that have certain values; none if there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [one for one in map(json.loads, lines) if same.items() <= one.items()]


def add_run(path: Path | None, runs: list[Run], one: Run) -> None:
    """Add a run with its date to those known, print it, and write it to a file; None writes nothing."""
    one = {**one, "date": f"{datetime.date.today()}"}
    runs.append(one)
    line = json.dumps(one)
    print(line, flush=True)
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
