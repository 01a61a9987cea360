"""Distil a task into the package's own model, against its plain fine-tuning with as many updates. See README.md."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from data import DATA, READERS
from processes import run_worker
from recipes import RECIPES, task
from report import RESULTS, circumstances, table, write_section
from runs import Run, add_run, read_runs
from weights import UNPACKED, minilm

RUNS = Path(__file__).with_name("task_distillation.jsonl")
RATES = (5e-5, 1e-4, 2e-4)
"""Learning rates that plain fine-tuning may choose from, by the mean over the seeds."""
PHASES: dict[str, tuple[int, int]] = {"wnut17": (6, 6), "sst2": (1, 1)}
"""Epochs of the two phases; plain fine-tuning has as many as both."""
DISTILLED: dict[str, Any] = {"intermediate_learning_rate": 1e-4, "learning_rate": 1e-4}


def teacher_of(piece: str, data: Path) -> Path:
    """Return the teacher, all-MiniLM-L6-v2 fine-tuned as in finetune.py; made once."""
    from tinybert import finetune

    folder = UNPACKED / f"teacher-{piece}"
    recipe = RECIPES[piece]
    train, dev = (READERS[piece](data, part) for part in ("train", "dev"))
    finetune(minilm(6), train, folder, task=task(recipe, train), dev=dev, seed=1, **recipe.settings)
    return folder


def work(piece: str, side: str, rate: float, seed: int, data: Path) -> dict[str, Any]:
    """Train one student, in this process, and return its metrics."""
    from tinybert import DEFAULT_MODEL, finetune
    from tinybert.distillation import distill

    train, dev = (READERS[piece](data, part) for part in ("train", "dev"))
    first, second = PHASES[piece]
    settings = {**RECIPES[piece].settings, "seed": seed}
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as output:
        if side == "plain":
            settings |= {"epochs": first + second, "learning_rate": rate}
            metrics = finetune(DEFAULT_MODEL, train, output, task=task(RECIPES[piece], train), dev=dev, **settings)
        else:
            settings |= {"epochs": second, "intermediate_epochs": first, **DISTILLED}
            metrics = distill(teacher_of(piece, data), train, output, student=DEFAULT_MODEL, dev=dev, **settings)
    return {"metrics": metrics, "seconds": time.perf_counter() - started}


def interval(differences: list[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of paired differences, by Student's t."""
    from scipy import stats

    low, high = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    return float(low), float(high)


def section(piece: str, runs: list[Run], teacher: float) -> str:
    """Return the report on one data set."""
    ((metric, factor),) = RECIPES[piece].metrics.items()
    values = {(one["side"], one["rate"], one["seed"]): one["metrics"][metric] * factor for one in runs}
    seeds = sorted({one["seed"] for one in runs if one["side"] == "distilled"})
    means = {rate: statistics.mean(values["plain", rate, seed] for seed in seeds) for rate in RATES}
    best = max(means, key=lambda rate: means[rate])
    pairs = [(values["distilled", 0.0, seed], values["plain", best, seed]) for seed in seeds]
    low, high = interval([ours - plain for ours, plain in pairs])
    ours, plain = (statistics.mean(side) for side in zip(*pairs, strict=True))
    closed = (ours - plain) / (teacher - plain)
    first, second = PHASES[piece]
    rows = [
        [f"plain, {first + second} epochs at {rate:g}", f"{means[rate]:.2f}", _spread(values, "plain", rate, seeds)]
        for rate in RATES
    ]
    rows.append([f"distilled, {first} + {second} epochs", f"{ours:.2f}", _spread(values, "distilled", 0.0, seeds)])
    rows.append(["teacher, six layers", f"{teacher:.2f}", ""])
    return f"""\
## Task distillation: {RECIPES[piece].title}

The package's own model, {metric} on the dev part in points, best epoch.

{table(["", "mean", "by seed"], rows)}

- Distilled minus the best plain one: {ours - plain:+.2f}, 95 % interval of the mean of {len(pairs)} paired differences
  {low:+.2f} to {high:+.2f}; {closed:.0%} of the gap to the teacher.

{circumstances({"mindspore": metadata.version("mindspore")})}
"""


def _spread(values: dict[Any, float], side: str, rate: float, seeds: list[int]) -> str:
    return ", ".join(f"{values[side, rate, seed]:.2f}" for seed in seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piece", choices=sorted(PHASES))
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--seeds", type=int, default=5, help="how many (5)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    parser.add_argument("--work", nargs=3, metavar=("SIDE", "RATE", "SEED"), help="one run, in this process")
    args = parser.parse_args()
    if args.work:
        side, rate, seed = args.work
        print(json.dumps(work(args.piece, side, float(rate), int(seed), args.data)))
        return
    from tinybert import evaluate, load
    from tinybert.hub import find_module
    from tinybert.hub.included import DEFAULT_MODEL

    asset = find_module(DEFAULT_MODEL).card.asset
    assert asset is not None
    same = {"piece": args.piece, "sha256": asset.sha256, "phases": [*PHASES[args.piece]], **DISTILLED}
    runs = read_runs(RUNS, **same)
    judged = evaluate(load(teacher_of(args.piece, args.data)), READERS[args.piece](args.data, "dev"))
    sides = [("distilled", 0.0), *(("plain", rate) for rate in RATES)]
    for seed in range(1, args.seeds + 1):
        for side, rate in sides:
            if (side, rate, seed) in [(one["side"], one["rate"], one["seed"]) for one in runs]:
                continue
            options = [args.piece, "--data", args.data, "--work", side, rate, seed]
            result = run_worker("task_distillation.py", *options)
            add_run(RUNS, runs, {**same, "side": side, "rate": rate, "seed": seed, **result})
    ((metric, factor),) = RECIPES[args.piece].metrics.items()
    text = section(args.piece, runs, judged[metric] * factor)
    print(text)
    write_section(args.output, f"task-distillation-{args.piece}", text)


if __name__ == "__main__":
    main()
