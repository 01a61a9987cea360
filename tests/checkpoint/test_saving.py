"""Saved networks are read back by this package and by MindSpore's own client; saving is atomic."""

from __future__ import annotations

import dataclasses

import mindspore as ms
import numpy as np
import pytest

from tinybert import TinyBertForSequenceClassification, TinyBertForTokenClassification, TinyBertModel
from tinybert.checkpoint import parse_checkpoint, read_checkpoint, save_checkpoint
from tinybert.checkpoint.ckpt import render_ckpt
from tinybert.checkpoint.parsing import from_tensors
from tinybert.checkpoint.saving import renamed
from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.weights import bind, checkpoint_of

HEADS = {"num_attention_heads": 4, "head_act": "relu"}
WAYS = [("v1.0", "ckpt"), ("later", "ckpt"), ("v1.0", "safetensors"), ("later", "safetensors")]


def arrays(network):
    return {name: parameter.asnumpy().copy() for name, parameter in network.parameters_and_names()}


def check_same_bits(network, values):
    for name, parameter in network.parameters_and_names():
        assert parameter.asnumpy().tobytes() == values[name].tobytes(), name


@pytest.fixture(scope="module")
def encoder(make_encoder):
    return make_encoder(seed=1)


@pytest.fixture
def fresh(tiny_config):
    return TinyBertModel(tiny_config)


@pytest.mark.parametrize(("layout", "ending"), WAYS)
def test_an_encoder_comes_back_bit_for_bit(tmp_path, encoder, fresh, tiny_config, layout, ending):
    path = save_checkpoint(checkpoint_of(encoder), tmp_path / f"encoder.{ending}", layout=layout)
    checkpoint = read_checkpoint(path, **HEADS)
    assert checkpoint.layout == layout
    assert checkpoint.config.replace(hidden_dropout_prob=0, attention_probs_dropout_prob=0) == tiny_config
    assert checkpoint.num_labels is None
    assert checkpoint.left_aside == {}
    bind(fresh, checkpoint)
    check_same_bits(fresh, arrays(encoder))


@pytest.mark.parametrize(("layout", "ending"), WAYS)
@pytest.mark.parametrize("kind", [TinyBertForSequenceClassification, TinyBertForTokenClassification])
def test_a_task_network_comes_back_with_its_head(tmp_path, make_encoder, fresh, fill, layout, ending, kind):
    network = fill(kind(make_encoder(), 5))
    checkpoint = read_checkpoint(
        save_checkpoint(checkpoint_of(network), tmp_path / f"task.{ending}", layout=layout), **HEADS
    )
    assert checkpoint.num_labels == 5
    other = kind(fresh, 5)
    bind(other, checkpoint)
    check_same_bits(other, arrays(network))


def test_the_names_in_a_later_task_file_are_the_published_ones(tmp_path, make_encoder, golden):
    network = TinyBertForSequenceClassification(make_encoder(), 3)
    file = ms.load_checkpoint(str(save_checkpoint(checkpoint_of(network), tmp_path / "task.ckpt", layout="later")))
    assert set(file) == set(golden("classifier_small")["param"])


@pytest.mark.parametrize("name", ["encoder_small", "classifier_small", "tagger_small"])
def test_the_published_later_names_are_read(golden, name):
    tensors = golden(name)["param"]
    checkpoint = from_tensors(tensors, name, {})
    assert checkpoint.layout == "later"
    assert set(checkpoint.names.values()) == set(tensors)
    assert checkpoint.config.num_attention_heads == 12
    for own, theirs in checkpoint.names.items():
        np.testing.assert_array_equal(checkpoint.tensors[own], tensors[theirs])


@pytest.mark.parametrize("ending", ["ckpt", "safetensors"])
def test_the_official_client_loads_all_of_a_v10_file(tmp_path, encoder, fresh, ending):
    path = save_checkpoint(checkpoint_of(encoder), tmp_path / f"encoder.{ending}")
    parameters = ms.load_checkpoint(str(path), format=ending)
    assert set(parameters) == set(arrays(encoder))
    assert ms.load_param_into_net(fresh, parameters) == ([], [])
    check_same_bits(fresh, arrays(encoder))


def test_a_network_inside_somebodys_cell_is_saved_under_its_own_names(tmp_path, make_encoder):
    encoder = make_encoder()
    cell = ms.nn.CellList([encoder])  # the cell adds its prefix to the parameters
    assert cell.trainable_params()[0].name.startswith("0.")
    assert set(
        read_checkpoint(save_checkpoint(checkpoint_of(encoder), tmp_path / "e.ckpt"), **HEADS).names.values()
    ) == set(arrays(encoder))


def test_what_mindspore_saved_of_a_training_is_read(tmp_path, make_encoder, fresh):
    network = make_encoder(seed=3)
    optimizer = ms.nn.Adam(network.trainable_params(), learning_rate=0.01)
    step = ms.nn.TrainOneStepCell(network, optimizer)
    ms.save_checkpoint(step, str(tmp_path / "training.ckpt"), append_dict={"epoch_num": 3, "loss_scale": 1.5})
    checkpoint = read_checkpoint(tmp_path / "training.ckpt", **HEADS)
    report = bind(fresh, checkpoint)
    check_same_bits(fresh, arrays(network))
    assert len(report.bound) == 39
    assert report.left_aside["epoch_num"] == "training state"
    assert list(report.left_aside.values()).count("optimizer state") == 78


