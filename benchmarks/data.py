"""Locations and readers of the data sets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("TINYBERT_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
"""The data sets: `data` in the folder named by TINYBERT_SHARED, or in `shared` next to the repository."""


def _file(data: Path, *parts: str) -> Path:
    path = data.joinpath(*parts)
    if not path.exists():
        sys.exit(
            f"{path} is not there. Give the folder of the data sets with --data, or the folder that has it as `data` "
            "in the variable TINYBERT_SHARED; benchmarks/README.md says which files are in it"
        )
    return path


def read_sst2(data: Path, part: str) -> list[Any]:
    """Read SST-2: phrases and sentences from film reviews, 0 negative, 1 positive."""
    from tinybert.data import read_texts

    return read_texts(_file(data, "sst2", f"{part}.tsv"))


def read_wnut17(data: Path, part: str) -> list[Any]:
    """Read WNUT-17: entities of six types in noisy text."""
    from tinybert.data import read_conll

    return read_conll(_file(data, "wnut17", f"{part}.conll"))


def read_stsb(data: Path, part: str) -> list[Any]:
    """Read STS-B: sentence pairs with a similarity of 0 to 5. Some rows have extra fields with the sources."""
    from tinybert.data import read_texts

    path = _file(data, "stsb", f"{part}.tsv")
    return read_texts(path, text=5, pair=6, label=4, regression=True, allow_extra_fields=True)


def read_qa_en(data: Path, part: str) -> list[Any]:
    """Read questions about English passages, some without an answer."""
    from tinybert.data import read_squad

    return read_squad(_file(data, "qa_en", f"{part}.json"))


def read_qa_passages(data: Path, part: str) -> list[Any]:
    """Read only the questions of the dev part's kind: Disfl-QA, about Wikipedia paragraphs. The others are QuAC's."""
    return [example for example in read_qa_en(data, part) if example.id.startswith("disflqa-")]


READERS = {
    "sst2": read_sst2,
    "wnut17": read_wnut17,
    "stsb": read_stsb,
    "stsb_pairs": read_stsb,
    "qa_en": read_qa_en,
    "qa_passages": read_qa_passages,
}
