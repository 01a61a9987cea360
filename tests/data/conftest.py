import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def write(tmp_path):
    """A function that writes text or bytes to a file and returns its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def shared():
    """The folder of real data sets: $TINYBERT_SHARED/data, or shared/data beside the repository."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("TINYBERT_SHARED", beside)) / "data"
    if not folder.is_dir():
        pytest.skip(f"there are no data sets in {folder}; TINYBERT_SHARED names the folder that has data/")
    return folder


@pytest.fixture
def columns():
    """Make columns of N rows with the published names; every value of `input_ids` occurs once."""

    def columns(rows, width=6, start=0):
        ids = np.arange(rows * width, dtype=np.int64).reshape(rows, width) + 1000 * start
        mask = (np.arange(width) <= np.arange(rows)[:, None] % width).astype(np.int32)
        return {
            "input_ids": ids,
            "input_mask": mask,
            "segment_ids": np.zeros_like(mask),
            "label_ids": np.arange(rows) + start,
        }

    return columns