def test_an_existing_file_is_replaced(tmp_path, make_encoder, fresh):
    path = save_checkpoint(checkpoint_of(make_encoder(seed=1)), tmp_path / "encoder.ckpt")
    other = make_encoder(seed=2)
    assert save_checkpoint(checkpoint_of(other), path) == path
    bind(fresh, read_checkpoint(path, **HEADS))
    check_same_bits(fresh, arrays(other))
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode  # MindSpore's own are read-only


@pytest.mark.parametrize("failing", ["tinybert.checkpoint.saving.write_tensors", "os.replace"])
@pytest.mark.parametrize("existing", [None, b"what was there"])
def test_an_interrupted_save_leaves_nothing_half(tmp_path, monkeypatch, encoder, failing, existing):
    path = tmp_path / "encoder.ckpt"
    if existing:
        path.write_bytes(existing)

    def interrupted(tensors, file):
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(failing, interrupted if "write" in failing else lambda *paths: 1 / 0)
    with pytest.raises((KeyboardInterrupt, ZeroDivisionError)):
        save_checkpoint(checkpoint_of(encoder), path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({path.name: existing} if existing else {})


def test_folders_are_made(tmp_path, encoder):
    assert save_checkpoint(checkpoint_of(encoder), tmp_path / "new" / "folder" / "encoder.ckpt").is_file()


def test_other_endings_layouts_and_networks_are_refused(tmp_path, encoder, make_checkpoint):
    with pytest.raises(CheckpointError, match=r"the file's name must end in .ckpt or .safetensors"):
        save_checkpoint(checkpoint_of(encoder), tmp_path / "encoder.bin")
    with pytest.raises(CheckpointError, match=r"layout is 'huggingface': .* see save_huggingface"):
        save_checkpoint(checkpoint_of(encoder), tmp_path / "encoder.ckpt", layout="huggingface")
    foreign = make_checkpoint()
    foreign.tensors["weight"] = np.ones((2, 2), np.float32)
    with pytest.raises(CheckpointError, match="the test's is not a complete model:\n  not in a network: weight"):
        save_checkpoint(foreign, tmp_path / "dense.ckpt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("layout", ["v1.0", "later"])
@pytest.mark.parametrize("ending", ["ckpt", "safetensors"])
def test_what_is_not_a_whole_model_is_refused(tmp_path, make_checkpoint, layout, ending):
    checkpoint = make_checkpoint(task=Task("token-classification"), num_labels=3)
    del checkpoint.tensors["tinybert_encoder.layers.1.intermediate.bias"]
    checkpoint.tensors["dense_1.bias"] = np.ones(2, np.float32)
    path = tmp_path / f"model.{ending}"
    path.write_bytes(b"what was there")
    with pytest.raises(CheckpointError) as error:
        save_checkpoint(checkpoint, path, layout=layout)
    assert str(error.value).splitlines() == [
        "the test's is not a complete model:",
        "  missing: tinybert_encoder.layers.1.intermediate.bias (32,)",
        "  dense_1.bias: (2,) in the file, (3,) in a network of its size",
    ]
    assert path.read_bytes() == b"what was there"


def test_weights_are_written_as_float32(tmp_path, make_checkpoint):
    checkpoint = make_checkpoint()
    halves = dataclasses.replace(checkpoint, tensors={n: a.astype(np.float16) for n, a in checkpoint.tensors.items()})
    back = read_checkpoint(save_checkpoint(halves, tmp_path / "halves.ckpt"), **HEADS)
    for name, array in back.tensors.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, halves.tensors[name])


def test_bytes_are_parsed_like_the_file(tmp_path, encoder):
    path = save_checkpoint(checkpoint_of(encoder), tmp_path / "encoder.ckpt")
    from_bytes = parse_checkpoint(path.read_bytes(), "ckpt", "the bytes", **HEADS)
    assert from_bytes.source == "the bytes"
    assert from_bytes.names == read_checkpoint(path, **HEADS).names


def test_a_file_cut_between_two_parameters_is_found_when_it_is_used(tmp_path, encoder, fresh):
    whole = checkpoint_of(encoder)
    parameters = list(render_ckpt(renamed(whole, "v1.0")))
    assert b"".join(parameters) == save_checkpoint(whole, tmp_path / "encoder.ckpt").read_bytes()
    for count in (1, 2, 5):
        checkpoint = parse_checkpoint(b"".join(parameters[:-count]), "ckpt", "the cut file", **HEADS)
        with pytest.raises(CheckpointError, match="the cut file does not fit the network"):
            bind(fresh, checkpoint)
        with pytest.raises(CheckpointError, match="the cut file is not a complete model"):
            save_checkpoint(checkpoint, tmp_path / "again.ckpt")
