"""The state of a training on disk is whole, or the one before; whoever may read the model may read it."""

import mindspore as ms
import numpy as np
import pytest

from tinybert.training.state import STATE, Progress, load_state, save_state


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
