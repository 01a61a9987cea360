"""Measure the memory of a general distillation from text of several sizes. See README.md."""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from data import DATA
from memory import INTERVAL, resident
from report import RESULTS, circumstances, table, write_section
from weights import minilm

TARGET = 3000.0
"""Maximum memory of the process in MB."""
FLAT = 1.25
"""Maximum ratio of the memory with the most text to that with the least."""
LOGGED = 10
"""Steps of a line in the log."""
TOKENIZED = 3
"""Shards that are tokenized where the others are copied."""
COPIED = f"""
Of all sizes but the first, the shards but the last {TOKENIZED} are copies of the first size's, since tokenizing would
give the same: the run goes on as after a kill."""


class Run(NamedTuple):
    """What a distillation took: MB of text, lines, MB of tokens on disk, peaks in MB, seconds."""

    text: float
    lines: int
    tokens: float
    tokenizing: float
    training: float
    seconds: float


def write_text(path: Path, megabytes: float, data: Path) -> int:
    """Write a block of sentences again and again, so that all shards are equal; returns the number of blocks."""
    from tinybert.distillation.texts import LINES

    with gzip.open(data / "text" / "sentences.txt.gz", "rb") as file:
        block = b"".join(itertools.islice(file, LINES))
    count = math.ceil(megabytes * 1e6 / len(block))
    with path.open("wb") as out:
        for _ in range(count):
            out.write(block)
    return count


def copy_shards(source: Path, text: Path, folder: Path, count: int) -> None:
    """Lay the first shards of a text as copies of one that was made of the same lines, as if it had been killed."""
    from tinybert.distillation.manifest import MANIFEST, Manifest, manifest_of, write_manifest

    made: Manifest = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    folder.mkdir(parents=True)
    manifest = manifest_of(folder, made["made_with"], [str(text)])
    for number in range(count):
        name = f"{number:05}.safetensors"
        shutil.copyfile(source / made["shards"][0]["name"], folder / name)
        shard = made["shards"][0].copy()
        shard["name"] = name
        manifest["shards"].append(shard)
    write_manifest(folder, manifest)


def save_teacher(folder: Path) -> None:
    """Write an encoder of two layers with random weights and a real vocabulary: what it learns does not matter."""
    from tinybert import Task, TinyBertConfig
    from tinybert.checkpoint import save_folder
    from tinybert.text import BertTokenizer
    from tinybert.weights import build_network, checkpoint_of

    tokenizer = BertTokenizer.from_file(minilm(6))
    config = TinyBertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    save_folder(checkpoint_of(build_network(config, Task())), folder, tokenizer=tokenizer)


def distill(teacher: Path, text: Path, output: Path, steps: int) -> tuple[float, float, float]:
    """Run `tinybert distill general` for some steps; returns the peaks in tokenizing and training, and its seconds."""
    command = [sys.executable, "-m", "tinybert", "distill", "general", "--teacher", str(teacher), "--text", str(text)]
    command += ["--from-layers", "0", "--attention", "0", "--directions", "1", "--output", str(output)]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    peaks, tokenized, told = [0.0, 0.0], 0.0, False
    log, manifest = output / "log.jsonl", output / "shards" / "shards.json"
    while process.poll() is None:
        if not tokenized and manifest.exists() and json.loads(manifest.read_text(encoding="utf-8"))["complete"]:
            tokenized = time.perf_counter() - began
        if not told and log.exists() and log.read_bytes().count(b"\n") >= steps / LOGGED:
            process.send_signal(signal.SIGINT)  # once: a second one would cut off saving the state
            told = True
        memory = resident(process.pid)
        if memory is not None:
            peaks[tokenized > 0] = max(peaks[tokenized > 0], memory)
        time.sleep(INTERVAL)
    if process.returncode != 130:
        sys.exit(f"{' '.join(command)} failed")
    return peaks[0], peaks[1], tokenized


def measure(folder: Path, teacher: Path, megabytes: float, steps: int, data: Path, copied_from: Path | None) -> Run:
    text, output = folder / f"{megabytes:g}.txt", folder / f"student-{megabytes:g}"
    blocks = write_text(text, megabytes, data)
    if copied_from is not None:
        copy_shards(copied_from, text, output / "shards", blocks - TOKENIZED)
    tokenizing, training, seconds = distill(teacher, text, output, steps)
    shards = output / "shards"
    rows = sum(shard["rows"] for shard in json.loads((shards / "shards.json").read_text(encoding="utf-8"))["shards"])
    size = sum(file.stat().st_size for file in shards.iterdir()) / 1e6
    return Run(text.stat().st_size / 1e6, rows, size, tokenizing, training, seconds)


def section(runs: list[Run], steps: int, copied: bool) -> str:
    header = [
        "MB of text",
        "lines",
        "MB of tokens on disk",
        "most MB, tokenizing",
        "most MB, training",
        "seconds",
    ]
    rows = [
        [f"{run.text:.0f}", f"{run.lines:,}", *(f"{value:.0f}" for value in (run.tokens, *run[3:]))] for run in runs
    ]
    first, last = (max(run.tokenizing, run.training) for run in (runs[0], runs[-1]))
    from tinybert.distillation.texts import LINES

    a_line = (last - first) * 1e6 / (runs[-1].lines - runs[0].lines)
    return f"""\
## Memory of a general distillation

`tinybert distill general` from plain text, one line a row, batches of 32: the resident memory of the process, sampled
each {INTERVAL} seconds while it tokenizes and in the first {steps} steps of the training. Two layers of width 32 teach
one, so that nearly all of it is for the text and for MindSpore. *Seconds*: of the tokenizing. The
text is one block of {LINES:,} sentences again and again.{COPIED if copied else ""}

{table(header, rows)}

- Under {TARGET:.0f} MB, the target: {"reached" if last < TARGET else "**missed**"} ({last:.0f} MB).
- Flat, the most text against the least: {"reached" if last / first < FLAT else "**missed**"} ({last / first:.2f}); a
  line takes {a_line:.0f} bytes of memory.

{circumstances({"mindspore": metadata.version("mindspore")})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[50, 1000], help="sizes of the text (50 1000)")
    parser.add_argument("--steps", type=int, default=200, help="steps of each training (200)")
    parser.add_argument("--copy", action="store_true", help="copy shards instead of tokenizing the same lines again")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--quick", action="store_true", help="5 and 20 MB; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        save_teacher(Path(folder) / "teacher")
        runs: list[Run] = []
        sizes = [5, 20] if args.quick else args.megabytes
        for size in sizes:
            first = Path(folder) / f"student-{sizes[0]:g}" / "shards" if runs and args.copy else None
            runs.append(measure(Path(folder), Path(folder) / "teacher", size, args.steps, args.data, first))
    text = section(runs, args.steps, args.copy)
    print(text)
    if not args.quick:
        write_section(args.output, "distill-memory", text)


if __name__ == "__main__":
    main()
