"""The launcher of several processes ends all of them, whichever ends first, and reports why."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from launched import LAUNCH, LONGEST, alive, descendants, with_ids

from tinybert.errors import DistributedError, WorkerError
from tinybert.signals import held_signals
from tinybert.training.launch import launch

pytestmark = pytest.mark.usefixtures("nothing_is_left", "import_path")
WAIT = "import signal; signal.pause()"
"""A process that does nothing until a signal ends it."""


def test_a_port_in_use_is_an_error_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DistributedError, match=f"port {port} is in use"):
            launch(2, [sys.executable, "-c", "raise SystemExit(1)"], port=port)


def test_a_port_of_the_system_is_refused():
    with pytest.raises(DistributedError, match="choose one from 1024 to 65535"):
        launch(2, [sys.executable, "-c", "raise SystemExit(1)"], port=80)


def test_a_worker_that_fails_ends_all_with_the_end_of_its_log(tmp_path):
    """Worker 1 fails once the other is running; child processes of both end too."""
    script = f"""if True:
        import os, pathlib, signal, subprocess, sys, time
        mine, other = (pathlib.Path({str(tmp_path)!r}, rank) for rank in (os.environ["RANK_ID"], "0"))
        child = subprocess.Popen([sys.executable, "-c", {WAIT!r}])
        mine.with_suffix(".new").write_text(str(child.pid))
        mine.with_suffix(".new").rename(mine)
        if os.environ["RANK_ID"] == "0":
            signal.pause()
        while not other.exists():
            time.sleep(0.02)
        print("no such file: reviews.csv")
        sys.exit(3)
    """
    with pytest.raises(WorkerError, match=r"worker 1 ended with exit code 3(.|\n)*no such file: reviews.csv") as caught:
        launch(2, [sys.executable, "-c", script], log_dir=tmp_path / "logs")
    assert (caught.value.worker, caught.value.exit_code, caught.value.log) == (1, 3, "no such file: reviews.csv")
    assert not alive(with_ids(int((tmp_path / rank).read_text()) for rank in "01"))


def test_what_the_first_worker_says_is_passed_on(capfd):
    """Progress lines are passed on at once, everything else at the end; stdout is not captured."""
    script = """if True:
        import os, sys, time
        rank = os.environ["RANK_ID"]
        print(f"tinybert: {rank} begins", file=sys.stderr)
        print(f"step {rank}/900  loss 0.5", file=sys.stderr, flush=True)
        print(f"{rank} out")
        time.sleep(1)
    """
    lines = launch(2, [sys.executable, "-c", script])
    assert lines == ["tinybert: 0 begins", "step 0/900  loss 0.5"]
    assert capfd.readouterr() == ("0 out\n", "step 0/900  loss 0.5\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_workers_that_do_not_train_yet_end_at_once(number):
    """The signals of a closed terminal and of a cluster's time limit."""
    command = [sys.executable, "-c", LAUNCH, sys.executable, "-c", WAIT]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        below = descendants(process, 3)
        process.send_signal(number)
        assert process.wait(LONGEST) == -signal.SIGINT
        assert not alive(below)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_start_leaves_nobody_behind(number, monkeypatch):
    class Started(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            os.kill(os.getpid(), number)

    monkeypatch.setattr(subprocess, "Popen", Started)
    with pytest.raises(KeyboardInterrupt):
        launch(2, [sys.executable, "-c", WAIT])


def test_a_training_in_the_background_of_a_shell_goes_on_after_ctrl_c():
    """Such a shell makes it ignore SIGINT, which Ctrl-C sends to all processes of a terminal."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held_signals(signal.SIGINT) as received:
            os.kill(os.getpid(), signal.SIGINT)
        assert not received
    finally:
        signal.signal(signal.SIGINT, before)


def test_nohup_keeps_the_training_when_the_terminal_closes():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        script = "import os, signal; os.kill(os.getppid(), signal.SIGHUP)"
        launch(2, [sys.executable, "-c", script])
    finally:
        signal.signal(signal.SIGHUP, before)
