"""Compare fine-tuning with PyTorch and transformers: quality over several seeds. See README.md."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from data import DATA
from processes import require, run_worker
from recipes import RECIPES, SIDES, Recipe
from report import RESULTS, circumstances, table, write_section
from runs import Run, add_run, read_runs
from weights import KEPT

RUNS = Path(__file__).with_name("finetune.jsonl")
FIRST_SEED = 1
QUICK_ROWS, QUICK_SEEDS = 6400, 1


def run(side: str, piece: str, layers: int, seed: int, args: argparse.Namespace) -> Run:
    """Run one fine-tuning in a separate process."""
    options = ["--layers", layers, "--seed", seed, "--data", args.data]
    options += ["--limit", args.limit] if args.limit else []
    result = run_worker("finetune_worker.py", side, piece, *options)
    what = {"piece": piece, "layers": layers, "seed": seed, "side": side, "settings": RECIPES[piece].settings}
    return {**what, **result}


def section(piece: str, runs: list[Run]) -> str:
    """Return the report on one data set."""
    recipe = RECIPES[piece]
    rows, verdicts = [], []
    compared = [
        (layers, side, metric, factor)
        for side in SIDES[:-1]
        for layers in sorted({one["layers"] for one in runs})
        for metric, factor in {**recipe.metrics, **recipe.besides}.items()
    ]
    for layers, side, metric, factor in compared:
        pairs = _pairs(runs, layers, side, metric, factor)
        if not pairs:
            continue
        means = [statistics.mean(values) for values in zip(*pairs.values(), strict=True)]
        spread = [", ".join(f"{values[index]:.2f}" for values in pairs.values()) for index in (0, 1)]
        difference = means[0] - means[1]
        name = metric if side == "ours" else f"{metric}, {side} head"
        figures = [f"{means[0]:.2f}", f"{means[1]:.2f}", f"{difference:+.2f}"]
        rows.append([f"{layers}", name, *figures, *spread])
        if metric in recipe.metrics and side == "ours":
            reached = "reached" if difference >= -recipe.tolerance else "**missed**"
            seeds = f"{len(pairs)} seeds" if len(pairs) > 1 else "1 seed"
            verdicts.append(f"{layers} layers, {metric}: {reached} ({difference:+.2f}, {seeds})")
    header = ["layers", "metric", "ours", "peer", "difference", "ours by seed", "peer by seed"]
    settings = ", ".join(f"{name} {value}" for name, value in recipe.settings.items())
    note = f"\n{recipe.note}" if recipe.note else ""
    if any(one["side"] == "published" for one in runs):
        note += "\nRows of the published head, ours with its ReLU: `--sides published`."
    head = "" if recipe.kind == "encoder" else " with a fresh head"
    versions = {name: metadata.version(name) for name in ("mindspore", "torch", "transformers")}
    return f"""\
## Fine-tuning: {recipe.title}

all-MiniLM-L6-v2{head}, {settings}; metrics on the dev part, in points, of the best epoch.{note}

{table(header, rows)}

- Not below the peer by more than {recipe.tolerance} points, the target: {"; ".join(verdicts) or "not measured"}.

{circumstances(versions)}
"""


def _pairs(runs: list[Run], layers: int, side: str, metric: str, factor: float) -> dict[int, tuple[float, float]]:
    """Return, for each seed that both have run, the results of a side and the peer."""
    values = {(one["seed"], one["side"]): one["metrics"][metric] * factor for one in runs if one["layers"] == layers}
    both = [seed for seed in sorted({seed for seed, _ in values}) if {(seed, side), (seed, "peer")} <= values.keys()]
    return {seed: (values[seed, side], values[seed, "peer"]) for seed in both}


def _wanted(args: argparse.Namespace, recipe: Recipe) -> Iterable[tuple[int, int]]:
    seeds = range(FIRST_SEED, FIRST_SEED + (args.seeds or recipe.seeds))
    return ((layers, seed) for layers in args.layers for seed in seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", nargs="+", choices=sorted(RECIPES), help="what to run")
    parser.add_argument(
        "--layers", nargs="+", type=int, choices=sorted(KEPT), default=sorted(KEPT), help="depths (4 6)"
    )
    parser.add_argument("--seeds", type=int, help="how many (3; 1 for questions)")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=["ours", "peer"], help="who (ours peer)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--limit", type=int, help="rows of each part; prints and writes no report")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_SEEDS} seed, {QUICK_ROWS} rows; prints and writes no report"
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    if args.quick:
        args.seeds, args.limit = QUICK_SEEDS, QUICK_ROWS
    require(["mindspore", "torch", "transformers"])
    for piece in args.pieces:
        runs = [] if args.limit else read_runs(RUNS, piece=piece, settings=RECIPES[piece].settings)
        for layers, seed in _wanted(args, RECIPES[piece]):
            done = {one["side"] for one in runs if (one["layers"], one["seed"]) == (layers, seed)}
            for side in (side for side in args.sides if side not in done):
                add_run(None if args.limit else RUNS, runs, run(side, piece, layers, seed, args))
        text = section(piece, runs)
        print(text)
        if not args.limit:
            write_section(args.output, f"finetune-{piece}", text)


if __name__ == "__main__":
    main()
