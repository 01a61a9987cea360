"""The shell completes commands, options and uids, at once."""

from __future__ import annotations

import pytest
from tiny import command, cpu_seconds

PUBLISHED = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"


@pytest.fixture
def completed(run):
    """A function: what bash is offered in the place of the last word."""

    def completed(*words, **variables):
        variables |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        process = run(_TINYBERT_COMPLETE="complete_bash", **variables)
        assert "IMPORTED False" in process.stderr
        return process.stdout.split()

    return completed


def test_commands_and_options_are_completed(completed):
    assert completed("tinybert", "e") == ["embed", "evaluate"]
    assert completed("tinybert", "embed", "--pool") == ["--pooling"]
    assert completed("tinybert", "embed", "--pooling", "f") == ["first"]


@pytest.mark.parametrize("words", [["embed"], ["hub", "info"], ["finetune", "classify", "--model"]])
def test_uids_are_completed(completed, words, tmp_path):
    before = cpu_seconds()
    assert completed("tinybert", *words, "mindspore/ascend/1.0/tinybert_v1.0_c", MSHUB_CACHE=str(tmp_path)) == [
        PUBLISHED
    ]
    assert cpu_seconds() - before < 1


def test_a_module_of_ones_own_is_completed(completed, encoder_folder, tmp_path):
    assert command("hub", "publish", encoder_folder, "me/1.0/films", "--cache", tmp_path).code == 0
    assert completed("tinybert", "embed", "m", MSHUB_CACHE=str(tmp_path))[0] == "me/1.0/films"


def test_what_is_no_uid_is_left_to_the_shell(completed):
    assert completed("tinybert", "embed", "./my") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(run, shell):
    process = run(_TINYBERT_COMPLETE=f"source_{shell}")
    assert process.returncode == 0
    assert "_TINYBERT_COMPLETE" in process.stdout
