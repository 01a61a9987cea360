"""A short kill campaign: readers see the old model or the new one, and a planted fault is found."""

import os
import subprocess
import sys

import kill_publish
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed in a copy of itself")


@pytest.mark.slow
def test_runs_that_end_anywhere(tmp_path, little_code):
    ends, complaints = kill_publish.campaign_of_kills(tmp_path, 1, stride=15, code_stride=15)
    assert complaints == []
    assert ends > 5


@pytest.mark.slow
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--plant",), 1)])
def test_the_campaign_finds_nothing_but_what_was_planted(options, code):
    command = [sys.executable, kill_publish.__file__, "--seed", "1", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "seed 1" in done.stdout
