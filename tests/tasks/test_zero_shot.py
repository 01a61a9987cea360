"""A model for natural language inference classifies with any labels."""

import numpy as np
import pytest

from tinybert import ZeroShotClassifier
from tinybert.errors import InputError
from tinybert.hub.registry import published
from tinybert.task import Task
from tinybert.tasks import Classification, MultiLabel

KIND = "sequence-classification"
NLI = ("contradiction", "entailment", "neutral")
TEXTS = ["the cat sat", "a", "the king is in the old town"]
LABELS = ["cat", "king", "old town"]


@pytest.fixture(scope="module")
def model(make_model):
    return make_model(Task(KIND, NLI))


@pytest.fixture(scope="module")
def logits(model, tokenizer):
    """(texts, labels, outputs), each pair computed alone."""
    pairs = [[(text, f"This example is {label}.") for label in LABELS] for text in TEXTS]
    return np.array([[model.runtime.logits(tokenizer(*pair).inputs)[0] for pair in row] for row in pairs])


def test_logits_of_entailment_compete(model, logits):
    results = ZeroShotClassifier(model)(TEXTS, LABELS, batch_size=2)
    powers = np.exp(logits[..., 1])
    expected = powers / powers.sum(axis=1, keepdims=True)
    for result, row in zip(results, expected, strict=True):
        assert isinstance(result, Classification)
        assert list(result.probabilities) == LABELS
        np.testing.assert_allclose(list(result.probabilities.values()), row, atol=1e-5)
        assert (result.label, result.probability) == (LABELS[row.argmax()], max(result.probabilities.values()))


def test_of_several_labels_each_is_entailed_or_contradicted(model, logits):
    results = ZeroShotClassifier(model)(iter(TEXTS), LABELS, multi_label=True, threshold=0.4)
    expected = 1 / (1 + np.exp(logits[..., 0] - logits[..., 1]))
    for result, row in zip(results, expected, strict=True):
        assert isinstance(result, MultiLabel)
        np.testing.assert_allclose(list(result.probabilities.values()), row, atol=1e-5)
        assert result.labels == tuple(label for label, value in zip(LABELS, row, strict=True) if value > 0.4)


def test_the_template_is_the_callers(model, tokenizer):
    template = "the old {} is in town"
    found = ZeroShotClassifier(model)("the cat", ["king", "cat"], hypothesis_template=template)
    first, second = (
        model.runtime.logits(tokenizer("the cat", template.replace("{}", label)).inputs)[0, 1]
        for label in ("king", "cat")
    )
    assert found.probabilities["king"] == pytest.approx(1 / (1 + np.exp(second - first)), abs=1e-5)


@pytest.mark.parametrize(
    ("labels", "entails", "contradicts"),
    [
        (NLI, 1, 0),
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), 0, 2),
        (("entailment", "not_entailment"), 0, 1),
        (("not_entailment", "entailment"), 1, 0),
    ],
)
def test_outputs_are_found_by_their_names_in_any_order(pretend, labels, entails, contradicts):
    """The logit of entailment is the number of tokens, that of contradiction is 6, any other is 100."""

    def function(input_ids, input_mask, segment_ids):
        logits = np.full((len(input_ids), len(labels)), 100, np.float32)
        logits[:, entails], logits[:, contradicts] = input_mask.sum(axis=1), 6
        return logits

    classify = ZeroShotClassifier(pretend(function, KIND, labels))
    found = classify("a", ["a", "the the"], hypothesis_template="{}")
    assert found.probabilities["a"] == pytest.approx(1 / (1 + np.e))
    found = classify("a", ["a", "the the"], hypothesis_template="{}", multi_label=True)
    assert list(found.probabilities.values()) == pytest.approx([1 / (1 + np.e), 0.5])
    assert classify([], ["a", "b"]) == []


def test_the_published_modules_say_which_output_is_entailment():
    modules = [module for uid, module in published().items() if "mnli" in uid]
    assert modules
    assert {module.labels for module in modules} == {NLI}


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([], {}, "candidate_labels must be a list of at least one label"),
        ("cat", {}, "candidate_labels must be a list"),
        (["cat", "cat"], {}, "the labels are cat, cat: each must be different"),
        (["cat", 3], {}, r"candidate_labels\[1\] is int 3, not a string"),
        (["cat"], {}, r"every text would be 'cat', the only label.*\(multi_label=True\)"),
        (LABELS, {"hypothesis_template": "It is so."}, "the template is 'It is so.': it needs one {}, for the label"),
        (LABELS, {"threshold": 2}, "threshold is 2; it must be a number from 0 to 1"),
    ],
)
def test_what_is_wrong_is_named(model, labels, options, message):
    with pytest.raises(InputError, match=message):
        ZeroShotClassifier(model)("a", labels, **options)


def test_a_bad_text_does_not_lose_the_others(model):
    good, error = ZeroShotClassifier(model)(["a", None], LABELS, on_error="return")
    assert isinstance(good, Classification)
    assert isinstance(error, InputError)
    assert ZeroShotClassifier(model)("a", ["cat"], multi_label=True).probabilities.keys() == {"cat"}


def test_a_model_of_other_labels_is_refused(classifier, encoder):
    with pytest.raises(
        InputError, match="has the labels bad, fair, good: to classify with any labels takes a model for"
    ):
        ZeroShotClassifier(classifier)
    with pytest.raises(InputError, match="is an encoder"):
        ZeroShotClassifier(encoder)


def test_only_the_text_is_cut(model):
    found = ZeroShotClassifier(model)("the king is in the old town " * 9, ["cat", "king"], max_length=12)
    assert found.probabilities["cat"] != found.probabilities["king"]
    with pytest.raises(InputError, match="leaves no room"):
        ZeroShotClassifier(model)("the king", ["cat", "king"], max_length=4)
