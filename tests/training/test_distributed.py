"""Two processes train like one with a doubled batch, and no process is left behind whatever happens.

Each process runs this file as a script, see `main`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from launched import LAUNCH, LONGEST, alive, descendants, wait_for
from safetensors.numpy import load_file

from tinybert import TinyBertModel
from tinybert.data import TaggedExample, TextExample
from tinybert.errors import WorkerError
from tinybert.modeling import heads
from tinybert.modeling.dropout import Dropout
from tinybert.task import Task
from tinybert.training import FineTuning, TrainingSettings, distributed, once
from tinybert.training import trainer as trainer_module
from tinybert.training.distributed import World
from tinybert.training.launch import launch
from tinybert.training.log import Log
from tinybert.training.ports import SECONDS_TO_MEET, free_port
from tinybert.training.state import saved_progress

pytestmark = [pytest.mark.usefixtures("nothing_is_left", "import_path"), pytest.mark.timeout(600)]
# 27 rows in batches of 8: of the last 3, one process has two, the other has one.
SETTINGS = TrainingSettings(epochs=1, batch_size=8, learning_rate=5e-3, warmup_ratio=0, max_length=16)
TASK = Task("sequence-classification", ("bad", "good"))
TAGGING = Task("token-classification", ("O", "B-X"))
EMBEDDING = Task("encoder")


TASKS = {"classify": TASK, "weighted": TASK, "tag": TAGGING, "embed": EMBEDDING}
WEIGHTED = {"class_weights": "bad=0.3,good=4"}


def settings(size, **changes):
    return TrainingSettings(**{**SETTINGS.to_dict(), "batch_size": SETTINGS.batch_size // size, **changes})


def encoder(seed, dropout=0.0):
    from reviews import tiny_encoder

    config = tiny_encoder().config.replace(hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
    ms.set_seed(seed)
    return TinyBertModel(config, return_all_encoders=False)


def tagged(examples):
    """The same sentences for tagging the good and bad words; they differ in length."""
    marked = {"good", "great", "fine", "bad", "awful", "poor"}
    rows = [example.text.split() for example in examples]
    return [TaggedExample(tuple(row), tuple("B-X" if word in marked else "O" for word in row)) for row in rows]


def pairs(examples):
    """Pairs of consecutive texts, similar if both are good or both are bad."""
    following = [*examples[1:], examples[0]]
    return [TextExample(a.text, b.text, float(a.label == b.label)) for a, b in zip(examples, following, strict=True)]


def train(world, folder, name):
    """Train without dropout on few rows; each process starts with different weights."""
    from reviews import VOCABULARY, reviews

    from tinybert.text import BertTokenizer

    heads.Dropout = lambda p: Dropout(0.0)
    trainer_module.Log = lambda path, **others: Log(path, every=1, **others)
    task, changes = TASKS[name], WEIGHTED if name == "weighted" else {}
    rows, dev, chosen = reviews(27, 0), reviews(7, 1), settings(world.size, **changes)
    if task == TAGGING:
        rows, dev, chosen = tagged(rows), tagged(dev), settings(world.size, accumulation_steps=2)
    if task == EMBEDDING:
        rows, dev = pairs(rows), pairs(dev)
    network, tokenizer = encoder(1 + world.rank), BertTokenizer(VOCABULARY)
    metrics = FineTuning(network, tokenizer, task, rows, folder, dev=dev, settings=chosen).run(world)
    (folder / f"metrics_{world.rank}.json").write_text(json.dumps(metrics))


def train_long(world, folder):
    """Train with dropout; if the test will end the training, wait for that in the fourth step."""
    from reviews import VOCABULARY, reviews

    from tinybert.text import BertTokenizer

    trainer_module.Log = lambda path, **others: Log(path, every=1, **others)
    if (folder / "kill").exists() and world.rank == 1:
        original = trainer_module.Trainer._train_on
        trainer_module.Trainer._train_on = lambda self, rows: (
            os.kill(os.getpid(), signal.SIGKILL) if self.progress.step == 2 else original(self, rows)
        )
    if (folder / "hold").exists():
        original = trainer_module.Trainer._train_on

        def train_on(self, rows):
            if self.progress.step == 3:
                hold(folder / f"holds_{world.rank}")
            original(self, rows)

        trainer_module.Trainer._train_on = train_on
    chosen = settings(world.size, epochs=6)
    network, tokenizer = encoder(1, 0.1), BertTokenizer(VOCABULARY)
    FineTuning(network, tokenizer, TASK, reviews(27, 0), folder, settings=chosen).run(world)


def hold(file):
    """Create a file, and wait until this process gets a signal to end."""
    told, handler = threading.Event(), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *given: (handler(*given), told.set()))
    file.touch()
    told.wait(LONGEST)
    signal.signal(signal.SIGTERM, handler)


def main():
    once.remove_state = lambda folder: None  # what is compared at the end
    world = distributed.start()
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == "long":
        train_long(world, folder)
    else:
        train(world, folder, name)


def command(name, folder):
    return [sys.executable, str(Path(__file__).resolve()), name, str(folder)]


def lines(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def assert_alike(folder, other):
    """Losses and metrics of each step, and all weights and moments at the end, to 1e-5."""
    assert [line["step"] for line in lines(folder)] == [line["step"] for line in lines(other)]
    for mine, theirs in zip(lines(folder), lines(other), strict=True):
        for key in ("loss", "metrics"):
            assert mine.get(key, 0) == pytest.approx(theirs.get(key, 0), abs=1e-5)
    mine, theirs = load_file(folder / "resume.safetensors"), load_file(other / "resume.safetensors")
    assert mine.keys() == theirs.keys()
    for name, array in theirs.items():
        if not name.startswith("dropout"):
            np.testing.assert_allclose(mine[name], array, atol=1e-5, err_msg=name)


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """A function that runs the same training in one process with batches of 8."""
    monkeypatch.setattr(trainer_module, "Log", Log)  # `train` changes both
    monkeypatch.setattr(heads, "Dropout", Dropout)
    monkeypatch.setattr(once, "remove_state", lambda folder: None)

    def alone(name):
        train(World(), tmp_path / "alone", name)
        return tmp_path / "alone"

    return alone


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_two_processes_train_as_one_with_the_doubled_batch(name, alone, tmp_path):
    folder = tmp_path / "together"
    launch(2, command(name, folder), timeout=LONGEST)
    other = alone(name)
    assert_alike(folder, other)
    expected = json.loads((other / "metrics_0.json").read_text())
    for rank in range(2):
        assert json.loads((folder / f"metrics_{rank}.json").read_text()) == pytest.approx(expected, abs=1e-5)


@pytest.mark.slow
def test_msrun_does_the_same(alone, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    options = ["--worker_num=2", "--local_worker_num=2", f"--master_port={free_port()}", "--join=True"]
    script = command("classify", tmp_path / "together")[1:]
    subprocess.run(["msrun", *options, f"--log_dir={tmp_path / 'logs'}", *script], check=True, timeout=300)
    assert_alike(tmp_path / "together", alone("classify"))


@pytest.mark.slow
def test_a_port_in_use_under_msrun_ends_the_workers(tmp_path, monkeypatch):
    """They give up after our timeout, not after MindSpore's ten minutes."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        options = ["--worker_num=2", "--local_worker_num=2", f"--master_port={other.getsockname()[1]}", "--join=True"]
        run = subprocess.run(
            ["msrun", *options, f"--log_dir={tmp_path}", *command("classify", tmp_path)[1:]], check=False, timeout=500
        )
    assert run.returncode
    # The first worker to give up ends the other, so only one of the logs is sure to say why.
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert f"within {SECONDS_TO_MEET} seconds. Another program may listen on this port" in logs


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_ends_all(tmp_path):
    (tmp_path / "kill").touch()
    with pytest.raises(WorkerError, match="worker 1 was ended by SIGKILL") as caught:
        launch(2, command("long", tmp_path), timeout=LONGEST)
    assert caught.value.exit_code == -signal.SIGKILL


