"""`tinybert embed`: the vectors of the Python object, in three formats, from files and from stdin."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from tiny import START, command

from tinybert.tasks import Embedder

TEXTS = ["the good film", "", "a bad book was very poor", "unheard of \u2028 words"]
STDIN = "\r\n".join(TEXTS).encode("utf-8") + b"\n"


@pytest.fixture(scope="module")
def expected(encoder_folder):
    return Embedder.from_pretrained(encoder_folder)(TEXTS, pooling="first", normalize=True)


def embed(folder, *arguments, stdin=STDIN):
    return command("embed", folder, *arguments, "--pooling", "first", "--normalize", stdin=stdin)


def test_json_lines_from_stdin_to_stdout(encoder_folder, expected):
    run = embed(encoder_folder)
    rows = [json.loads(line) for line in run.out.split("\n")[:-1]]
    assert (run.code, run.err) == (0, "")
    assert [row["text"] for row in rows] == TEXTS
    np.testing.assert_array_equal(np.array([row["embedding"] for row in rows], np.float32), expected)


def test_npy(encoder_folder, expected, tmp_path):
    path = tmp_path / "vectors.npy"
    assert embed(encoder_folder, "-", "--output", path) == (0, "", "")
    np.testing.assert_array_equal(np.load(path), expected)
    assert np.load(path, mmap_mode="r").flags.c_contiguous
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.npy"]


def test_tsv_from_a_column(encoder_folder, expected, tmp_path):
    table = tmp_path / "table.tsv"
    full = [index for index, text in enumerate(TEXTS) if text]
    table.write_text("id\tremark\n" + "".join(f"{n}\t{TEXTS[n]}\n" for n in full), encoding="utf-8")
    run = embed(encoder_folder, table, "--text", "remark", "--to", "tsv")
    np.testing.assert_array_equal(np.loadtxt(run.out.splitlines(), dtype=np.float32, delimiter="\t"), expected[full])
    assert embed(encoder_folder, table, "--text", "1", "--to", "tsv").out.count("\n") == len(full) + 1


def test_a_prompt_of_ones_own(encoder_folder):
    run = command("embed", encoder_folder, "--to", "tsv", "--prompt", "the good ", stdin=b"film\n")
    assert run == command("embed", encoder_folder, "--to", "tsv", stdin=b"the good film\n")


def test_vectors_are_cut_off_before_they_are_scaled(encoder_folder, tmp_path):
    whole = Embedder.from_pretrained(encoder_folder)(TEXTS, pooling="first")[:, :5]
    path, index = tmp_path / "vectors.npy", tmp_path / "index.npz"
    assert embed(encoder_folder, "-", "--truncate-dim", "5", "--output", path).code == 0
    np.testing.assert_allclose(np.load(path), whole / np.linalg.norm(whole, axis=1, keepdims=True), atol=1e-6)
    assert embed(encoder_folder, "-", "--truncate-dim", "5", "--output", index).code == 0
    found = command("search", index, TEXTS[2], "--top-k", "1")
    assert (found.code, found.out.splitlines()[1]) == (0, f"1.0000\t3\t{TEXTS[2]}")
    assert np.load(index)["vectors"].shape == (len(TEXTS), 5)
    run = embed(encoder_folder, "--truncate-dim", "500")
    assert (run.code, run.out) == (1, "")
    assert "truncate_dim is 500; it must be an integer, 1 to" in run.err


def test_a_bad_line_keeps_its_place(encoder_folder, expected, tmp_path):
    path = tmp_path / "vectors.npy"
    lines = [b"the good film", b"a \xff", b"a bad book was very poor"]
    run = embed(encoder_folder, "-", "-o", path, "--on-error", "skip", stdin=b"\n".join(lines))
    vectors = np.load(path)
    assert run.code == 1
    assert run.err.startswith("tinybert: stdin, line 2: not UTF-8")
    assert np.isnan(vectors[1]).all()
    np.testing.assert_allclose(vectors[[0, 2]], expected[[0, 2]], atol=1e-6)


def test_what_is_wrong_with_a_skipped_line_names_options(encoder_folder):
    run = command("embed", encoder_folder, "--from", "csv", "--on-error", "skip", stdin=b'text\n"a" film\ngood\n')
    problem = json.loads(run.out.splitlines()[0])["error"]
    assert problem.endswith("If the fields are separated by tabs, it is TSV (--from tsv).")
    assert run.err == f"tinybert: stdin, line 2: {problem}\ntinybert: 1 bad line was skipped\n"


def test_a_bad_line_fails_and_leaves_no_file(encoder_folder, tmp_path):
    run = embed(encoder_folder, "-", "-o", tmp_path / "vectors.npy", stdin=b"good\n\xff\n")
    assert (run.code, run.out) == (1, "")
    assert "stdin, line 2" in run.err
    assert not list(tmp_path.iterdir())


def test_more_texts_than_are_worked_on_together_keep_their_order(encoder_folder):
    run = command("embed", encoder_folder, "--batch-size", "2", "--to", "tsv", stdin=b"good\nbad film\n" * 70)
    lines = run.out.splitlines()
    assert lines[0] != lines[1]
    assert lines == lines[:2] * 70


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-", "--to", "npy"], 2, "a .npy needs a file"),
        (["-", "-o", "vectors.txt"], 1, "the name must end in .jsonl, .tsv, .npy"),
        (["missing.txt"], 1, "missing.txt cannot be read: No such file"),
        (["-", "--text", "review"], 1, "has no columns. Say what it is (--from tsv).\n"),
        (["-", "--from", "tsv"], 1, "line 1: no column is known as a text; there are 'the good film'"),
        (["-", "--pooling", "middle"], 2, "'middle' is not one of"),
        (["-", "--prompt-name", "query"], 1, "so none called 'query'. Give your own text (--prompt ...)\n"),
        (["-", "--prompt-name", "query", "--prompt", "a"], 1, "give one of them (--prompt-name ...)\n"),
        (["-", "--config", "heads"], 1, "give NAME=VALUE"),
        (["-", "--config", "heads=2"], 1, "unknown configuration field 'heads'"),
    ],
)
def test_what_is_wrong_is_told(encoder_folder, arguments, code, message):
    run = command("embed", encoder_folder, *arguments, stdin=b"the good film\n")
    assert (run.code, run.out) == (code, "")
    assert message in run.err
    assert "Traceback" not in run.err


def test_pairs_are_no_texts(encoder_folder):
    run = command("embed", encoder_folder, "--from", "tsv", stdin=b"sentence1\tsentence2\ngood\tbad\n")
    assert run.code == 1
    assert "pairs of texts. Say which of them is meant (--text sentence1).\n" in run.err


@pytest.fixture
def embedding(encoder_folder):
    """A running `tinybert embed` that waits for texts."""
    with subprocess.Popen(
        [sys.executable, "-c", START, "embed", encoder_folder, "--batch-size", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path), "GLOG_v": "3"},
    ) as process:
        yield process
        process.kill()


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(embedding):
    embedding.stdout.close()
    _, err = embedding.communicate(b"good film\n" * 2000)
    assert embedding.returncode == 0
    assert err.decode().strip() == "IMPORTED True"


@pytest.mark.slow  # tests/test_signals.py tests the effect of both signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_middle(embedding, number):
    """MindSpore's handler ends the process with SIGTERM; an external SIGTERM has the same effect."""
    embedding.stdin.write(b"good film\n" * 6000)  # the capacity of a pipe
    embedding.stdin.flush()
    assert embedding.stdout.readline()
    embedding.send_signal(number)
    assert embedding.wait(60) == 130
    assert embedding.stderr.read().decode().strip() == "IMPORTED True"
