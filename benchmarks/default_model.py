"""The package's own model against its teacher, and against the teacher cut to four layers. See README.md."""

from __future__ import annotations

import argparse
import statistics
from importlib import metadata
from pathlib import Path

from data import DATA, READERS
from finetune import RUNS as EARLIER
from processes import run_worker
from recipes import RECIPES
from report import RESULTS, circumstances, table, write_section
from runs import Run, add_run, read_runs
from weights import minilm

from tinybert import DEFAULT_MODEL, Embedder, evaluate

RUNS = Path(__file__).with_name("default_model.jsonl")
TO_REACH = {"untrained": 86.8, "stsb": 89.4, "sst2": 93.2, "wnut17": 54.0}
PIECES = ("stsb", "sst2", "wnut17")
TEACHER_LAYERS, CUT_LAYERS = 6, 4


def untrained(model: str | Path, data: Path) -> float:
    """Return the Spearman correlation on STS-B's dev part, in points, of an encoder as it is."""
    return 100 * evaluate(Embedder.from_pretrained(model), READERS["stsb"](data, "dev"))["spearman"]


def fine_tuned(piece: str, sha256: str, seeds: int, args: argparse.Namespace) -> list[Run]:
    """Return the runs of the model on a data set, one for each seed; those of before are not repeated."""
    same = {"piece": piece, "sha256": sha256, "settings": RECIPES[piece].settings}
    known = [] if args.limit else read_runs(RUNS, **same)
    for seed in range(1, seeds + 1):
        if seed in [one["seed"] for one in known]:
            continue
        limit = ["--limit", args.limit] if args.limit else []
        options = ["--model", DEFAULT_MODEL, "--seed", seed, "--data", args.data, *limit]
        result = run_worker("finetune_worker.py", "ours", piece, *options)
        add_run(None if args.limit else RUNS, known, {**same, "seed": seed, **result})
    return known


def _row(name: str, least: float, cut: list[float], teacher: list[float], own: list[float]) -> list[str]:
    mean = statistics.mean(own)
    figures = [f"{statistics.mean(values):.2f}" if values else "" for values in (cut, teacher)]
    reached = "reached" if mean >= least else f"**missed by {least - mean:.2f}**"
    return [name, *figures, f"{mean:.2f}", ", ".join(f"{value:.2f}" for value in own), f"{least}", reached]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", nargs="*", default=PIECES, help="fine-tunings to run (all)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--seeds", type=int, default=3, help="how many (3)")
    parser.add_argument("--limit", type=int, help="rows of each part; prints and writes no report")
    parser.add_argument("--quick", action="store_true", help="no fine-tuning; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    from tinybert.hub import find_module

    asset = find_module(DEFAULT_MODEL).card.asset
    assert asset is not None
    as_it_is = [untrained(model, args.data) for model in (minilm(CUT_LAYERS), minilm(TEACHER_LAYERS), DEFAULT_MODEL)]
    rows = [_row("STS-B, Spearman, untrained", TO_REACH["untrained"], *([value] for value in as_it_is))]
    for piece in () if args.quick else args.pieces:
        ((metric, factor),) = RECIPES[piece].metrics.items()
        own = [one["metrics"][metric] * factor for one in fine_tuned(piece, asset.sha256, args.seeds, args)]
        earlier = read_runs(EARLIER, piece=piece, settings=RECIPES[piece].settings, side="ours")
        cut, teacher = (
            [one["metrics"][metric] * factor for one in earlier if one["layers"] == layers]
            for layers in (CUT_LAYERS, TEACHER_LAYERS)
        )
        rows.append(_row(f"{RECIPES[piece].title}: {metric}", TO_REACH[piece], cut, teacher, own))
    text = f"""\
## The package's own model

`{DEFAULT_MODEL}`, SHA-256 {asset.sha256[:12]}..., against its teacher, all-MiniLM-L6-v2, and the teacher cut to
four layers. Dev parts, in points; fine-tuned as in the sections on fine-tuning, mean over the seeds.

{table(["", "cut", "teacher", "ours", "by seed", "to reach", ""], rows)}

{circumstances({"mindspore": metadata.version("mindspore")})}
"""
    print(text)
    if not args.quick and not args.limit:
        write_section(args.output, "default-model", text)


if __name__ == "__main__":
    main()
