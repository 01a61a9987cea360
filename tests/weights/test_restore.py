"""The network of a task, fresh or with the weights of a checkpoint; it has the right task."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tinybert import TinyBertModel
from tinybert.checkpoint import read_checkpoint, save_folder
from tinybert.checkpoint.shapes import expected_shapes
from tinybert.errors import BindingError, ConfigError
from tinybert.modeling.heads import NETWORKS
from tinybert.task import KINDS, Task
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.weights import add_head, build_network, restore
from tinybert.weights.binding import own_parameters

TASKS = [
    Task(),
    Task("sequence-classification", ("bad", "fine", "good")),
    Task("sequence-classification", ("early", "late"), "multi-label"),
    Task("sequence-classification", problem="regression"),
    Task("token-classification", ("O", "B-PER", "I-PER")),
    Task("question-answering"),
]


@pytest.mark.parametrize("pooler", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_parameters_of_each_kind_have_the_shapes_that_a_checkpoint_must_have(tiny_config, kind, pooler):
    network = build_network(tiny_config, Task(kind), num_labels=3, pooler=pooler)
    outputs = getattr(network, "num_labels", None)
    shapes = expected_shapes(tiny_config, KINDS[kind], outputs, pooler=pooler or KINDS[kind].uses_pooler)
    found = {name: tuple(parameter.shape) for name, parameter in own_parameters(network).items()}
    assert list(found.items()) == list(shapes.items())


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_a_network_is_built_for_its_task(tiny_config, task):
    network = build_network(tiny_config, task, is_training=True)
    assert type(network) is (NETWORKS[task.kind] or TinyBertModel)
    assert (network.task, network.config, network.training) == (task, tiny_config, True)
    assert getattr(network, "num_labels", None) == (task.num_outputs or (2 if task.facts.has_head else None))
    assert getattr(network, "labels", ()) == task.labels


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_a_checkpoint_becomes_its_network(make_checkpoint, task):
    checkpoint = make_checkpoint(seed=3, task=task)
    network = restore(checkpoint)
    assert type(network) is (NETWORKS[task.kind] or TinyBertModel)
    assert (network.task, network.config, network.training) == (task, checkpoint.config, False)
    for name, parameter in own_parameters(network).items():
        assert parameter.asnumpy().tobytes() == checkpoint.tensors[name].tobytes(), name
    assert restore(checkpoint, is_training=True).training


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_the_task_survives_a_folder(tmp_path, make_checkpoint, task):
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]")))
    folder = save_folder(make_checkpoint(task=task), tmp_path, tokenizer=tokenizer)
    assert restore(read_checkpoint(folder)).task == task


def test_without_all_encoders_only_two_outputs_and_the_table_are_computed(make_checkpoint):
    assert restore(make_checkpoint()).return_all_encoders
    assert not restore(make_checkpoint(), return_all_encoders=False).return_all_encoders
    assert not restore(make_checkpoint(task=Task("question-answering"))).bert.return_all_encoders


def test_a_pooler_that_the_file_lacks_is_left_out_where_it_is_not_used(make_checkpoint):
    task = Task("token-classification")
    assert restore(make_checkpoint(task=task)).bert.has_pooler
    assert not restore(make_checkpoint(task=task, pooler=False)).bert.has_pooler


@pytest.mark.parametrize(
    ("claimed", "outputs", "restored"),
    [
        (Task(), 3, Task("sequence-classification")),
        (Task(), 1, Task("sequence-classification", problem="regression")),
        (Task("question-answering"), 3, Task("sequence-classification")),
        (Task("sequence-classification", ("a", "b", "c")), None, Task()),
        (Task("sequence-classification", problem="regression"), 3, Task("sequence-classification", (), "regression")),
    ],
)
def test_what_a_file_holds_counts_for_more_than_what_it_is_called(make_checkpoint, claimed, outputs, restored):
    kind = "encoder" if outputs is None else "sequence-classification"
    network = restore(dataclasses.replace(make_checkpoint(task=Task(kind), num_labels=outputs), task=claimed))
    assert network.task == restored
    assert getattr(network, "num_labels", None) == outputs


def test_labels_that_are_not_those_of_the_outputs_are_an_error(make_checkpoint):
    checkpoint = make_checkpoint(task=Task("token-classification"), num_labels=3)
    with pytest.raises(ConfigError, match="labels are a, b: there must be as many as num_labels, 3"):
        restore(dataclasses.replace(checkpoint, task=Task("token-classification", ("a", "b"))))


def test_what_does_not_fit_is_not_restored(make_checkpoint):
    checkpoint = make_checkpoint()
    del checkpoint.tensors["tinybert_encoder.layers.1.output.dense.bias"]
    with pytest.raises(BindingError, match=r"missing in the file: tinybert_encoder.layers.1.output.dense.bias"):
        restore(checkpoint)


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_goes_on_top_of_the_encoder_itself(make_encoder, kind):
    encoder = make_encoder()
    network = add_head(encoder, Task(kind), 2)
    assert (network if kind == "encoder" else network.bert) is encoder
    assert network.task == Task(kind)


def test_a_head_is_fresh(make_encoder):
    task = Task("sequence-classification", ("a", "b", "c"))
    first, second = (add_head(make_encoder(), task).dense_1.weight.asnumpy() for _ in range(2))
    assert first.shape == second.shape == (3, 24)
    assert not np.array_equal(first, second)
