"""Parameter names in every published layout, written out by hand, and names that are not part of the network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinybert.checkpoint.layouts import LAYOUTS, WRAPPERS, kind_of_head, layout_of, name_in, own_name, reason_aside
from tinybert.errors import CheckpointError
from tinybert.task import ENCODER, KINDS, MASKED_LANGUAGE_MODELING, QUESTION_ANSWERING

# v1.0, which are the network's own names; v1.2 and later; Hugging Face.
OF_AN_ENCODER = """
tinybert_embedding_lookup.embedding_table
    tinybert_embedding_lookup.embedding_table
    embeddings.word_embeddings.weight
tinybert_embedding_postprocessor.embedding_table
    tinybert_embedding_postprocessor.token_type_embedding.embedding_table
    embeddings.token_type_embeddings.weight
tinybert_embedding_postprocessor.full_position_embeddings
    tinybert_embedding_postprocessor.full_position_embedding.embedding_table
    embeddings.position_embeddings.weight
tinybert_embedding_postprocessor.layernorm.gamma
    tinybert_embedding_postprocessor.layernorm.gamma
    embeddings.LayerNorm.weight
tinybert_embedding_postprocessor.layernorm.beta
    tinybert_embedding_postprocessor.layernorm.beta
    embeddings.LayerNorm.bias
dense.weight
    dense.weight
    pooler.dense.weight
dense.bias
    dense.bias
    pooler.dense.bias
