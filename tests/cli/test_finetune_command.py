"""`tinybert finetune`: a CSV becomes a model folder with the metrics that training printed; Ctrl-C loses nothing."""

from __future__ import annotations

import json
import shlex
import shutil

import numpy as np
import pytest
import typer
from tiny import COLUMNS, SETTINGS, command

from tinybert.cli.app import app
from tinybert.cli.finetune import NEXT
from tinybert.task import LEARNED
from tinybert.task import SEQUENCE_CLASSIFICATION as TASK

INTERRUPTED = """
import os, signal, sys
from tinybert.training.trainer import Trainer
train_on = Trainer._train_on
def interrupted(self, rows):
    if self.progress.step == 20:
        os.kill(os.getpid(), signal.SIGINT)
    train_on(self, rows)
Trainer._train_on = interrupted
sys.argv[0] = "tinybert"
from tinybert.cli import main
main()
"""
"""The command, as the code of a process that gets a Ctrl-C after some steps."""
COUNTS = "tinybert: 96 rows: good 50, bad 46\n"


def where(folder):
    """Return the message at the end."""
    return f"tinybert: the model is in {folder}; try it: " + NEXT[TASK.name].format(shlex.quote(str(folder))) + "\n"


def arguments(model, reviews, folder):
    data = ("--train", str(reviews / "train.csv"), "--dev", str(reviews / "dev.csv"))
    return ("finetune", "classify", "--model", str(model), *data, "--output", str(folder), *COLUMNS, *SETTINGS)


@pytest.fixture(scope="module")
def trained(encoder, reviews, tmp_path_factory):
    """The folder of a fine-tuned classifier, and what the command printed."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    return folder, command(*arguments(encoder, reviews, folder))


def read(path):
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [row[1] for row in rows], [row[2] for row in rows]


def test_it_learns_and_prints_metrics_alone(trained):
    folder, run = trained
    assert (run.code, run.err) == (0, COUNTS + where(folder))
    assert json.loads(run.out)["accuracy"] > 0.8
    assert not (folder / "resume.safetensors").exists()


def test_what_it_says_to_try_works(trained, tmp_path):
    """Copied to a shell, it works even if the folder's name contains a blank."""
    folder = tmp_path / "my model"
    shutil.copytree(trained[0], folder)
    words = shlex.split(where(folder).partition(" | ")[2])
    assert words == ["tinybert", "classify", str(folder)]
    run = command(*words[1:], stdin=b"A text\n")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == "label\tprobability"


@pytest.mark.parametrize("kind", LEARNED)
def test_what_it_says_to_try_are_options_that_exist(kind):
    *_, words = NEXT[kind].split(" | ")
    name, *arguments = shlex.split(words.format("folder"))[1:]
    assert name == LEARNED[kind].command
    typer.main.get_command(app).commands[name].make_context(name, arguments)


def test_evaluate_prints_what_the_training_printed(trained, reviews, tmp_path):
    folder, run = trained
    predictions = tmp_path / "predictions.tsv"
    again = command("evaluate", folder, reviews / "dev.csv", *COLUMNS, "--predictions", predictions)
    assert again.code == 0
    assert json.loads(again.out) == pytest.approx(json.loads(run.out), abs=1e-9)
    rows = [line.split("\t") for line in predictions.read_text().splitlines()]
    assert rows[0] == ["label", "predicted"]
    assert [row[0] for row in rows[1:]] == read(reviews / "dev.csv")[1]
    assert np.mean([true == predicted for true, predicted in rows[1:]]) == json.loads(run.out)["accuracy"]


def test_classify_has_the_accuracy_that_the_training_printed(trained, reviews):
    folder, run = trained
    found = command("classify", folder, reviews / "dev.csv", "--text", "opinion", "--to", "jsonl")
    results = [json.loads(line) for line in found.out.splitlines()]
    texts, labels = read(reviews / "dev.csv")
    assert [result["text"] for result in results] == texts
    accuracy = np.mean([result["label"] == label for result, label in zip(results, labels, strict=True)])
    assert accuracy == pytest.approx(json.loads(run.out)["accuracy"])


def test_the_folder_knows_its_command_and_its_length(trained):
    folder, _ = trained
    assert json.loads((folder / "training.json").read_text())["command"][:3] == ["tinybert", "finetune", "classify"]
    assert json.loads((folder / "config.json").read_text())["seq_length"] == 12


def test_a_finished_training_is_not_done_again_without_a_word(trained, encoder, reviews):
    folder, run = trained
    recorded = (folder / "training.json").read_text()
    again = command(*arguments(encoder, reviews, folder))
    assert (again.code, again.out) == (0, run.out)
    done = f"tinybert: the training in {folder} was finished before; nothing was done. To train"
    assert again.err.removeprefix(COUNTS).startswith(done)
    assert again.err.endswith(where(folder))
    assert (folder / "training.json").read_text() == recorded


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_after_ctrl_c_the_same_command_ends_as_if_nothing_had_happened(
    fresh_python, trained, encoder, reviews, tmp_path
):
    folder = tmp_path / "model"
    words = arguments(encoder, reviews, folder)
    process = fresh_python("-c", INTERRUPTED, *words, may_fail=True)
    assert (process.returncode, process.stdout) == (130, "")
    told = f"tinybert: interrupted; the state is in {folder}; the same command goes on from it\n"
    assert process.stderr.removeprefix(COUNTS).startswith(told)
    lines, all_lines = ((path / "log.jsonl").read_text().splitlines() for path in (folder, trained[0]))
    assert 0 < len(lines) < len(all_lines)

    again = command(*words)
    assert again == trained[1]._replace(err=COUNTS + where(folder))
    assert weights(folder) == weights(trained[0])


