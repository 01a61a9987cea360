"""The same weights give the same results in PyTorch with `transformers`, for models read from it and written for it."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor

from tinybert import Task, TinyBertForQuestionAnswering, TinyBertModel
from tinybert.checkpoint import read_checkpoint, save_huggingface
from tinybert.checkpoint.layouts import name_in
from tinybert.task import ENCODER
from tinybert.weights import add_head, bind, build_network, checkpoint_of, restore

pytestmark = pytest.mark.parity

PROBLEMS = {
    "single-label": "single_label_classification",
    "multi-label": "multi_label_classification",
    "regression": "regression",
}
TOLERANCE = {"rtol": 0, "atol": 1e-4}
# All values have ordinary magnitude, so that a forgotten weight shows.
WEIGHTS = 0.3
SENTENCES = [
    "A cold front will bring rain to the coast by Thursday evening.",
    "The violinist tuned her instrument while the audience took their seats.",
    "Yes.",
    "Who repaired the antenna? Engineers did, during a spacewalk of six hours, while the station crossed the Pacific.",
]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def transformers(torch):
    return pytest.importorskip("transformers")


@pytest.fixture
def make_theirs(torch, transformers):
    """A function that makes a random model of `transformers`, two layers of width 24."""

    def make_theirs(name, **changes):
        config = transformers.BertConfig(
            vocab_size=50,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=32,
            max_position_embeddings=16,
            attn_implementation="eager",
            **changes,
        )
        torch.manual_seed(1)
        model = getattr(transformers, name)(config).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(WEIGHTS * torch.randn_like(parameter))
        return model

    return make_theirs


@pytest.fixture
def theirs_computes(torch):
    """A function that runs a model of `transformers` on our inputs."""

    def theirs_computes(model, inputs, **options):
        names = ("input_ids", "attention_mask", "token_type_ids")
        return model(**{name: torch.tensor(array).long() for name, array in zip(names, inputs, strict=True)}, **options)

    return theirs_computes


def load(folder, make=lambda encoder: encoder):
    checkpoint = read_checkpoint(folder)
    network = make(TinyBertModel(checkpoint.config))
    return network, bind(network, checkpoint)


def check_hidden_states(network, inputs, theirs):
    outputs = network(*inputs)
    real = inputs[1].astype(bool)
    assert len(outputs[3]) == len(theirs.hidden_states)
    for ours, expected in zip(outputs[3], theirs.hidden_states, strict=True):
        np.testing.assert_allclose(ours.asnumpy()[real], expected.detach().numpy()[real], **TOLERANCE)
    np.testing.assert_allclose(outputs[1].asnumpy(), theirs.pooler_output.detach().numpy(), **TOLERANCE)


@pytest.mark.parametrize("act", ["gelu", "gelu_python", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "relu"])
def test_their_model_computes_the_same_here(tmp_path, make_theirs, theirs_computes, make_inputs, mode, act):
    model = make_theirs("BertModel", hidden_act=act)
    model.save_pretrained(tmp_path)
    network, report = load(tmp_path)
    assert len(report.bound) == 39
    inputs = make_inputs(3, 16)
    check_hidden_states(network, inputs, theirs_computes(model, inputs, output_hidden_states=True))


@pytest.mark.parametrize("act", ["gelu", "gelu_erf", "relu"])
def test_our_model_computes_the_same_there(tmp_path, transformers, theirs_computes, make_encoder, make_inputs, act):
    network = make_encoder(hidden_act=act, layer_norm_eps=1e-5)
    model, loading = transformers.BertModel.from_pretrained(
        save_huggingface(checkpoint_of(network), tmp_path), attn_implementation="eager", output_loading_info=True
    )
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    assert not loading["mismatched_keys"]
    inputs = make_inputs(3, 16)
    check_hidden_states(network, inputs, theirs_computes(model.eval(), inputs, output_hidden_states=True))


def test_gradients_are_the_same(tmp_path, make_theirs, theirs_computes, make_inputs, mode):
    model = make_theirs("BertModel", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model.save_pretrained(tmp_path)
    network, _ = load(tmp_path)
    inputs = make_inputs(3, 16)
    outputs = theirs_computes(model, inputs)
    (outputs.pooler_output.sum() + (outputs.last_hidden_state[:, 1] ** 2).sum()).backward()
    expected = {name: parameter.grad.numpy() for name, parameter in model.named_parameters()}

    def loss(input_ids, input_mask, segment_ids):
        sequence_output, pooled_output = network(input_ids, input_mask, segment_ids)[:2]
        return pooled_output.sum() + (sequence_output[:, 1] ** 2).sum()

    parameters = network.trainable_params()
    gradients = ms.grad(loss, None, parameters)(*(Tensor(array) for array in inputs))
    assert len(gradients) == len(expected)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        name = name_in("huggingface", parameter.name, ENCODER)
        scale = max(1.0, np.abs(expected[name]).max())
        # transformers does not train the embedding of word 0, the padding.
        rows = slice(1, None) if "word_embeddings" in name else slice(None)
        found = gradient.asnumpy()[rows] / scale
        np.testing.assert_allclose(found, expected[name][rows] / scale, **TOLERANCE, err_msg=name)


def check_answers(network, model, inputs, theirs_computes):
    theirs = theirs_computes(model, inputs)
    real = inputs[1].astype(bool)
    for ours, expected in zip(network(*inputs), (theirs.start_logits, theirs.end_logits), strict=True):
        np.testing.assert_allclose(ours.asnumpy()[real], expected.detach().numpy()[real], **TOLERANCE)


def test_their_answers_to_questions_are_the_same_here(tmp_path, make_theirs, theirs_computes, make_inputs):
    model = make_theirs("BertForQuestionAnswering")
    model.save_pretrained(tmp_path)
    network = restore(read_checkpoint(tmp_path))
    assert network.task == Task("question-answering")
    assert not network.bert.has_pooler  # as theirs
    check_answers(network, model, make_inputs(3, 16), theirs_computes)


def test_our_answers_to_questions_are_the_same_there(
    tmp_path, transformers, theirs_computes, make_encoder, make_inputs, fill
):
    network = fill(TinyBertForQuestionAnswering(make_encoder(hidden_act="gelu_erf")))
    model, loading = transformers.BertForQuestionAnswering.from_pretrained(
        save_huggingface(checkpoint_of(network), tmp_path), attn_implementation="eager", output_loading_info=True
    )
    assert not loading["missing_keys"]
    assert {name for name in loading["unexpected_keys"] if "pooler" not in name} == set()
    check_answers(network, model.eval(), make_inputs(3, 16), theirs_computes)


CLASSIFIERS = [
    ("BertForSequenceClassification", Task("sequence-classification", ("no", "so", "yes"))),
    ("BertForSequenceClassification", Task("sequence-classification", ("no", "so", "yes"), "multi-label")),
    ("BertForSequenceClassification", Task("sequence-classification", (), "regression")),
    ("BertForTokenClassification", Task("token-classification", ("O", "B-PER", "I-PER"))),
]


def check_logits(network, model, inputs, theirs_computes):
    ours, theirs = network(*inputs).asnumpy(), theirs_computes(model, inputs).logits.detach().numpy()
    real = inputs[1].astype(bool) if ours.ndim == 3 else slice(None)
    np.testing.assert_allclose(ours[real], theirs[real], **TOLERANCE)


@pytest.mark.parametrize(("name", "task"), CLASSIFIERS)
def test_their_classifier_says_the_same_here(tmp_path, make_theirs, theirs_computes, make_inputs, name, task):
    problem = PROBLEMS.get(task.problem)
    model = make_theirs(name, id2label=dict(enumerate(task.labels or ["LABEL_0"])), problem_type=problem)
    model.save_pretrained(tmp_path)
    network = restore(read_checkpoint(tmp_path))
    assert network.task == task
    check_logits(network, model, make_inputs(3, 16), theirs_computes)


@pytest.mark.parametrize(("name", "task"), CLASSIFIERS)
def test_our_classifier_says_the_same_there(
    tmp_path, transformers, theirs_computes, make_encoder, make_inputs, fill, name, task
):
    encoder = make_encoder(hidden_act="gelu_erf", head_act="none")
    network = fill(add_head(encoder, task, len(task.labels) or 1)).set_train(False)
    model, loading = getattr(transformers, name).from_pretrained(
        save_huggingface(checkpoint_of(network), tmp_path), attn_implementation="eager", output_loading_info=True
    )
    assert not loading["missing_keys"]
    assert tuple(model.config.id2label.values()) == (task.labels or ("LABEL_0",))
    if task.problem is not None:
        assert model.config.problem_type == PROBLEMS[task.problem]
    check_logits(network, model.eval(), make_inputs(3, 16), theirs_computes)


@pytest.mark.parametrize("act", ["gelu", "gelu_new", "relu"])
@pytest.mark.parametrize("name", ["BertForMaskedLM", "BertForPreTraining"])
def test_their_masked_language_model_says_the_same_here(tmp_path, make_theirs, theirs_computes, make_inputs, name, act):
    model = make_theirs(name, hidden_act=act)
    model.save_pretrained(tmp_path)
    checkpoint = read_checkpoint(tmp_path)
    assert checkpoint.task == Task("masked-language-modeling")
    network, inputs = restore(checkpoint), make_inputs(3, 16)
    theirs = theirs_computes(model, inputs)
    expected = theirs.logits if name == "BertForMaskedLM" else theirs.prediction_logits
    real = inputs[1].astype(bool)
    found = network(*inputs).asnumpy()
    np.testing.assert_allclose(found[real], expected.detach().numpy()[real], **TOLERANCE)
    hidden = network.bert.encode(*map(Tensor, inputs), False)[0].asnumpy()
    np.testing.assert_allclose(network.predict(hidden[real]).asnumpy(), found[real], **TOLERANCE)


@pytest.mark.parametrize("pooler", [True, False])
def test_our_masked_language_model_says_the_same_there(
    tmp_path, transformers, theirs_computes, tiny_config, make_inputs, fill, pooler
):
    config = tiny_config.replace(hidden_act="gelu_erf")
    network = fill(build_network(config, Task("masked-language-modeling"), pooler=pooler))
    model, loading = transformers.BertForMaskedLM.from_pretrained(
        save_huggingface(checkpoint_of(network), tmp_path), attn_implementation="eager", output_loading_info=True
    )
    assert not loading["missing_keys"]
    inputs = make_inputs(3, 16)
    expected = theirs_computes(model.eval(), inputs).logits.detach().numpy()
    real = inputs[1].astype(bool)
    np.testing.assert_allclose(network(*inputs).asnumpy()[real], expected[real], **TOLERANCE)


def test_the_encoder_of_their_other_models_is_read(tmp_path, make_theirs, theirs_computes, make_inputs):
    model = make_theirs("BertForPreTraining")
    model.save_pretrained(tmp_path)
    network, report = load(tmp_path)
    assert "cls.predictions.bias" in report.left_aside
    inputs = make_inputs(3, 16)
    check_hidden_states(network, inputs, theirs_computes(model.bert, inputs, output_hidden_states=True))


def test_minilm_on_real_sentences(transformers, theirs_computes, minilm):
    encoding = transformers.AutoTokenizer.from_pretrained(minilm)(SENTENCES, padding=True, return_tensors="np")
    inputs = [encoding[name].astype(np.int32) for name in ("input_ids", "attention_mask", "token_type_ids")]
    model = transformers.BertModel.from_pretrained(minilm, attn_implementation="eager").eval()
    network, _ = load(minilm)
    check_hidden_states(network, inputs, theirs_computes(model, inputs, output_hidden_states=True))
