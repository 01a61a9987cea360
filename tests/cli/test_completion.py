"""The shell completes commands, options and uids."""

from __future__ import annotations

import pytest
from tiny import command, completing

PUBLISHED = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"


CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_c"
UIDS = [["embed", CN_WIKI], ["hub", "info", CN_WIKI], ["finetune", "classify", "--model", CN_WIKI]]
WORDS = [["e"], ["embed", "--pool"], ["embed", "--pooling", "f"], ["embed", "./my"], ["embed", "m"], *UIDS]
SHELLS = ["bash", "zsh", "fish"]


@pytest.fixture(scope="module")
def asked(several, encoder_folder, tmp_path_factory):
    """The completions from one process for all requests in these tests, with a user's module in the cache."""
    cache = tmp_path_factory.mktemp("cache")
    assert command("hub", "publish", encoder_folder, "me/1.0/films", "--cache", cache).code == 0
    runs = [[[], completing("tinybert", *words)] for words in WORDS]
    runs += [[[], {"_TINYBERT_COMPLETE": f"source_{shell}"}] for shell in SHELLS]
    return dict(zip([*map(tuple, WORDS), *SHELLS], several(runs, MSHUB_CACHE=str(cache)), strict=True))


@pytest.fixture
def completed(asked):
    """A function that returns the completions offered to bash for the last word."""

    def completed(*words):
        run, heavy = asked[words]
        assert heavy == []
        return run.out.split()

    return completed


def test_commands_and_options_are_completed(completed):
    assert completed("e") == ["embed", "evaluate"]
    assert completed("embed", "--pool") == ["--pooling"]
    assert completed("embed", "--pooling", "f") == ["first"]


@pytest.mark.parametrize("words", UIDS)
def test_uids_are_completed(completed, words):
    assert completed(*words) == [PUBLISHED]


def test_a_module_of_ones_own_is_completed(completed):
    assert completed("embed", "m")[0] == "me/1.0/films"


def test_what_is_no_uid_is_left_to_the_shell(completed):
    assert completed("embed", "./my") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(asked, shell):
    run, _ = asked[shell]
    assert run.code == 0
    assert "_TINYBERT_COMPLETE" in run.out
