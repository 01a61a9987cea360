"""Find the four layers of all-MiniLM-L6-v2 that make the best encoder without training: try every choice on STS-B."""

from __future__ import annotations

import argparse
from importlib import metadata
from itertools import combinations
from pathlib import Path

from data import DATA, read_stsb
from report import RESULTS, circumstances, table, write_section
from weights import ALL_LAYERS, cut

LAYERS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help=f"folder of the data sets ({DATA.name})")
    parser.add_argument("--pairs", type=int, default=2000, help="pairs of sentences to use (2000)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    pairs = read_stsb(args.data, "train")[:: max(1, 5749 // args.pairs)]
    choices = [tuple(range(ALL_LAYERS)), *combinations(range(ALL_LAYERS), LAYERS)]
    scores = {kept: spearman(cut(kept), pairs) for kept in choices}
    ranked = sorted(scores, key=lambda kept: -scores[kept])
    rows = [[" ".join(map(str, kept)), f"{scores[kept]:.4f}"] for kept in ranked]
    text = f"""\
## Which layers to keep

Spearman correlation of cosine similarity and score, of {len(pairs)} pairs out of the training part of STS-B, without
training, for all-MiniLM-L6-v2 whole and for every choice of {LAYERS} of its layers, counted from 0.

{table(["layers kept", "Spearman"], rows)}

{circumstances({"mindspore": metadata.version("mindspore")})}
"""
    print(text)
    write_section(args.output, "cut", text)


def spearman(folder: Path, pairs: list) -> float:
    from tinybert import Embedder
    from tinybert.metrics import correlation_scores

    embedder = Embedder.from_pretrained(folder)
    first, second = (embedder([getattr(p, side) for p in pairs], normalize=True) for side in ("text", "pair"))
    return correlation_scores([p.label for p in pairs], (first * second).sum(axis=1))["spearman"]


if __name__ == "__main__":
    main()