"""
# The same in v1.0 and later, below `tinybert_encoder.layers.{i}.`; Hugging Face's, below `encoder.layer.{i}.`.
OF_A_LAYER = """
attention.attention.query_layer.weight    attention.self.query.weight
attention.attention.query_layer.bias      attention.self.query.bias
attention.attention.key_layer.weight      attention.self.key.weight
attention.attention.key_layer.bias        attention.self.key.bias
attention.attention.value_layer.weight    attention.self.value.weight
attention.attention.value_layer.bias      attention.self.value.bias
attention.output.dense.weight             attention.output.dense.weight
attention.output.dense.bias               attention.output.dense.bias
attention.output.layernorm.gamma          attention.output.LayerNorm.weight
attention.output.layernorm.beta           attention.output.LayerNorm.bias
intermediate.weight                       intermediate.dense.weight
intermediate.bias                         intermediate.dense.bias
output.dense.weight                       output.dense.weight
output.dense.bias                         output.dense.bias
output.layernorm.gamma                    output.LayerNorm.weight
output.layernorm.beta                     output.LayerNorm.bias
"""
HEAD = {"dense_1.weight": "qa_outputs.weight", "dense_1.bias": "qa_outputs.bias"}
HEADS = [kind for kind in KINDS.values() if kind.head == "dense_1"]


def layer_row(line, i):
    ours, theirs = line.split()
    own = f"tinybert_encoder.layers.{i}.{ours}"
    return own, own, f"encoder.layer.{i}.{theirs}"


entries = OF_AN_ENCODER.split()
ROWS = [tuple(entries[i : i + 3]) for i in range(0, len(entries), 3)]
ROWS += [layer_row(line, i) for line in OF_A_LAYER.strip().splitlines() for i in (0, 7, 11)]
ENCODER_NAMES = [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_parameter_of_an_encoder_in_each_layout(row):
    own = row[0]
    for layout, name in zip(LAYOUTS, row, strict=True):
        assert name_in(layout, own, ENCODER) == name
        # A name that exists in two layouts counts for the older one.
        assert own_name(name) == (own, LAYOUTS[row.index(name)])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_parameter_of_an_encoder_in_a_task_network(row):
    own, later, huggingface = row
    task_name = "bert." + later.replace("tinybert_", "bert_", 1) if later.startswith("tinybert_") else f"bert.{later}"
    assert own_name(task_name)[0] == own
    for kind in HEADS:
        assert name_in("later", own, kind) == task_name
        assert name_in("v1.0", own, kind) == f"bert.{own}"
        assert name_in("huggingface", own, kind) == f"bert.{huggingface}"


@pytest.mark.parametrize(("own", "theirs"), HEAD.items())
def test_a_head_has_no_prefix(own, theirs):
    classifier = theirs.replace("qa_outputs", "classifier")
    for kind in HEADS:
        name = theirs if kind is QUESTION_ANSWERING else classifier
        assert [name_in(layout, own, kind) for layout in LAYOUTS] == [own, own, name]
    assert own_name(own) == (own, "v1.0")
    assert own_name(classifier) == (own, "huggingface")
    assert own_name(theirs) == (own, "huggingface")


# Written out from the model zoo's `GetMaskedLMOutput` and from `BertForMaskedLM` of transformers.
OF_A_MASK_HEAD = """
cls1.output_bias        cls.predictions.bias
cls1.dense.weight       cls.predictions.transform.dense.weight
cls1.dense.bias         cls.predictions.transform.dense.bias
cls1.layernorm.gamma    cls.predictions.transform.LayerNorm.weight
cls1.layernorm.beta     cls.predictions.transform.LayerNorm.bias
"""


@pytest.mark.parametrize("line", OF_A_MASK_HEAD.strip().splitlines())
def test_the_head_of_a_masked_language_model_in_each_layout(line):
    own, theirs = line.split()
    assert [name_in(layout, own, MASKED_LANGUAGE_MODELING) for layout in LAYOUTS] == [own, own, theirs]
    for wrapper in ("", "bert.", "network.bert."):
        assert own_name(wrapper + own) == (own, "v1.0")
        assert own_name(wrapper + theirs) == (own, "huggingface")
    old = theirs.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    assert own_name(old) == (own, "huggingface")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("qa_outputs.weight", QUESTION_ANSWERING),
        ("module.bert.qa_outputs.bias", QUESTION_ANSWERING),
        ("classifier.weight", None),
        ("dense_1.weight", None),
        ("qa_outputs_2.weight", None),
        ("cls1.output_bias", MASKED_LANGUAGE_MODELING),
        ("bert.cls.predictions.bias", MASKED_LANGUAGE_MODELING),
        ("dense.weight", None),
    ],
)
def test_what_a_heads_name_says_of_its_task(name, kind):
    assert kind_of_head(name) is kind


@pytest.mark.parametrize(("old", "own"), [("gamma", "gamma"), ("beta", "beta")])
def test_old_hugging_face_checkpoints_name_layer_norm_as_tensorflow_does(old, own):
    found = own_name(f"bert.encoder.layer.3.output.LayerNorm.{old}")
    assert found == (f"tinybert_encoder.layers.3.output.layernorm.{own}", "huggingface")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("adam_m.tinybert_embedding_lookup.embedding_table", "optimizer state"),
        ("adam_v.bert.dense.weight", "optimizer state"),
        ("moments.dense.weight", "optimizer state"),
        ("moment1.dense.weight", "optimizer state"),
        ("network.adam_m.dense.weight", "optimizer state"),
        ("global_step", "training state"),
        ("learning_rate", "training state"),
        ("beta1_power", "training state"),
        ("epoch_num", "training state"),
        ("bert.embeddings.position_ids", "the numbers 0 to T-1"),
        ("cls.predictions.decoder.weight", "the head of pre-training"),
        ("cls.seq_relationship.bias", "the head of pre-training for the next sentence, which no task uses"),
        ("bert.cls2.dense.weight", "the head of pre-training for the next sentence, which no task uses"),
    ],
)
def test_what_is_no_part_of_the_network_is_left_aside_with_a_reason(name, reason):
    assert reason_aside(name) == reason


def test_no_parameter_of_the_network_is_left_aside():
    for row in ROWS:
        assert [reason_aside(name) for name in (*row, f"bert.{row[0]}")] == [None] * 4
    assert [reason_aside(name) for name in HEAD] == [None, None]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "dense",
        "dense.weight2",
        "xdense.weight",
        "bert",
        "bert.",
        "dense_2.weight",
        "tinybert_encoder.layers.x.intermediate.weight",
        "tinybert_encoder.layers.01.intermediate.weight",
        "tinybert_encoder.layers.-1.intermediate.weight",
        "tinybert_encoder.layers.\u0661.intermediate.weight",
        f"tinybert_encoder.layers.{'9' * 5000}.intermediate.weight",
        "tinybert_encoderXlayers.0.intermediate.weight",
        "encoder.layer.0.output.LayerNorm.delta",
        "dense.weight\n",
    ],
)
def test_other_names_are_not_known(name):
    assert own_name(name) is None
    assert reason_aside(name) is None


@given(
    own=st.sampled_from([*ENCODER_NAMES, *HEAD]),
    layer=st.integers(0, 999),
    wrappers=st.lists(st.sampled_from(WRAPPERS), max_size=4),
    layout=st.sampled_from(LAYOUTS),
    kind=st.sampled_from(HEADS),
)
def test_what_name_in_writes_own_name_reads_whatever_wraps_it(own, layer, wrappers, layout, kind):
    own = own.replace("layers.0.", f"layers.{layer}.")
    found, _ = own_name("".join(wrappers) + name_in(layout, own, kind))
    assert found == own


@given(st.text() | st.text("bertlayers.0129_dense\n", max_size=60) | st.sampled_from(ENCODER_NAMES))
def test_no_text_raises(name):
    found = own_name(name)
    assert found is None or found[1] in LAYOUTS
    assert reason_aside(name) is None or isinstance(reason_aside(name), str)


def test_a_name_of_a_million_wrappers_is_read():
    assert own_name("bert." * 1_000_000 + "dense.bias") == ("dense.bias", "v1.0")
    assert own_name("bert." * 1_000_000 + "dense.other") is None


def test_a_files_layout_is_the_one_that_only_it_has():
    assert layout_of(["v1.0", "v1.0"]) == "v1.0"
    assert layout_of(["v1.0", "later"]) == "later"
    assert layout_of(["huggingface"]) == "huggingface"


def test_unknown_layouts_and_parameters_are_errors():
    with pytest.raises(ValueError, match=r"layout is 'v2': it must be one of v1.0, later, huggingface"):
        name_in("v2", "dense.bias", ENCODER)
    with pytest.raises(CheckpointError, match=r"classify.weight is not a parameter of this package's networks"):
        name_in("v1.0", "classify.weight", ENCODER)
