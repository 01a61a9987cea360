"""Measure the memory of tokenizing one long line, in parts (as this package does) and at once. See README.md."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from report import RESULTS, circumstances, table, write_section

LETTERS = "etaoinshrdlucm"
SIDES = {"in parts": 1 << 16, "at once": 1 << 60}
"""Length in characters above which a text is split."""


def peak(megabytes: float, longest: int) -> tuple[float, float]:
    """Return the peak memory in MB of a separate process, before and after it tokenizes a line."""
    command = [sys.executable, __file__, "--worker", str(megabytes), str(longest)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    before, after = map(float, done.stdout.split())
    return before, after


def worker(megabytes: float, longest: int) -> None:
    import resource

    from tinybert.text import BertTokenizer, Vocabulary, long_texts

    def most() -> float:
        # KiB, except on macOS.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6

    long_texts.LONGEST = longest
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    tokenizer = BertTokenizer(Vocabulary((*special, *LETTERS, *(f"##{letter}" for letter in LETTERS))))
    dice = random.Random(1)
    words = ["".join(dice.choices(LETTERS, k=dice.randrange(1, 9))) for _ in range(1000)]
    line = ""
    while len(line) < 1e4:
        line += f"{dice.choice(words)} "
    line *= round(megabytes * 1e6 / len(line))
    tokenizer("a line before it", max_length=128)
    before = most()
    tokenizer(line, max_length=128)
    print(before, most())


def section(megabytes: float) -> str:
    rows = []
    for side, longest in SIDES.items():
        before, after = peak(megabytes, longest)
        rows.append([side, f"{before:.0f}", f"{after:.0f}", f"{(after - before) / megabytes:.0f}"])
    return f"""\
## Long lines

One line of {megabytes:g} MB, of words of which each letter is a token, the most that there can be, tokenized to 128
tokens.

{table(["given to the library", "most MB before", "most MB", "bytes a character"], rows)}

{circumstances({"tokenizers": metadata.version("tokenizers")})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=10, help="length of the line (10)")
    parser.add_argument("--quick", action="store_true", help="1 MB; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        worker(float(args.worker[0]), int(args.worker[1]))
        return
    text = section(1 if args.quick else args.megabytes)
    print(text)
    if not args.quick:
        write_section(args.output, "long lines", text)


if __name__ == "__main__":
    main()
