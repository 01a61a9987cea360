"""`--devices N`: errors are reported once, failures of a process by the launcher, and no process is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from tiny import START, command

from tinybert.errors import WorkerError
from tinybert.training import launch as launching
from tinybert.training.distributed import World

COLUMNS = ("--text", "opinion", "--label", "verdict")
FAST = ("--learning-rate", "5e-3", "--max-length", "12")
NO_DROPOUT = ("--config", "hidden_dropout_prob=0", "--config", "attention_probs_dropout_prob=0")
# What a worker runs instead of `-m tinybert`: no dropout in the head either; process 1 fails where it is told to.
WORKER = """
import os
from tinybert.modeling import heads
from tinybert.modeling.dropout import Dropout
from tinybert.training import trainer
heads.Dropout = lambda p: Dropout(0.0)
run = trainer.Trainer._train_on
def fail(self, rows):
    if self.progress.step == 2 and self.world.rank == 1:
        raise MemoryError("not one byte is left")
    run(self, rows)
if "FAIL" in os.environ:
    trainer.Trainer._train_on = fail
from tinybert.cli import main
main()
"""


@pytest.fixture
def arguments(encoder, reviews, tmp_path):
    """The command's arguments, without those of the training."""
    data = ("--train", reviews / "train.csv", "--dev", reviews / "dev.csv")
    return [*map(str, ("finetune", "classify", "--model", encoder, *data, "--output", tmp_path / "model", *COLUMNS))]


@pytest.fixture
def launched(monkeypatch):
    """A list of the calls of `launch`, which does nothing else; append an error, and the next call raises it."""
    calls = []

    def launch(workers, argv, *, port=None):
        error = calls.pop() if calls else None
        if error is not None:
            raise error
        calls.append((workers, argv, port))
        return ["tinybert: 96 rows: good 50, bad 46", "[ERROR] of MindSpore"]

    monkeypatch.setattr(launching, "launch", launch)
    return calls


