"""`tinybert finetune embed`: pairs of texts give an encoder whose similarities follow the scores."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import COLUMNS, SETTINGS, WORDS, command

from tinybert import Task
from tinybert.data import TripletExample


def write_pairs(path, count, seed):
    """Writes pairs of words, alike where both are good or both are bad, as TSV."""
    random = np.random.default_rng(seed)
    rows = ["first\tsecond\talike"]
    for _ in range(count):
        one, other = random.integers(6, size=2)
        rows.append(f"the film is {WORDS[one]}\ta {WORDS[other]} book\t{5 * int(one // 3 == other // 3)}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


PAIRS = ("--text", "first", "--pair", "second", "--label", "alike")


def test_what_embed_learns_from_and_is_scored_on(encoder, tmp_path, monkeypatch):
    """The rest is `finetuning.FineTuning`, whatever the task."""
    prepared = []

    def run(self, world):
        prepared.append(self)
        return {self.dev.key_metric: 0.5}

    monkeypatch.setattr("tinybert.training.FineTuning.run", run)
    train, dev = write_pairs(tmp_path / "train.tsv", 96, 0), write_pairs(tmp_path / "dev.tsv", 32, 1)
    start = ("finetune", "embed", "--model", encoder, "--train", train, "--dev", dev, "--output", tmp_path / "model")
    run = command(*start, *PAIRS, *SETTINGS)
    assert (run.code, json.loads(run.out), run.err) == (
        0,
        {"spearman": 0.5},
        "tinybert: 96 rows: scores from 0 to 5, mean 2.76\n"
        f"tinybert: the model is in {tmp_path / 'model'}; try it: tinybert embed {tmp_path / 'model'} texts.txt "
        "--output vectors.npy\n",
    )
    [found] = prepared
    assert (found.task, found.folder) == (Task(), tmp_path / "model")
    assert (found.settings.epochs, found.settings.batch_size, found.settings.learning_rate) == (6, 8, 5e-3)
    assert (len(found.train), len(found.dev.examples)) == (96, 32)
    assert {pair.label for pair in found.train} == {0.0, 5.0}
    assert type(found.encoder).__name__ == "TinyBertModel"

    again = command("evaluate", encoder, dev, *PAIRS, "--predictions", tmp_path / "predictions.tsv")
    assert again.code == 0
    assert {"spearman", "pearson"} <= json.loads(again.out).keys()
    rows = [line.split("\t") for line in (tmp_path / "predictions.tsv").read_text().splitlines()]
    assert (rows[0], len(rows)) == (["label", "predicted"], 33)
    cut = command("evaluate", encoder, dev, *PAIRS, "--truncate-dim", "3")
    assert json.loads(cut.out).keys() == json.loads(again.out).keys()
    assert cut.out != again.out


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_embed_learns_from_pairs_and_evaluate_prints_the_same(encoder, tmp_path):
    folder = tmp_path / "model"
    train, dev = write_pairs(tmp_path / "train.tsv", 96, 0), write_pairs(tmp_path / "dev.tsv", 32, 1)
    start = ("finetune", "embed", "--model", encoder, "--train", train, "--dev", dev, "--output", folder)
    run = command(*start, *PAIRS, *SETTINGS)
    assert (run.code, run.err.splitlines()[0]) == (0, "tinybert: 96 rows: scores from 0 to 5, mean 2.76")
    assert json.loads(run.out)["spearman"] > 0.6
    again = command("evaluate", folder, dev, *PAIRS, "--predictions", tmp_path / "predictions.tsv")
    assert (again.code, again.out) == (0, run.out)
    assert (tmp_path / "predictions.tsv").read_text().startswith("label\tpredicted\n")
    vectors = command("embed", folder, "-", stdin=b"the film is good\n")
    assert len(json.loads(vectors.out)["embedding"]) == 24
    published = command("hub", "publish", folder, "me/1.0/films", "--cache", tmp_path / "hub")
    assert published.code == 0


def test_pairs_without_scores_are_matches(encoder, tmp_path):
    pairs, predictions = tmp_path / "pairs.tsv", tmp_path / "predictions.tsv"
    pairs.write_text("text_a\ttext_b\na good film\tgreat\na bad film\tpoor\n", encoding="utf-8")
    run = command("evaluate", encoder, pairs, "--predictions", predictions)
    assert run.code == 0
    assert (
        run.err
        == f"tinybert: {pairs}: no column is known as a score, so each pair is taken for a match; if there are scores, "
        "give their column as the label\n"
    )
    heading, *ranks = predictions.read_text().splitlines()
    assert heading == "rank"
    assert json.loads(run.out)["mrr"] == np.mean([1 / int(rank) for rank in ranks])


def test_triplets_losses_and_sizes_are_given_as_options(encoder, tmp_path, monkeypatch):
    prepared = []
    monkeypatch.setattr("tinybert.training.FineTuning.run", lambda self, world: prepared.append(self) or {})
    train = tmp_path / "train.tsv"
    train.write_text("query\tpositive\tother\na good film\tgreat\tpoor\na bad film\tpoor\tgreat\n", encoding="utf-8")
    start = ("finetune", "embed", "--model", encoder, "--train", train, "--output", tmp_path / "model")
    run = command(*start, "--negative", "other", "--loss", "triplet", "--margin", "0.5", "--matryoshka", "24,12")
    assert (run.code, run.err.splitlines()[0]) == (0, "tinybert: 2 pairs, each a match, with 2 negatives in all")
    [found] = prepared
    assert found.train[1] == TripletExample("a bad film", "poor", negatives=("great",))
    assert (found.settings.loss, found.settings.margin, found.settings.matryoshka) == ("triplet", 0.5, "24,12")
    run = command(*start, "--loss", "triplet")
    assert run.code == 1
    assert run.err.endswith(
        "tinybert: the loss triplet learns from pairs without scores that have negatives; the training data are pairs "
        "without scores, for which there is multiple-negatives (--loss ...)\n"
    )
    run = command(*start, "--negative", "positive")
    assert run.err.endswith(
        "the column 'positive' would be a negative and another text or the label (--negative ...).\n"
    )


def test_embed_says_what_it_needs(encoder, reviews, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    start = ("finetune", "embed", "--model", encoder, "--train", pairs, "--output", tmp_path / "model")
    for rows, message in [
        ("text\tscore\na film\t1\n", "is trained and evaluated on pairs of texts. Say which column has the second one"),
        ("text_a\ttext_b\tscore\na\tb\t1\nc\td\t\n", "line 3: no label, but line 2 has one"),
        ("text_a\ttext_b\tscore\na\tb\t1\nc\td\t1\n", "all 2 pairs have the score 1: nothing can be learned"),
        (
            "text_a\ttext_b\tlabel\na\tb\tyes\n",
            "tinybert: an encoder is trained and evaluated on pairs of texts, each with a number that says how alike "
            f"they are or, without such a column, each a match: {pairs}, line 2: the label 'yes' is not a number",
        ),
    ]:
        pairs.write_text(rows, encoding="utf-8")
        run = command(*start)
        assert (run.code, run.out) == (1, "")
        assert message in run.err
    assert list(tmp_path.iterdir()) == [pairs]
    run = command("evaluate", encoder, reviews / "dev.csv", *COLUMNS)
    assert "an encoder is trained and evaluated on pairs of texts" in run.err


def test_a_report_that_there_is_none_of_is_refused_before_anything_is_computed(encoder, tmp_path, monkeypatch):
    monkeypatch.setattr("tinybert.evaluation.predictions", lambda *_, **__: pytest.fail("nothing is to be computed"))
    pairs = write_pairs(tmp_path / "pairs.tsv", 8, 0)
    run = command("evaluate", encoder, pairs, *PAIRS, "--report")
    assert (run.code, run.out) == (1, "")
    assert "a report is of classes or entities" in run.err
