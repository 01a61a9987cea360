"""`tinybert classify`: the results of the Python object, as TSV and JSON lines."""

from __future__ import annotations

import json
from functools import partial

import pytest
from tiny import command, save_model

from tinybert.tasks import Classifier, ZeroShotClassifier

PAIRS = [("the good film", "a bad film"), ("fine", "a very poor book")]
STDIN = b"good film\n\nbad \xff\nbad film\n"


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("single"), "sequence-classification", ("no", "yes", "maybe"))


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    return save_model(folder, "sequence-classification", ("sad", "long", "new"), "multi-label")


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("score"), "sequence-classification", (), "regression")


def test_tsv_keeps_the_place_of_a_bad_line(single):
    run = command("classify", single, "--on-error", "skip", stdin=STDIN)
    rows = [line.split("\t") for line in run.out.split("\n")]
    expected = Classifier.from_pretrained(single)(["good film", "", "bad film"])
    assert rows[0] == ["label", "probability"]
    assert [rows[index][0] for index in (1, 2, 4)] == [result.label for result in expected]
    assert [float(rows[index][1]) for index in (1, 2, 4)] == pytest.approx([r.probability for r in expected], abs=1e-5)
    assert rows[3] == ["", ""]
    assert run.code == 1
    assert run.err.splitlines()[0].startswith("tinybert: stdin, line 3: not UTF-8")


def test_all_probabilities(single):
    run = command("classify", single, "--all", stdin=b"good film\n")
    header, row = (line.split("\t") for line in run.out.splitlines())
    assert header == ["label", "probability", "no", "yes", "maybe"]
    assert sum(map(float, row[2:])) == pytest.approx(1, abs=1e-4)
    assert row[1] == max(row[2:], key=float)
    probabilities = json.loads(command("classify", single, "--all", "--to", "jsonl", stdin=b"good film\n").out)
    assert list(probabilities["probabilities"]) == ["no", "yes", "maybe"]


def test_pairs_of_a_table_into_a_file(single, tmp_path):
    table, output = tmp_path / "pairs.jsonl", tmp_path / "labels.jsonl"
    table.write_text("".join(json.dumps({"left": left, "right": right}) + "\n" for left, right in PAIRS))
    assert command("classify", single, table, "--text", "left", "--pair", "right", "-o", output) == (0, "", "")
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert [(row["text"], row["pair"]) for row in rows] == PAIRS
    expected = Classifier.from_pretrained(single)(PAIRS)
    assert [row["probability"] for row in rows] == pytest.approx([result.probability for result in expected])


def test_several_labels_and_their_threshold(several):
    labels = Classifier.from_pretrained(several)("good film", threshold=0.1).labels
    assert labels
    assert (
        command("classify", several, "--threshold", "0.1", stdin=b"good film\n").out == f"labels\n{'|'.join(labels)}\n"
    )
    run = command("classify", several, "--threshold", "1", "--to", "jsonl", stdin=b"good film\n")
    assert json.loads(run.out) == {"text": "good film", "labels": []}


def test_a_score(score):
    expected = Classifier.from_pretrained(score)("good film").score
    header, row = command("classify", score, stdin=b"good film\n").out.splitlines()
    assert header == "score"
    assert float(row) == pytest.approx(expected, rel=1e-5)


def test_an_encoder_does_not_classify(encoder_folder):
    run = command("classify", encoder_folder, stdin=b"good film\n")
    assert (run.code, run.out) == (1, "")
    assert (
        "has no head for sequence-classification. Fine-tune one first (tinybert finetune classify), or use" in run.err
    )


@pytest.fixture(scope="module")
def inference(tmp_path_factory):
    labels = ("contradiction", "entailment", "neutral")
    return save_model(tmp_path_factory.mktemp("inference"), "sequence-classification", labels)


def test_labels_of_ones_own(inference):
    texts = ["good film", "a very bad book"]
    stdin = "\n".join(texts).encode()
    labels = ("--candidate-labels", "film, book")
    template = ("--hypothesis-template", "it is a {}")
    classify = partial(ZeroShotClassifier.from_pretrained(inference), hypothesis_template="it is a {}")
    run = command("classify", inference, *labels, *template, "--all", stdin=stdin)
    rows = [line.split("\t") for line in run.out.splitlines()]
    assert (run.code, rows[0]) == (0, ["label", "probability", "film", "book"])
    for row, result in zip(rows[1:], classify(texts, ["film", "book"]), strict=True):
        assert row[0] == result.label
        assert [float(value) for value in row[2:]] == pytest.approx([*result.probabilities.values()], abs=1e-5)
    run = command("classify", inference, *labels, *template, "--multi-label", "--to", "jsonl", stdin=stdin)
    found = [tuple(json.loads(line)["labels"]) for line in run.out.splitlines()]
    assert found == [result.labels for result in classify(texts, ["film", "book"], multi_label=True)]


def test_labels_of_ones_own_need_a_model_for_inference_and_single_texts(single, inference, tmp_path):
    run = command("classify", single, "--candidate-labels", "film,book", stdin=b"a\n")
    assert (run.code, run.out) == (1, "")
    assert "has the labels no, yes, maybe: to classify with any labels takes a model for natural language" in run.err
    run = command("classify", inference, "--candidate-labels", "film", stdin=b"a\n")
    assert "every text would be 'film', the only label" in run.err
    assert "(--multi-label)" in run.err
    assert "(--candidate-labels NAME,NAME)" in command("classify", inference, "--candidate-labels", "a,", stdin=b"").err
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("sentence1\tsentence2\na\tb\n", encoding="utf-8")
    assert (
        "pairs of texts. Say which of them is meant"
        in command("classify", inference, pairs, "--candidate-labels=a,b").err
    )
    for option in (("--multi-label",), ("--hypothesis-template", "{}")):
        run = command("classify", inference, *option, stdin=b"a\n")
        assert (run.code, run.out) == (2, "")
        assert "there are no candidate labels" in run.err
