"""A log that something else wrote, or damaged: what can be read of it is drawn, and a finished training ends."""

from __future__ import annotations

import json

import pytest

from tinybert.training.log import LOG, draw_curves, read_log

LINES = {
    '{"step": 1, "loss": 0.5}': True,
    '{"step": 1, "loss": NaN}': True,
    '{"step": 1, "loss": null}': True,
    '{"step": 1, "metrics": {}}': True,
    '{"step": 1, "metrics": {"f1": 1e308}}': True,
    '{"step": -1}': True,
    '{"loss": 0.5}': False,
    '{"step": "1", "loss": 0.5}': False,
    '{"step": 1.5}': False,
    '{"step": 1, "loss": "0.5"}': False,
    '{"step": 1, "loss": 1e999}': False,
    '{"step": 1, "metrics": {"f1": "x"}}': False,
    '{"step": 1, "metrics": [1]}': False,
    '{"step": 1, "step": 2}': False,
    '{"step": 1' + "0" * 400 + "}": False,
    "[1]": False,
    "null": False,
    "": False,
    '{"step": 1, "loss": 0.': False,
    "[" * 100_000: False,
    "\x00" * 4096: False,
}


@pytest.mark.parametrize("line", LINES, ids=lambda line: repr(line)[:40])
def test_a_line_that_is_none_is_left_out(tmp_path, line):
    good = '{"step": 3, "loss": 0.25}'
    (tmp_path / LOG).write_text("\n".join([good, line, good, '{"step": 4, "lo']), encoding="utf-8")
    assert len(read_log(tmp_path)) == 2 + LINES[line]


@pytest.mark.parametrize(
    "lines",
    [
        [(1, {"loss": 0.5}), (2, {"loss": 1e308}), (10**300, {"loss": -1e308})],
        [(1, {"metrics": {"f1": 1e308, "$$": 1, "$x^$": None, "\\frac": 0.5}}), (2, {"metrics": {"f1": None}})],
        [(1, {"metrics": {}}), (2, {"metrics": {"\u96ea": 1, "_": 2, "x\n" * 9: 3}}), (-(10**18), {"loss": None})],
    ],
    ids=["losses", "names", "neither"],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # of letters that the font has not, and of names that begin with _
def test_whatever_can_be_drawn_is(tmp_path, lines):
    pytest.importorskip("matplotlib")
    (tmp_path / LOG).write_text("".join(json.dumps({"step": step, **said}) + "\n" for step, said in lines), "utf-8")
    assert draw_curves(tmp_path).read_bytes()[:4] == b"\x89PNG"
