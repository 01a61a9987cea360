"""The text that the default model is distilled on: sentences without those of the data sets that it is measured on.

Example: python examples/default_model/text.py DATA_FOLDER text.txt.gz

Example: python examples/default_model/text.py DATA_FOLDER text.txt.gz --check
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_WORD = re.compile(r"\w+")


def key(sentence: str) -> str:
    """A sentence's words, by which it is the same one in another spelling of case, marks and blanks."""
    return " ".join(_WORD.findall(sentence.lower()))


def measured(data: Path) -> Iterator[str]:
    """Yield all sentences of the train and dev parts of SST-2 and STS-B, and of the dev part of WNUT-17."""
    for part in ("train", "dev"):
        for line in (data / "sst2" / f"{part}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            yield line.split("\t")[0]
        for line in (data / "stsb" / f"{part}.tsv").read_text(encoding="utf-8").splitlines():
            yield from line.split("\t")[5:7]
    words: list[str] = []
    for line in (data / "wnut17" / "dev.conll").read_text(encoding="utf-8").splitlines():
        if line.strip():
            words.append(line.split("\t")[0])
        elif words:
            yield " ".join(words)
            words = []


def main() -> None:
    """Write the text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with text/, sst2/, stsb/ and wnut17/")
    parser.add_argument("output", type=Path, help="the text, .txt.gz")
    parser.add_argument("--check", action="store_true", help="only count sentences of the data sets in a text")
    args = parser.parse_args()
    left_out = set(map(key, measured(args.data)))
    if args.check:
        with gzip.open(args.output, "rt", encoding="utf-8") as file:
            found = [line for line in file if key(line) in left_out]
        print(f"{len(found)} of the text's sentences are in a data set")
        sys.exit(bool(found))
    with gzip.open(args.data / "text" / "sentences.txt.gz", "rt", encoding="utf-8") as file:
        sentences = file.read().splitlines()
    kept = [sentence for sentence in sentences if key(sentence) not in left_out]
    content = ("\n".join(kept) + "\n").encode()
    args.output.write_bytes(gzip.compress(content, mtime=0))
    print(f"{len(sentences)} sentences, {len(sentences) - len(kept)} of them in a data set: {len(kept)} kept")
    print(f"sha256 of the text: {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
