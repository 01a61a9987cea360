"""Random rows of tokenized text: our shards against a MindRecord file. See README.md."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
from report import RESULTS, circumstances, table, write_section

ROWS, BATCH, READS, BLOCK = 2_000_000, 64, 20, 1 << 16
VOCABULARY, SHORTEST, LONGEST = 30_000, 5, 60


def rows_of(random: np.random.Generator, count: int) -> list[np.ndarray]:
    """Return rows of token ids, as long as sentences are."""
    return [random.integers(0, VOCABULARY, random.integers(SHORTEST, LONGEST)) for _ in range(count)]


def write_shards(folder: Path, count: int) -> Callable[[np.ndarray], int]:
    """Write shards, and return the function that reads some rows and returns how many there are."""
    from tinybert.distillation.manifest import Manifest
    from tinybert.distillation.packing import TokenRows
    from tinybert.distillation.shards import open_shards, write_shard

    folder.mkdir()
    random = np.random.default_rng(0)
    manifest: Manifest = {"made_with": {}, "text": [], "shards": [], "complete": True}
    for begin in range(0, count, BLOCK):
        rows = rows_of(random, min(BLOCK, count - begin))
        offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.uint32)
        tokens = TokenRows(np.concatenate(rows).astype(np.uint16), offsets, {})
        manifest["shards"].append(write_shard(folder / f"{begin}.safetensors", tokens))
    shards = open_shards(folder, manifest)
    return lambda numbers: len(shards.read(numbers))


def write_mindrecord(folder: Path, count: int) -> Callable[[np.ndarray], int]:
    """Write a MindRecord file; as `write_shards`."""
    import mindspore.dataset as de
    from mindspore.mindrecord import FileWriter

    folder.mkdir()
    path = str(folder / "rows.mindrecord")
    random = np.random.default_rng(0)
    writer = FileWriter(path)
    writer.add_schema({"input_ids": {"type": "int32", "shape": [-1]}})
    for begin in range(0, count, 2000):
        rows = rows_of(random, min(2000, count - begin))
        writer.write_raw_data([{"input_ids": row.astype(np.int32)} for row in rows])
    writer.commit()

    def read(numbers: np.ndarray) -> int:
        data = de.MindDataset([path], columns_list=["input_ids"], sampler=de.SubsetSampler(numbers.tolist()))
        return sum(1 for _ in data.create_dict_iterator(num_epochs=1, output_numpy=True))

    return read


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096


def measure(write: Callable[[Path, int], Callable[[np.ndarray], int]], folder: Path, count: int) -> list[str]:
    """Return milliseconds for a batch, bytes of memory a row and bytes on disk a row."""
    read = write(folder, count)
    numbers = np.random.default_rng(1).permutation(count)
    before = resident()
    times = []
    for batch in np.split(numbers[: READS * BATCH], READS):
        began = time.perf_counter()
        assert read(batch) == BATCH
        times.append(time.perf_counter() - began)
    memory = max(0, resident() - before)
    disk = sum(path.stat().st_size for path in folder.iterdir())
    return [f"{1000 * statistics.median(times):.1f}", f"{memory / count:.0f}", f"{disk / count:.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"how many ({ROWS:,})")
    parser.add_argument("--quick", action="store_true", help="50,000 rows; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    count = 50_000 if args.quick else args.rows
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            [name, *measure(write, Path(folder) / name, count)]
            for name, write in (("shards", write_shards), ("mindrecord", write_mindrecord))
        ]
    text = f"""\
## Random rows of tokenized text

Batches of {BATCH} random rows out of {count:,}, of {SHORTEST} to {LONGEST - 1} random tokens each: the median of
{READS} reads, what the process's memory grows by meanwhile, and the files, per row.

{table(["", "ms a batch", "bytes of memory a row", "bytes on disk a row"], rows)}

{circumstances({"mindspore": metadata.version("mindspore")})}
"""
    print(text)
    if not args.quick:
        write_section(args.output, "shard-reading", text)


if __name__ == "__main__":
    main()
