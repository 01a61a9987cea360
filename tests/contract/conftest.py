"""The clean environment and the asset host of tests/hub, and small published files with known outputs."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

HUB_TESTS = Path(__file__).resolve().parents[1] / "hub"
sys.path.append(str(HUB_TESTS))
_fixtures = runpy.run_path(str(HUB_TESTS / "conftest.py"))
authority, environment, server = (_fixtures[name] for name in ("authority", "environment", "server"))


@pytest.fixture
def golden_file(golden, tmp_path):
    """A function that writes a golden network as a checkpoint; it returns the file, its sizes, inputs and outputs."""

    def golden_file(name, layout="v1.0"):
        from tinybert.checkpoint import save_checkpoint
        from tinybert.checkpoint.parsing import from_tensors

        file = golden(name)
        checkpoint = from_tensors(file["param"], name, {})
        names = "vocab_size hidden_size num_hidden_layers intermediate_size max_position_embeddings seq_length"
        sizes = {field: getattr(checkpoint.config, field) for field in names.split()}
        data = file["data"]
        data["inputs"] = [data["input_ids"], data["input_mask"], data["token_type_ids"]]
        return save_checkpoint(checkpoint, tmp_path / f"{name}.ckpt", layout=layout), sizes, data

    return golden_file
