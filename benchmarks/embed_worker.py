"""Compute embeddings, ours or the peer's, in this process: the worker of embed.py."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from data import DATA, read_sst2, read_stsb
from processes import peak_memory
from scipy.stats import spearmanr
from weights import minilm

MAX_LENGTH = 128
BATCH_SIZE = 64
WARM_UP = 256
SIDES = ("ours", "padded", "peer")

Embed = Callable[[list[str]], np.ndarray]


def ours(folder: Path) -> Embed:
    """The function that users call."""
    from tinybert import Embedder

    embedder = Embedder.from_pretrained(folder)
    return lambda texts: embedder(texts, max_length=MAX_LENGTH, batch_size=BATCH_SIZE)


def padded(folder: Path) -> Embed:
    """The same network used as in the published usage: every row padded to 128, in file order."""
    from tinybert.checkpoint.sentence import SentenceSettings
    from tinybert.tasks import load_model
    from tinybert.tasks.pooling import vectors_of

    model, settings = load_model(folder), SentenceSettings()

    def embed(texts: list[str]) -> np.ndarray:
        vectors = []
        for begin in range(0, len(texts), BATCH_SIZE):
            inputs = model.tokenizer(texts[begin : begin + BATCH_SIZE], pad_to=MAX_LENGTH, max_length=MAX_LENGTH).inputs
            vectors.append(vectors_of(model.runtime.encode(inputs), inputs[1], settings))
        return np.concatenate(vectors)

    return embed


def peer(folder: Path) -> Embed:
    """sentence-transformers on PyTorch, which also sorts by length and pads to the longest row of a batch."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    transformer = Transformer(str(folder), max_seq_length=MAX_LENGTH)
    pooling = Pooling(transformer.get_word_embedding_dimension(), pooling_mode="mean")
    model = SentenceTransformer(modules=[transformer, pooling], device="cpu")
    return lambda texts: model.encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False)


def speed(embed: Embed, lines: list[str]) -> dict[str, Any]:
    """Measure lines per second, from strings to one array."""
    embed(lines[:WARM_UP])
    started = time.perf_counter()
    embed(lines)
    return {"speed": len(lines) / (time.perf_counter() - started)}


def similarity(embed: Embed, pairs: list[Any]) -> dict[str, Any]:
    """Compute the Spearman correlation of cosine similarities and scores."""
    first, second = (embed([getattr(pair, side) for pair in pairs]) for side in ("text", "pair"))
    cosines = (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)
    return {"spearman": float(spearmanr(cosines, [pair.label for pair in pairs])[0])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("what", choices=("speed", "similarity"))
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    embed = {"ours": ours, "padded": padded, "peer": peer}[args.side](minilm(args.layers))
    if args.what == "speed":
        lines = [example.text for example in read_sst2(args.data, "dev")]
        result = speed(embed, lines[: args.limit])
    else:
        result = similarity(embed, read_stsb(args.data, "dev")[: args.limit])
    print(json.dumps({**result, "memory": peak_memory()}))


if __name__ == "__main__":
    main()
