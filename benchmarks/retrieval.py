"""Find the passage of a question among all: MRR@10 of encoders without training. See README.md."""

from __future__ import annotations

import argparse
from importlib import metadata
from pathlib import Path

import numpy as np
from data import DATA, read_qa_en
from report import RESULTS, circumstances, table, write_section
from weights import minilm

from tinybert import Embedder
from tinybert.tasks import top_k

NEAREST = 10
SAMPLES = 1000


def reciprocal_ranks(model: str | Path, questions: list[str], passages: list[str], right: np.ndarray) -> np.ndarray:
    """Return 1 / rank of each question's passage, 0 where it is not among the nearest ten."""
    embedder = Embedder.from_pretrained(model)
    found, _ = top_k(embedder(questions), embedder(passages), NEAREST)
    hits = found == right[:, None]
    return np.where(hits.any(1), 1.0 / (hits.argmax(1) + 1), 0.0)


def interval(values: np.ndarray) -> str:
    """Return the mean and its 95 % interval over resampled questions."""
    random = np.random.default_rng(1)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(SAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", help="further models, as for tinybert.load")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--quick", action="store_true", help="500 questions; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    examples = read_qa_en(args.data, "train")
    passages = [*dict.fromkeys(example.context for example in examples)]
    numbers = {passage: number for number, passage in enumerate(passages)}
    if args.quick:
        examples = examples[:: len(examples) // 500]
    right = np.array([numbers[example.context] for example in examples])
    models: dict[str, str | Path] = {"six layers": minilm(6), "four of them, untrained": minilm(4)}
    models |= {name: name for name in args.models}
    questions = [example.question for example in examples]
    ranks = {name: reciprocal_ranks(model, questions, passages, right) for name, model in models.items()}
    text = f"""\
## Retrieval

For each of {len(examples)} questions of `qa_en` (train), its passage among {len(passages)}: mean reciprocal rank, 0
beyond the nearest {NEAREST}, with a 95 % interval over the questions. Nothing was trained on them.

{table(["model", "MRR@10"], [[name, interval(values)] for name, values in ranks.items()])}

{circumstances({"mindspore": metadata.version("mindspore")})}
"""
    print(text)
    if not args.quick:
        write_section(args.output, "retrieval", text)


if __name__ == "__main__":
    main()
