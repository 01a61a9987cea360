"""The log of a resumed run has each step once, however the previous run ended."""

import pytest

from tinybert.training.log import Log, read_log

STEPS = [
    {"step": 10, "loss": 1.5},
    {"step": 20, "loss": 1.0},
    {"step": 20, "metrics": {"f1": None}},
    {"step": 30, "loss": 0.5},
]


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path)
    for values in STEPS:
        log.write(**values)
    return log


def test_what_comes_after_the_saved_state_is_dropped(log, tmp_path):
    log.rewind(20)
    assert read_log(tmp_path) == STEPS[:3]
    log.write(step=30, loss=0.25)
    assert [line["step"] for line in read_log(tmp_path)] == [10, 20, 20, 30]


@pytest.mark.parametrize("torn", ['{"ste', '{"step": 40, "loss": 0.1}', '{"text": "\\u00e4', "\xc3"])
def test_a_last_line_that_was_cut_short_is_left_out(log, tmp_path, torn):
    with log.path.open("ab") as file:
        file.write(torn.encode("latin-1"))
    assert read_log(tmp_path) == STEPS
    log.rewind(30)
    log.write(step=40, loss=0.25)
    assert read_log(tmp_path) == [*STEPS, {"step": 40, "loss": 0.25}]


def test_a_run_without_a_log_has_nothing_to_drop(tmp_path):
    Log(tmp_path).rewind(10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damaged",
    [
        "\x00\x00\x00",
        "{}",
        "[" * 5000,
        '{"step": "20"}',
        '{"step": 20, "loss": {}}',
        '{"step": 20, "metrics": 1}',
        "5",
        "\xff",
    ],
)
def test_a_damaged_line_in_the_middle_blocks_nothing(tmp_path, damaged):
    log = Log(tmp_path)
    log.write(**STEPS[0])
    with log.path.open("ab") as file:
        file.write(damaged.encode("latin-1") + b"\n")
    log.write(**STEPS[1])
    assert read_log(tmp_path) == STEPS[:2]
    log.rewind(10)
    assert read_log(tmp_path) == STEPS[:1]
