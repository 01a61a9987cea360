"""Run one fine-tuning, ours or the peer's, in this process: the worker of finetune.py."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from data import DATA, READERS
from processes import peak_memory
from recipes import RECIPES, SIDES, Recipe, settings, task
from weights import minilm

Rows = list[Any]
Metrics = dict[str, float]


def train_ours(
    recipe: Recipe, folder: str | Path, what: Any, train: list[Any], dev: list[Any], args: argparse.Namespace
) -> Metrics:
    """Train with the function that users call, and return its metrics."""
    from tinybert import finetune
    from tinybert.tasks import load_model

    head = {"head_act": "relu"} if args.side == "published" else {}
    chosen = settings(recipe, args.seed).to_dict()
    with tempfile.TemporaryDirectory() as output:
        metrics = finetune(folder, train, output, task=what, dev=dev, config=head, **chosen)
        return {**metrics, **besides(recipe, load_model(output), dev)}


def train_peer(
    recipe: Recipe, folder: str | Path, what: Any, train: list[Any], dev: list[Any], args: argparse.Namespace
) -> Metrics:
    """Train the same in PyTorch; as for ours, the best epoch on the dev set counts."""
    from peer import Peer
    from peer_runtime import PeerRuntime

    from tinybert import evaluate
    from tinybert.data import TrainingBatches
    from tinybert.evaluation import scorer_for
    from tinybert.runtime.mindspore import MindSporeRuntime
    from tinybert.tasks import TaskModel, load_model
    from tinybert.training import featurize
    from tinybert.training.finetuning import fresh_network

    chosen = settings(recipe, args.seed)
    model = load_model(folder)
    assert isinstance(model.runtime, MindSporeRuntime)
    features = featurize(train, what, model.tokenizer, chosen.max_length)
    batches = TrainingBatches(features.lengths, chosen.batch_size, seed=args.seed)
    encoder = model.runtime.network
    encoder.config = model.config.replace(seq_length=chosen.max_length)
    ours = fresh_network(encoder, what, args.seed)
    peer = Peer(Path(folder), recipe.kind, ours, chosen, len(batches) * chosen.epochs)
    judged = TaskModel(PeerRuntime(peer, ours), model.tokenizer, "the peer")
    key = scorer_for(what, what.labels, dev).key_metric
    found: list[Metrics] = []
    for epoch in range(chosen.epochs):
        for rows in batches.epoch(epoch):
            peer.step(*features.batch(rows, chosen.pad_to_multiple_of))
        found.append({**evaluate(judged, dev), **besides(recipe, judged, dev)})
    return max(found, key=lambda metrics: metrics[key])


def besides(recipe: Recipe, model: Any, dev: list[Any]) -> Metrics:
    """Return metrics on the questions that have an answer, when "no answer" is not allowed."""
    from tinybert import evaluate

    if recipe.kind != "question-answering":
        return {}
    metrics = evaluate(model, [example for example in dev if example.answers])
    return {f"answerable_{name}": metrics[name] for name in recipe.metrics}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("piece", choices=sorted(RECIPES))
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--layers", type=int, help="all-MiniLM-L6-v2 with so many")
    source.add_argument("--model", help="another, as for tinybert.load")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    recipe = RECIPES[args.piece]
    train, dev = (READERS[args.piece](args.data, part) for part in ("train", "dev"))
    what = task(recipe, train)
    train, dev = train[: args.limit], dev[: args.limit]
    run = train_peer if args.side == "peer" else train_ours
    started = time.perf_counter()
    metrics = run(recipe, args.model or minilm(args.layers), what, train, dev, args)
    seconds = time.perf_counter() - started
    print(json.dumps({"metrics": metrics, "seconds": seconds, "memory": peak_memory(), "rows": len(train)}))


if __name__ == "__main__":
    main()
