"""The saved state is complete, or the previous one; it has the same permissions as the model."""

import json

import mindspore as ms
import numpy as np
import pytest
from safetensors.numpy import save_file

from tinybert.errors import CheckpointError
from tinybert.training.state import STATE, Progress, load_state, save_state, saved_progress


def parameters(value):
    return {"weight": ms.Parameter(ms.Tensor(np.full(3, value, np.float32)), name="weight")}


def test_its_permissions_are_those_of_any_new_file(tmp_path):
    save_state(tmp_path, parameters(1), Progress(), {})
    (tmp_path / "other").touch()
    assert (tmp_path / STATE).stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_disk_that_fills_up_leaves_the_state_before(tmp_path, monkeypatch):
    save_state(tmp_path, parameters(1), Progress(step=1), {})

    def fill(_, path, **__):
        with open(path, "wb") as file:
            file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", fill)
    with pytest.raises(OSError, match="No space left"):
        save_state(tmp_path, parameters(2), Progress(step=2), {})
    assert [file.name for file in tmp_path.iterdir()] == [STATE]
    found = parameters(0)
    assert load_state(tmp_path, found, {}) == Progress(step=1)
    assert found["weight"].asnumpy().tolist() == [1, 1, 1]


PROGRESS, ARRAYS = json.dumps(vars(Progress(step=1))), {"weight": np.ones(3, np.float32)}


@pytest.mark.parametrize(
    ("arrays", "facts"),
    [
        (ARRAYS, None),
        (ARRAYS, {"progress": PROGRESS}),
        (ARRAYS, {"progress": "[" * 100_000, "identity": "{}"}),
        (ARRAYS, {"progress": '{"step": "1"}', "identity": "{}"}),
        (ARRAYS, {"progress": '{"best": [1]}', "identity": "{}"}),
        (ARRAYS, {"progress": PROGRESS, "identity": "[1]"}),
        ({}, {"progress": PROGRESS, "identity": "{}"}),
        ({"weight": np.ones(4, np.float32)}, {"progress": PROGRESS, "identity": "{}"}),
        ({"weight": np.ones(3, np.int32)}, {"progress": PROGRESS, "identity": "{}"}),
        ({**ARRAYS, "more": np.ones(1)}, {"progress": PROGRESS, "identity": "{}"}),
    ],
)
def test_a_state_that_was_changed_is_refused_before_anything_is(tmp_path, arrays, facts):
    save_file(arrays, str(tmp_path / STATE), metadata=facts)
    found = parameters(0)
    with pytest.raises(CheckpointError, match=f"{STATE}.*remove it to start anew"):
        load_state(tmp_path, found, {})
    assert found["weight"].asnumpy().tolist() == [0, 0, 0]
    assert saved_progress(tmp_path) in (None, Progress(step=1))
