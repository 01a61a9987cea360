"""Measure sentences per second of training, ours or the peer's, in this process: the worker of train_speed.py."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from data import DATA, read_sst2
from processes import peak_memory
from recipes import RECIPES, settings, task
from weights import minilm

from tinybert import Task, finetune
from tinybert.data import TextExample, TrainingBatches
from tinybert.tasks import load_model
from tinybert.training import featurize

SIDES = ("ours", "peer")
RECIPE = RECIPES["sst2"]
SEED = 1
LOGGED = 10
WARM_UP = 30
"""Steps before timing starts; they include compilation."""


def ours(folder: Path, what: Task, train: list[TextExample]) -> float:
    """Train with the function that users call, and take the times from its log."""
    with tempfile.TemporaryDirectory() as output:
        finetune(folder, train, output, task=what, **settings(RECIPE, SEED).to_dict())
        lines = (Path(output) / "log.jsonl").read_text(encoding="utf-8").splitlines()
    seconds = {line["step"]: line["seconds"] for line in map(json.loads, lines) if "loss" in line}
    last = max(step for step in seconds if step % LOGGED == 0)
    return (last - WARM_UP) * RECIPE.settings["batch_size"] / (seconds[last] - seconds[WARM_UP])


def peer(folder: Path, what: Task, train: list[TextExample]) -> float:
    """Train the same steps in PyTorch."""
    from peer import Peer

    from tinybert.runtime.mindspore import MindSporeRuntime
    from tinybert.training.finetuning import fresh_network

    chosen = settings(RECIPE, SEED)
    model = load_model(folder)
    assert isinstance(model.runtime, MindSporeRuntime)
    features = featurize(train, what, model.tokenizer, chosen.max_length)
    batches = TrainingBatches(features.lengths, chosen.batch_size, seed=SEED).epoch(0)
    trained = Peer(folder, RECIPE.kind, fresh_network(model.runtime.network, what, SEED), chosen, len(batches))
    marks: list[float] = []
    for rows in batches:
        trained.step(*features.batch(rows, chosen.pad_to_multiple_of))
        marks.append(time.perf_counter())
    last = len(batches) // LOGGED * LOGGED
    return (last - WARM_UP) * chosen.batch_size / (marks[last - 1] - marks[WARM_UP - 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args()
    rows: list[Any] = read_sst2(args.data, "train")
    what = task(RECIPE, rows)
    train = rows[: args.steps * RECIPE.settings["batch_size"]]
    speed = {"ours": ours, "peer": peer}[args.side](minilm(args.layers), what, train)
    print(json.dumps({"speed": speed, "memory": peak_memory()}))


if __name__ == "__main__":
    main()
