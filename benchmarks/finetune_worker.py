"""One fine-tuning, ours or the peer's, in this process: the worker of finetune.py."""

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
    recipe: Recipe, folder: Path, what: Any, train: list[Any], dev: list[Any], args: argparse.Namespace
) -> Metrics:
    """Through the function that users call; the metrics are those that it returns."""
    from tinybert.tasks import load_model
    from tinybert.training import finetune

    head = {"head_act": "relu"} if args.side == "published" else {}
    model, chosen = load_model(folder, **head), settings(recipe, args.seed)
    with tempfile.TemporaryDirectory() as output:
        metrics = finetune(model.encoder, model.tokenizer, what, train, output, dev=dev, settings=chosen)
        return {**metrics, **besides(recipe, load_model(output), dev)}


def train_peer(
    recipe: Recipe, folder: Path, what: Any, train: list[Any], dev: list[Any], args: argparse.Namespace
) -> Metrics:
    """The same in PyTorch; of its epochs, as of ours, the best on the dev set counts."""
    from peer import Peer
    from peer_network import peer_model

    from tinybert.data import TrainingBatches
    from tinybert.tasks import load_model
    from tinybert.training import evaluate, featurize, key_metric
    from tinybert.training.finetune import build_network

    chosen = settings(recipe, args.seed)
    model = load_model(folder)
    features = featurize(train, what, model.tokenizer, chosen.max_length)
    batches = TrainingBatches(features.lengths, chosen.batch_size, seed=args.seed)
    model.encoder.config = model.config.replace(seq_length=chosen.max_length)
    ours = build_network(model.encoder, what, args.seed)
    peer = Peer(folder, recipe.kind, ours, chosen, len(batches) * chosen.epochs)
    judged = peer_model(peer, ours, model.tokenizer, what)
    key = key_metric(what)
    found: list[Metrics] = []
    for epoch in range(chosen.epochs):
        for rows in batches.epoch(epoch):
            peer.step(*features.batch(rows, chosen.pad_to_multiple_of))
        found.append({**evaluate(judged, dev), **besides(recipe, judged, dev)})
    return max(found, key=lambda metrics: metrics[key])


def besides(recipe: Recipe, model: Any, dev: list[Any]) -> Metrics:
    """Of questions that have an answer, how well it is found where "no answer" is no choice."""
    from tinybert.training import evaluate

    if recipe.kind != "question-answering":
        return {}
    metrics = evaluate(model, [example for example in dev if example.answers])
    return {f"answerable_{name}": metrics[name] for name in recipe.metrics}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("piece", choices=sorted(RECIPES))
    parser.add_argument("--layers", type=int, required=True)
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
    metrics = run(recipe, minilm(args.layers), what, train, dev, args)
    seconds = time.perf_counter() - started
    print(json.dumps({"metrics": metrics, "seconds": seconds, "memory": peak_memory(), "rows": len(train)}))


if __name__ == "__main__":
    main()
