"""The module's entry point `hub_conf.py`, executed from its path as hub clients do it."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest
from mindspore.nn.utils import no_init_parameters

from tinybert.checkpoint import save_checkpoint
from tinybert.hub import publish
from tinybert.weights import checkpoint_of

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "intermediate_size": 32}


def execute(folder, name="hub_conf"):
    """Load the module in a folder without registering it under a name."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    return conf


@pytest.fixture
def entry(make_encoder):
    """The paths of a small encoder's entry in the cache."""
    return publish(checkpoint_of(make_encoder()), "somebody/1.0/mine").paths


@pytest.fixture(scope="module")
def create_network():
    """That of the repository."""
    return execute(REPOSITORY).create_network


def test_the_signature_is_the_published_form_and_more(create_network):
    parameters = inspect.signature(create_network).parameters
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    assert list(defaults.items())[:6] == [
        ("name", "tinybert"),
        ("is_training", False),
        ("pretrained", True),
        ("checkpoint", None),
        ("seq_length", 128),
        ("compute_type", None),
    ]
    assert parameters["pretrained"].kind is inspect.Parameter.KEYWORD_ONLY


def test_without_weights_it_is_the_published_network(create_network):
    with no_init_parameters():  # drawing 19 million numbers takes a second
        network = create_network(pretrained=False)
    assert type(network).__name__ == "TinyBertModel"
    assert sum(parameter.size for parameter in network.get_parameters()) == 19_164_288
    assert network.config.layer_norm_eps == 1e-7


@pytest.mark.parametrize(("arguments", "training"), [((True,), True), ((False,), False), (("tinybert", True), True)])
def test_a_first_argument_that_is_a_bool_is_is_training(create_network, arguments, training):
    assert create_network(*arguments, pretrained=False, **SIZES).training is training


def test_an_unknown_name_is_told_the_known_ones(create_network):
    with pytest.raises(LookupError, match=r"no network is called 'bert'; known are tinybert, .*enwiki128_sst2"):
        create_network("bert")


def test_an_unknown_keyword_is_told_the_known_ones(create_network):
    with pytest.raises(ValueError, match="unknown keyword 'batch_size'; known are is_training, pretrained"):
        create_network(batch_size=8)


def test_the_declared_weights_are_bound(entry, make_encoder):
    network = execute(entry.code).create_network(is_training=False)
    for ours, theirs in zip(network.get_parameters(), make_encoder().get_parameters(), strict=True):
        assert ours.name == theirs.name
        np.testing.assert_array_equal(ours.asnumpy(), theirs.asnumpy())


def test_a_file_of_another_hash_is_never_loaded(entry):
    create_network = execute(entry.code).create_network
    create_network()
    damaged = bytearray(entry.asset.read_bytes())
    damaged[-1] ^= 1
    entry.asset.write_bytes(damaged)
    with pytest.raises(ValueError, match="is not the file that its card declares") as caught:
        create_network()
    assert type(caught.value).__name__ == "IntegrityError"
    assert caught.value.expected in str(caught.value)
    assert caught.value.actual in str(caught.value)
    assert entry.asset.exists(), "it cannot be had again from anywhere"


def test_no_call_changes_what_a_later_call_sees(entry, make_encoder, tmp_path):
    create_network = execute(entry.code).create_network
    published = create_network().config
    other = save_checkpoint(checkpoint_of(make_encoder(seed=2)), tmp_path / "other.ckpt")
    for arguments in (
        {"checkpoint": str(other)},
        {"pretrained": False, "vocab_size": 60, "hidden_dropout_prob": 0.5},
        {"is_training": True, "seq_length": 8, "compute_type": "float16", "return_all_encoders": False},
    ):
        create_network(**arguments)
        network = create_network()
        assert network.config == published
        assert (network.training, network.return_all_encoders) == (False, True)
        np.testing.assert_array_equal(network.dense.weight.asnumpy(), make_encoder().dense.weight.asnumpy())
    network = create_network(checkpoint=str(other))
    np.testing.assert_array_equal(network.dense.weight.asnumpy(), make_encoder(seed=2).dense.weight.asnumpy())


def test_the_package_beside_it_is_taken_not_the_installed_one(create_network):
    path = list(sys.path)
    kind = type(create_network(pretrained=False, **SIZES))
    private = kind.__module__.partition(".")[0]
    assert private.startswith("tinybert_")
    assert Path(inspect.getfile(kind)) == REPOSITORY / "src" / "tinybert" / "modeling" / "model.py"
    assert type(execute(REPOSITORY).create_network(pretrained=False, **SIZES)) is kind, "imported once"
    assert sys.path == path


def test_the_client_s_file_never_binds_weights(entry, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    entry.asset.unlink()
    conf = execute(entry.code, "mindspore_hub_conf")
    for arguments in ((), (True,), (False,)):
        network = conf.create_network("mine", *arguments, pretrained=True)
        assert network.training is (arguments == (True,))
        assert abs(network.dense.weight.asnumpy()).max() < 0.1, "fresh weights, drawn with 0.02"