@pytest.mark.slow
def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path):
    """Ctrl-C reaches both processes during training; in each, dropout resumes where it stopped."""
    broken, unbroken = tmp_path / "broken", tmp_path / "unbroken"
    unbroken.mkdir()
    launch(2, command("long", unbroken), timeout=LONGEST)
    broken.mkdir()
    (broken / "hold").touch()
    with subprocess.Popen([sys.executable, "-c", LAUNCH, *command("long", broken)]) as process:
        wait_for([broken / "holds_0", broken / "holds_1"], process)
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST) == -signal.SIGINT
    assert [line["step"] for line in lines(broken)] == [1, 2, 3, 4]
    assert (broken / "resume.safetensors").exists()
    (broken / "hold").unlink()
    launch(2, command("long", broken), timeout=LONGEST)
    assert [line["step"] for line in lines(broken)] == [line["step"] for line in lines(unbroken)]
    mine, theirs = load_file(broken / "resume.safetensors"), load_file(unbroken / "resume.safetensors")
    for name, array in theirs.items():
        np.testing.assert_allclose(mine[name], array, atol=1e-6, err_msg=name)


@pytest.mark.slow
def test_workers_end_with_a_launcher_that_was_killed(tmp_path):
    (tmp_path / "hold").touch()
    with subprocess.Popen([sys.executable, "-c", LAUNCH, *command("long", tmp_path)]) as process:
        wait_for([tmp_path / "holds_0", tmp_path / "holds_1"], process)
        below = descendants(process, 3)
        process.kill()
    assert not alive(below)
    assert saved_progress(tmp_path).step == 4


if __name__ == "__main__":
    main()
