"""Output of results: files are written atomically, and the reader of a pipe may go away."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys

import numpy as np
import pytest

from tinybert.cli.input_rows import Row
from tinybert.cli.output import bad_line, json_line, npy_output, output_format, text_output
from tinybert.errors import InputError

ENDLESS = """
import typer
from tinybert.cli.output import text_output
try:
    with text_output("-") as write:
        while True:
            write("a line\\n")
except typer.Exit as exit_:
    raise SystemExit(exit_.exit_code)
"""


def test_a_reader_that_leaves_early_ends_the_work_without_a_word(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"a line\n"
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_a_text_file_is_there_whole_or_not(tmp_path):
    path = tmp_path / "a.txt"
    with text_output(str(path)) as write:
        write("caf\u00e9\n")
        assert not path.exists()
    assert path.read_bytes() == "caf\u00e9\n".encode()
    with contextlib.suppress(ValueError), text_output(str(path)) as write:
        write("half")
        raise ValueError
    assert path.read_bytes() == "caf\u00e9\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("rows", [0, 1, 12_345])
def test_an_array_of_as_many_rows_as_come(tmp_path, rows):
    path = tmp_path / "a.npy"
    expected = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3)
    with npy_output(str(path), 3) as write:
        for row in expected:
            write(row)
        assert not path.exists()
    found = np.load(path, allow_pickle=False)
    assert (found.dtype, found.flags.c_contiguous) == (np.dtype("<f4"), True)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("path", "given", "form"),
    [
        ("-", None, "jsonl"),
        ("-", "npy", "npy"),
        ("a.NPY", None, "npy"),
        ("a.txt", "tsv", "tsv"),
        ("a.b.tsv", None, "tsv"),
    ],
)
def test_the_ending_determines_the_format(path, given, form):
    assert output_format(path, given, ("jsonl", "tsv", "npy")) == form


@pytest.mark.parametrize("path", ["a.txt", "npy", ".npy"])
def test_an_ending_that_determines_none(path):
    with pytest.raises(InputError, match=r"the name must end in \.tsv, \.npy; or say it with --to"):
        output_format(path, None, ("tsv", "npy"))


def test_lines_of_json():
    assert json_line(text="caf\u00e9", n=1) == '{"text": "caf\u00e9", "n": 1}\n'
    row = Row(3, error=InputError("which one?", argument="text", example="NAME"))
    assert json.loads(bad_line(row, id=7)) == {"id": 7, "error": "which one? (--text NAME)"}