@pytest.fixture
def as_worker(monkeypatch):
    """A function that makes this process a worker."""

    def as_worker(rank, size):
        monkeypatch.setenv("MS_ROLE", "MS_WORKER")
        monkeypatch.setattr("tinybert.training.distributed.start", lambda: World(rank, size))

    return as_worker


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch):
    """Check that no test leaves a process behind; let processes find the package."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    before = set(psutil.Process().children(recursive=True))
    yield
    assert not set(psutil.Process().children(recursive=True)) - before


def test_each_process_runs_the_same_command(arguments, launched):
    run = command(*arguments, "--devices", "3", "--port", "18123")
    assert (run.code, run.out) == (0, "")
    assert run.err.startswith("tinybert: 96 rows: good 50, bad 46\ntinybert: the model is in ")
    [(workers, argv, port)] = launched
    assert (workers, port) == (3, 18123)
    assert argv == [*launching.PYTHON, "-m", "tinybert", *arguments, "--devices", "3", "--port", "18123"]


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        (("--train", "nowhere.csv"), 1, "nowhere.csv cannot be read"),
        (("--train", "-"), 1, "several processes cannot read one stdin: give a file instead of -"),
        (("--text", "review"), 1, "there is no column 'review' for text"),
        (("--model", "nowhere"), 1, "nowhere is neither a folder nor a file"),
        (("--epochs", "0"), 1, "epochs is 0"),
        (("--devices", "0"), 2, "Invalid value for '--devices'"),
        (("--port", "80"), 2, "Invalid value for '--port'"),
    ],
)
def test_what_is_wrong_is_told_before_any_process_is_started(arguments, launched, tmp_path, changed, code, message):
    run = command(*arguments, "--devices", "2", *changed)
    assert (run.code, run.out, launched) == (code, "", [])
    assert message in run.err
    assert not (tmp_path / "model").exists()


def test_a_port_in_use_is_told_at_once(arguments):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = command(*arguments, "--devices", "2", "--port", port)
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(f"tinybert: port {port} is in use (")
    assert run.err.endswith("choose another, or none for a free one (--port ...)\n")


def test_an_error_that_a_worker_explains_is_told_in_its_words(arguments, launched):
    log = "a line\ntinybert: the disk is full:\n  no byte left\n[INFO] DISTRIBUTED(1,2,python): bye"
    launched.append(WorkerError("worker 1 ended with exit code 1", worker=1, exit_code=1, log=log))
    run = command(*arguments, "--devices", "2")
    assert (run.code, run.out, run.err) == (1, "", "tinybert: the disk is full:\n  no byte left\n")


def test_a_worker_that_ends_without_a_word_is_named(arguments, launched):
    launched.append(WorkerError("worker 1 was ended by SIGKILL", worker=1, exit_code=-9))
    run = command(*arguments, "--devices", "2")
    assert (run.code, run.out, run.err) == (1, "", "tinybert: worker 1 was ended by SIGKILL\n")


def test_an_interruption_tells_how_to_go_on(arguments, launched, tmp_path):
    launched.append(KeyboardInterrupt())
    run = command(*arguments, "--devices", "2")
    assert (run.code, run.out) == (130, "")
    assert run.err == "tinybert: interrupted; nothing was trained yet\n"


@pytest.mark.parametrize("rank", [0, 1])
def test_under_msrun_the_first_process_prints_the_metrics(arguments, as_worker, monkeypatch, rank):
    as_worker(rank, 2)
    monkeypatch.setattr("tinybert.training.FineTuning.run", lambda _, world: {"rank": world.rank})
    run = command(*arguments)
    assert run.code == 0
    assert run.out == ('{\n  "rank": 0\n}\n' if rank == 0 else "")


def test_under_msrun_another_number_of_devices_is_an_error(arguments, as_worker):
    as_worker(0, 2)
    run = command(*arguments, "--devices", "3")
    assert (run.code, run.out) == (1, "")
    assert run.err == "tinybert: --devices is 3, but msrun started 2 processes: leave --devices out\n"


def test_an_interrupted_worker_leaves_the_message_to_the_command(arguments, as_worker, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    as_worker(0, 2)
    monkeypatch.setattr("tinybert.training.FineTuning.run", interrupt)
    assert command(*arguments, "--devices", "2") == (130, "", "tinybert: 96 rows: good 50, bad 46\n")


@pytest.fixture
def patched_workers(monkeypatch):
    """Workers run `WORKER`."""
    original = launching.launch

    def launch(workers, argv, *, port=None):
        rest = argv[argv.index("tinybert") + 1 :]
        return original(workers, [*launching.PYTHON, "-c", WORKER, *rest], port=port, timeout=90)

    monkeypatch.setattr(launching, "launch", launch)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_devices_train_as_one_with_the_doubled_batch(arguments, patched_workers, monkeypatch, tmp_path, capfd):
    from tinybert.modeling import heads
    from tinybert.modeling.dropout import Dropout

    settings = (*NO_DROPOUT, *FAST, "--epochs", "4")
    two, one = tmp_path / "two", tmp_path / "one"
    together = command(*arguments, *settings, "--batch-size", "4", "--devices", "2", "--output", two)
    monkeypatch.setattr(heads, "Dropout", lambda p: Dropout(0.0))
    alone = command(*arguments, *settings, "--batch-size", "8", "--output", one)
    assert (together.code, alone.code) == (0, 0)
    # The output of a process does not go through `sys.stdout`.
    assert json.loads(capfd.readouterr().out) == pytest.approx(json.loads(alone.out), abs=1e-5)
    lines = [[json.loads(line) for line in (path / "log.jsonl").read_text().splitlines()] for path in (two, one)]
    assert len(lines[0]) == len(lines[1]) > 3
    for mine, theirs in zip(*lines, strict=True):
        assert mine["step"] == theirs["step"]
        assert mine.get("loss", 0) == pytest.approx(theirs.get("loss", 0), abs=1e-5)
        assert mine.get("metrics", 0) == pytest.approx(theirs.get("metrics", 0), abs=1e-5)
    written = json.loads((two / "training.json").read_text())["command"]
    expected = (*settings, "--batch-size", "4", "--devices", "2", "--output", str(two))
    assert written == ["tinybert", *arguments, *expected]

    # Neither kind of training can use the state of the other.
    for folder, devices, message in ((one, "2", "devices: 1 then, 2 now"), (two, "1", "devices: 2 then, 1 now")):
        rest = (*settings, "--batch-size", "8" if folder is one else "4", "--devices", devices, "--output", folder)
        run = command(*arguments, *rest)
        assert (run.code, run.out) == (1, "")
        assert f"tinybert: {folder}/training.json is from another training:" in run.err
        assert message in run.err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_that_raises_ends_the_training(arguments, patched_workers, monkeypatch):
    monkeypatch.setenv("FAIL", "1")
    run = command(*arguments, *FAST, "--batch-size", "4", "--devices", "2")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("tinybert: worker 1 ended with exit code 1; all others were ended. The end of its log:")
    assert "MemoryError: not one byte is left" in run.err


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_after_a_kill_and_after_a_signal_the_same_command_goes_on(arguments, tmp_path):
    words = (*arguments, *FAST, "--batch-size", "4", "--devices", "2", "--epochs", "40", "--save-minutes", "0.001")
    state = tmp_path / "model" / "resume.safetensors"

    def run(what):
        process = subprocess.Popen(
            [sys.executable, "-c", START, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        before = state.stat().st_mtime_ns if state.exists() else 0
        while process.poll() is None and not (state.exists() and state.stat().st_mtime_ns > before):
            time.sleep(0.05)
        what(process)
        out, err = process.communicate(timeout=400)
        return process.returncode, out, err

    def kill_worker(process):
        workers = [child for child in psutil.Process(process.pid).children() if child.environ().get("RANK_ID") == "1"]
        assert len(workers) == 1
        workers[0].kill()

    code, out, err = run(kill_worker)
    assert (code, out) == (1, "")
    assert err.startswith("tinybert: worker 1 was ended by SIGKILL; all others were ended. A training goes on from its")

    code, out, err = run(lambda process: process.send_signal(signal.SIGTERM))
    assert (code, out) == (130, "")
    assert err.startswith(f"tinybert: interrupted; the state is in {state.parent}; the same command goes on from it\n")

    code, out, _ = run(lambda _: None)
    assert code == 0
    assert json.loads(out)["accuracy"] > 0.8
    steps = [json.loads(line)["step"] for line in (tmp_path / "model" / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)
    assert steps[-1] == 40 * 12
