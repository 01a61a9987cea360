"""Tiny models in folders, data that they can learn in seconds, and the command as a function."""

from __future__ import annotations

import csv
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import numpy as np

WORDS = ("good", "great", "fine", "bad", "awful", "poor", "film", "book", "the", "a", "is", "was", "very", "not")

COLUMNS = ("--text", "opinion", "--label", "verdict")
"""The columns of `reviews` as options."""
SETTINGS = ("--epochs", "6", "--batch-size", "8", "--learning-rate", "5e-3", "--max-length", "12")
"""Options with which a tiny model learns in seconds."""

START = """
import sys
sys.argv[0] = "tinybert"
from tinybert.cli import main
try:
    main()
finally:
    print("IMPORTED", "mindspore" in sys.modules, file=sys.stderr)
"""
"""The command, as the code of a process."""
SEVERAL = """
import contextlib, io, json, os, sys
from tinybert.cli import main
runs, heavy = map(json.loads, sys.argv[1:])
results = []
for arguments, variables in runs:
    sys.argv = ["tinybert", *arguments]
    os.environ.update(variables)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as exit_:
            code = exit_.code or 0
    for name in variables:
        del os.environ[name]
    results.append([code, out.getvalue(), err.getvalue(), [name for name in heavy if name in sys.modules]])
print(json.dumps(results))
"""
"""Several commands in one process, see the fixture `several`."""
HEAVY = ("mindspore", "numpy", "requests", "rich", "tokenizers", "safetensors", "google.protobuf")
"""Modules that are slow to import, or optional."""


def completing(*words):
    """Return the environment in which the shell requests completions of the last word."""
    return {"_TINYBERT_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}


class Run(NamedTuple):
    code: int
    out: str
    err: str


def command(*arguments, stdin=b""):
    """Runs the command in this process; returns its exit code and what it printed."""
    from tinybert.cli import main

    streams = [io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="") for content in (stdin, b"", b"")]
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["tinybert", *map(str, arguments)], streams[0]
    try:
        with redirect_stdout(streams[1]), redirect_stderr(streams[2]):
            main()
        code = 0
    except SystemExit as exit_:
        code = exit_.code or 0
    finally:
        sys.argv, sys.stdin = before
    printed = []
    for stream in streams[1:]:
        stream.flush()
        printed.append(stream.buffer.getvalue().decode("utf-8"))
    return Run(code, *printed)


def make_tokenizer():
    from tinybert.text import BertTokenizer, Vocabulary

    return BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS)))


def save_model(folder, kind="encoder", labels=(), problem=None, layers=1, **changes):
    """An untrained model of width 24, as a folder."""
    import mindspore as ms

    from tinybert import Task, TinyBertConfig
    from tinybert.checkpoint import save_folder
    from tinybert.weights import build_network, checkpoint_of

    ms.set_seed(3)
    tokenizer = make_tokenizer()
    config = TinyBertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=24,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=24,
        seq_length=24,
        # Fine-tuning starts from small weights; in other networks, every weight must matter.
        initializer_range=0.02 if kind == "encoder" else 0.3,
        **changes,
    )
    task = Task(kind, tuple(labels), problem)
    return save_folder(checkpoint_of(build_network(config, task)), folder, tokenizer=tokenizer)


def write_reviews(path, count, seed):
    """Write a CSV of sentences that contain one good or bad word, which is their label."""
    random = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "opinion", "verdict"])
        for number in range(count):
            label = int(random.integers(2))
            words = [WORDS[int(random.integers(3)) + 3 * (1 - label)], *random.choice(WORDS[6:], random.integers(1, 8))]
            random.shuffle(words)
            writer.writerow([number, " ".join(words), "good" if label else "bad"])
    return path
