"""Compare speed and memory of a forward pass with PyTorch and transformers. See README.md."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import require, run_worker
from report import RESULTS, circumstances, table, write_section

NETWORKS = ("tinybert", "torch")
TARGET = 0.95
"""Minimum speed relative to PyTorch, at batch shapes."""
QUIET = 0.05
"""Share of the machine that other programs may use.

PyTorch's threads wait for each other more than MindSpore's do, so a disturbed round flatters our side.
"""

Pair = dict[str, dict[str, Any]]  # each network's result in one round


@dataclass(frozen=True)
class Case:
    """The case that a row of the table measures.

    Attributes:
        shape: Batch size and length, `8x128`.
        options: Options of both workers.
        note: The difference from the plain case.
    """

    shape: str
    options: tuple[str, ...] = ()
    note: str = ""

    @property
    def sizes(self) -> tuple[int, int]:
        """Batch size (B) and length (T)."""
        batch, _, length = self.shape.partition("x")
        return int(batch), int(length)

    @property
    def target(self) -> float | None:
        """Minimum speed relative to PyTorch; None without a target."""
        return TARGET if self.shape in ("8x128", "32x128") and not self.note else None

    @property
    def label(self) -> str:
        """The name of the row."""
        return f"{self.shape}, {self.note}" if self.note else self.shape


SHAPES = ("1x16", "1x128", "8x128", "32x128")
VARIANTS = (
    Case("8x128", ("--all-encoders",), "`return_all_encoders=True`"),
    Case("8x128", ("--pynative",), "`PYNATIVE_MODE`"),
    Case("8x128", ("--hidden-act", "gelu_erf"), "`gelu_erf`"),
)


@dataclass(frozen=True)
class Row:
    """The measurements of a case: one result per network and round."""

    case: Case
    rounds: Sequence[Pair]

    def median(self, network: str, quantity: str) -> float:
        """Return the median over the rounds."""
        return statistics.median(one[network][quantity] for one in self.rounds)

    @property
    def ratios(self) -> list[float]:
        """Speed relative to PyTorch in each round; both sides run in succession, so that machine drift cancels."""
        return [one["torch"]["milliseconds"] / one["tinybert"]["milliseconds"] for one in self.rounds]

    @property
    def ratio(self) -> float:
        """The median of `ratios`."""
        return statistics.median(self.ratios)


def measure(case: Case, rounds: int, seconds: float, retries: int, pythons: dict[str, str]) -> Row:
    """Run both networks alternately, A B A B, each time in a new process."""
    args = (*case.sizes, "--seconds", seconds, *case.options)

    def pair() -> Pair:
        return {name: run_worker("forward_worker.py", name, *args, python=pythons[name]) for name in NETWORKS}

    return Row(case, [_quiet(pair, retries) for _ in range(rounds)])


def _quiet(pair: Callable[[], Pair], retries: int) -> Pair:
    best = pair()
    for _ in range(retries):
        if _disturbance(best) <= QUIET:
            break
        best = min(best, pair(), key=_disturbance)
    return best


def _disturbance(pair: Pair) -> float:
    return max(result["others"] for result in pair.values())


def results_table(rows: Sequence[Row]) -> str:
    header = ["B x T", "ms", "torch ms", "sequences/s", "torch sequences/s", "speed against torch", "its range"]
    header += ["target", "peak MiB", "torch peak MiB"]
    return table(header, map(_cells, rows))


def _cells(row: Row) -> list[str]:
    milliseconds = [row.median(name, "milliseconds") for name in NETWORKS]
    return [
        row.case.label,
        *(f"{value:.1f}" for value in milliseconds),
        *(f"{row.case.sizes[0] * 1000 / value:.1f}" for value in milliseconds),
        f"**{row.ratio:.2f}**",
        f"{min(row.ratios):.2f} to {max(row.ratios):.2f}",
        f"{row.case.target:.2f}" if row.case.target else "",
        *(f"{row.median(name, 'memory'):.0f}" for name in NETWORKS),
    ]


def verdict(rows: Sequence[Row]) -> str:
    """Return sentences on which cases reach their target and which do not."""
    reached = [row for row in rows if row.case.target and row.ratio >= row.case.target]
    missed = [row for row in rows if row.case.target and row.ratio < row.case.target]
    slower = [row for row in rows if not row.case.target and row.ratio < TARGET]
    sentences = []
    for found, text in (
        (reached, f"At least {TARGET} of PyTorch's speed, the target"),
        (missed, f"**Below the target of {TARGET}**"),
        (slower, "**Slower than PyTorch**, without a target"),
    ):
        if found:
            sentences.append(f"- {text}: {'; '.join(f'{row.case.label} ({row.ratio:.2f})' for row in found)}.")
    return "\n".join(sentences)


def section(rows: Sequence[Row], rounds: int) -> str:
    versions: dict[str, str] = {}
    for name in NETWORKS:
        versions |= rows[0].rounds[0][name]["versions"]
    disturbance = max(_disturbance(pair) for row in rows for pair in row.rounds)
    calls = min(one[name]["calls"] for row in rows for one in row.rounds for name in NETWORKS)
    return f"""\
## Forward pass

The published configuration (4 layers, hidden 384, 12 heads, vocabulary 30,522), inference, float32: `TinyBertModel`
in `GRAPH_MODE` with `return_all_encoders=False` against `BertModel` of transformers in PyTorch with the same sizes and
activation (`gelu_pytorch_tanh`; `gelu` against our `gelu_erf`), `eval()`, `inference_mode()`, sdpa attention. With
`return_all_encoders=True` PyTorch returns hidden states and attention maps too, which needs eager attention.

{results_table(rows)}

{verdict(rows)}

Medians of {rounds} rounds of at least {calls} calls. Weights are random on both sides. Each library uses all cores by
its own defaults. A call goes from NumPy arrays to NumPy arrays, input checks included. Peak memory is that of the
whole process, libraries included. Other programs took at most {disturbance:.0%} of the machine during a measurement.

{circumstances(versions)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of processes per row (5)")
    parser.add_argument("--shapes", default=",".join(SHAPES), help="B x T, separated by commas (%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of measuring in each process (2)")
    parser.add_argument("--retries", type=int, default=2, help="of a pair disturbed by other programs (2)")
    parser.add_argument("--quick", action="store_true", help="one short round; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    parser.add_argument("--torch-python", default=sys.executable, help="interpreter for PyTorch, if another")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds, args.retries = 1, 0.5, 0

    pythons = {"tinybert": sys.executable, "torch": args.torch_python}
    require(["mindspore"], pythons["tinybert"])
    require(["torch", "transformers"], pythons["torch"])
    shapes = args.shapes.split(",")
    cases = [*map(Case, shapes), *(case for case in VARIANTS if case.shape in shapes)]
    rows = []
    for case in cases:
        rows.append(measure(case, args.rounds, args.seconds, args.retries, pythons))
        print(results_table(rows[-1:]).splitlines()[-1] if rows[1:] else results_table(rows), flush=True)
    if not args.quick:
        write_section(args.output, "forward", section(rows, args.rounds))
        print(f"written to {args.output}")


if __name__ == "__main__":
    main()
