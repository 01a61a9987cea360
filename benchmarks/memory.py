"""Measure the memory of embedding a million lines from a file on the command line. See README.md."""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from data import DATA, read_sst2
from report import RESULTS, circumstances, table, write_section
from weights import KEPT, minilm

TARGET = 1500.0
"""Maximum memory of the process in MB."""
FLAT = 1.05
"""Maximum ratio of the peak memory in the second half to that in the first."""
INTERVAL = 0.5
WORDS = 4
"""Words in the longest phrase: memory depends on the number of lines, time on their length."""

Sample = tuple[float, float]  # seconds since the start, MB


def write_lines(path: Path, count: int, data: Path) -> None:
    """Write the short phrases of SST-2 repeatedly, with the number of the round appended to each."""
    phrases = [example.text for example in read_sst2(data, "train") if len(example.text.split()) <= WORDS]
    with path.open("w", encoding="utf-8") as file:
        for index, phrase in zip(range(count), itertools.cycle(phrases), strict=False):
            file.write(f"{phrase} {index // len(phrases)}\n")


def resident(pid: int) -> float | None:
    """Return the resident memory of a process in MB; None if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kib = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), None)
    return None if kib is None else kib * 1024 / 1e6


def embed(model: Path, lines: Path, output: Path) -> list[Sample]:
    """Run `tinybert embed` and sample its memory."""
    program = [sys.executable, "-c", "from tinybert.cli import main; main()"]
    command = [*program, "embed", str(model), str(lines), "--output", str(output)]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    samples = []
    while process.poll() is None:
        memory = resident(process.pid)
        if memory is not None:
            samples.append((time.perf_counter() - started, memory))
        time.sleep(INTERVAL)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return samples


def section(samples: list[Sample], layers: int, count: int, size: int) -> str:
    import numpy as np

    seconds = samples[-1][0]
    parts = [[memory for at, memory in samples if i / 10 <= at / seconds <= (i + 1) / 10] for i in range(10)]
    rows = [[f"{i * 10} to {(i + 1) * 10} %", f"{max(part):.0f}"] for i, part in enumerate(parts) if part]
    peak = max(memory for _, memory in samples)
    memory = np.array([memory for _, memory in samples])
    growth = memory[len(memory) // 2 :].max() / memory[: len(memory) // 2].max()
    return f"""\
## Memory

`tinybert embed` of {count:,} lines (phrases of SST-2 of up to {WORDS} words) from a file into a .npy of
{size / 1e6:.0f} MB, {layers} layers: the resident memory of the process, sampled each {INTERVAL} seconds.

{table(["time", "most MB"], rows)}

- Under {TARGET:.0f} MB, the target: {"reached" if peak < TARGET else "**missed**"} ({peak:.0f} MB).
- Flat, the most of the second half against the first: {"reached" if growth < FLAT else "**missed**"} ({growth:.3f}).
- {seconds:.0f} seconds, {count / seconds:.0f} lines a second.

{circumstances({"mindspore": metadata.version("mindspore")})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the file (1000000)")
    parser.add_argument("--layers", type=int, choices=KEPT, default=4, help="depth (4)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--quick", action="store_true", help="20000 lines; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    count = 20_000 if args.quick else args.lines
    with tempfile.TemporaryDirectory() as folder:
        lines, output = Path(folder) / "lines.txt", Path(folder) / "lines.npy"
        write_lines(lines, count, args.data)
        samples = embed(minilm(args.layers), lines, output)
        size = output.stat().st_size
    text = section(samples, args.layers, count, size)
    print(text)
    if not args.quick:
        write_section(args.output, "memory", text)


if __name__ == "__main__":
    main()
