"""The plot of a training: a PNG of its log, whatever the log contains."""

import struct
import sys

import pytest

from tinybert.training.log import Log, draw_curves
from tinybert.training.state import Progress

LOSSES = (0.9, 0.7, 0.4, 0.3)
NAN = float("nan")


def write(folder, losses=LOSSES, **metrics):
    """A log of losses, with an evaluation after every second one."""
    folder.mkdir(exist_ok=True)
    log = Log(folder, every=1, show=False)
    for step, loss in enumerate(losses, 1):
        log.step(Progress(step), len(losses), loss, 1e-3)
        if metrics and step % 2 == 0:
            log.evaluation(step, {name: values[step // 2 - 1] for name, values in metrics.items()}, 1.0)
    return folder


@pytest.fixture
def matplotlib():
    return pytest.importorskip("matplotlib")


@pytest.fixture
def draw(tmp_path, matplotlib):
    """A function that plots a log, checks that the result is a picture, and returns it."""

    def draw(name, *args, **kwargs):
        path = draw_curves(write(tmp_path / name, *args, **kwargs))
        assert path == tmp_path / name / "curves.png"
        picture = path.read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert picture[-8:-4] == b"IEND"
        assert struct.unpack(">II", picture[16:24]) == (1000, 400)
        return picture

    return draw


def test_losses_and_metrics_are_in_the_picture(draw):
    picture = draw("one", accuracy=(0.5, 0.75), macro_f1=(0.4, 0.6))
    assert picture == draw("same", accuracy=(0.5, 0.75), macro_f1=(0.4, 0.6))
    assert picture != draw("loss", (0.9, 0.8, 0.5, 0.3), accuracy=(0.5, 0.75), macro_f1=(0.4, 0.6))
    assert picture != draw("metric", accuracy=(0.5, 0.75), macro_f1=(0.4, 0.7))
    assert picture != draw("fewer", accuracy=(0.5, 0.75))


def test_without_a_dev_set(draw):
    assert draw("none") != draw("other", (0.9, 0.9, 0.9, 0.9))


@pytest.mark.slow
@pytest.mark.parametrize("spearman", [(NAN, 0.7), (NAN, NAN)], ids=["some", "all"])
def test_a_metric_that_is_undefined(spearman, draw):
    assert draw("undefined", spearman=spearman)


@pytest.mark.slow
def test_a_loss_that_is_no_number(draw):
    assert draw("diverged", (0.9, 12.0, NAN, NAN)) != draw("other")


def test_a_training_that_ended_before_its_first_loss(tmp_path, matplotlib):
    """Early stopping may happen before step 10, the first to be logged."""
    Log(tmp_path, show=False).evaluation(2, {"accuracy": 0.5}, 1.0)
    assert draw_curves(tmp_path).stat().st_size > 1000


@pytest.mark.slow
def test_a_notebook_goes_on_showing_its_own_pictures(draw, matplotlib):
    """The notebook's plotting backend is not replaced by a non-interactive one, and its figures stay open."""
    from matplotlib import pyplot as plt

    before = matplotlib.get_backend()
    matplotlib.use("svg")
    try:
        mine = plt.figure()
        draw("mine")
        assert matplotlib.get_backend() == "svg"
        assert plt.get_fignums() == [mine.number]
        assert plt.gcf() is mine
    finally:
        plt.close("all")
        matplotlib.use(before)


def test_without_matplotlib_there_is_no_picture(tmp_path, monkeypatch):
    folder = write(tmp_path / "log")
    for name in {"matplotlib", *(name for name in sys.modules if name.startswith("matplotlib."))}:
        monkeypatch.setitem(sys.modules, name, None)
    assert draw_curves(folder) is None
    assert [path.name for path in folder.iterdir()] == ["log.jsonl"]