def weights(folder):
    import mindspore as ms

    return {
        name: value.asnumpy().tobytes() for name, value in ms.load_checkpoint(str(folder / "tinybert.ckpt")).items()
    }


@pytest.mark.parametrize(
    ("task", "options", "code", "message"),
    [
        ("sing", [], 2, "'sing' is not one of"),
        ("classify", ["--text", "review"], 1, "train.csv, line 1: there is no column 'review' for text"),
        (
            "classify",
            ["--text", "opinion"],
            1,
            "no column is known as the label. Say which one it is (--label NAME).\n",
        ),
        ("classify", [*COLUMNS, "--regression"], 1, "line 2: the label"),
        ("classify", [*COLUMNS, "--epochs", "0"], 1, "epochs is 0"),
        ("classify", [*COLUMNS, "--dev", ""], 1, "the dev set is empty text: give a file, or a share (--dev 0.1)"),
        ("classify", [*COLUMNS, "--dev", "1"], 1, "the share of the dev set is 1: it must be above 0 and below 1"),
        ("classify", [*COLUMNS, "--labels", "none.txt"], 1, "the file of labels none.txt does not exist"),
        ("classify", [*COLUMNS, "--labels", "good,,bad"], 1, "good,,bad: the label is empty (--labels NAME,NAME)"),
        ("classify", [*COLUMNS, "--labels", "good,good"], 1, "labels are good, good: each must be different"),
        ("classify", [*COLUMNS, "--class-weights", "good"], 1, "'good' is not a label with its weight"),
        ("tag", ["--label", "verdict"], 1, "columns of CoNLL files have no names"),
        ("answer", [], 1, "not JSON"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(reviews, tmp_path, task, options, code, message):
    start = ("finetune", task, "--model", "nowhere", "--train", reviews / "train.csv", "-o", tmp_path / "model")
    run = command(*start, *options)
    assert (run.code, run.out) == (code, "")
    assert message in run.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("task", "text", "then"),
    [("classify", "a,b,x\nc,d,y\n", "tinybert classify {} pairs.csv"), ("embed", "a,b,1\nc,d,0\n", NEXT["encoder"])],
)
def test_a_model_of_pairs_is_tried_with_pairs(encoder, tmp_path, monkeypatch, task, text, then):
    monkeypatch.setattr("tinybert.training.FineTuning.run", lambda self, world: {})
    (tmp_path / "train.csv").write_text("text_a,text_b,label\n" + text, encoding="utf-8")
    folder = tmp_path / "model"
    run = command("finetune", task, "--model", encoder, "--train", tmp_path / "train.csv", "--output", folder)
    assert run.err.splitlines()[-1].endswith(f"the model is in {folder}; try it: {then.format(folder)}")


def test_a_share_of_the_data_labels_and_weights_reach_the_training(encoder, tmp_path, monkeypatch):
    prepared = []
    monkeypatch.setattr("tinybert.training.FineTuning.run", lambda self, world: prepared.append(self) or {})
    rows = [f"good film {n},good" for n in range(12)] + [f"bad film {n},bad" for n in range(6)]
    train, labels = tmp_path / "train.csv", tmp_path / "labels.txt"
    train.write_text("text,label\n" + "\n".join(rows) + "\n,bad\n", encoding="utf-8")
    labels.write_text("good\r\nbad\r\nfine\r\n\r\n", encoding="utf-8")
    start = ("finetune", "classify", "--model", encoder, "--train", train, "--output", tmp_path / "model")
    run = command(*start, "--dev", "0.34", "--labels", labels, "--class-weights", "bad=2", "--on-error", "skip")
    assert run.code == 0
    (found,) = prepared
    assert (found.task.labels, found.settings.class_weights) == (("good", "bad", "fine"), '{"bad": 2.0}')
    assert (len(found.train), len(found.dev.examples)) == (12, 6)
    assert run.err.splitlines()[:4] == [
        f"tinybert: 1 bad row is left out; the first: {train}, line 20: the text is empty.",
        "tinybert: dev set, 0.34 of the data: 6 rows: good 4, bad 2",
        "tinybert: 12 rows: good 8, bad 4",
        "tinybert: labels without an example: 'fine'",
    ]


def test_an_empty_line_among_labels_is_named(encoder, reviews, tmp_path):
    (tmp_path / "labels.txt").write_text("good\n\nbad\n", encoding="utf-8")
    start = ("finetune", "classify", "--model", encoder, "--train", reviews / "train.csv", "-o", tmp_path / "model")
    run = command(*start, *COLUMNS, "--labels", tmp_path / "labels.txt")
    assert run.err == f"tinybert: {tmp_path / 'labels.txt'}, line 2: the label is empty (--labels NAME,NAME)\n"
