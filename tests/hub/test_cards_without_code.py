"""A card that lacks the address of its code, or has an odd one, is loaded; and it hides no other from the lists."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from pathlib import Path

import pytest
from small_modules import small_model

import mindspore_hub as mshub
from tinybert import DEFAULT_MODEL
from tinybert.cli import main
from tinybert.errors import UnsafePathError
from tinybert.hub import find_module, install, list_uids, publish
from tinybert.hub.cache import HubCache
from tinybert.hub.card import check_card
from tinybert.hub.finding import cached_modules

HEADERS = json.loads(Path(__file__).with_name("card").joinpath("published_headers.json").read_text("utf-8"))


@pytest.fixture
def good():
    return publish(**small_model(), uid="me/1.0/good")


@pytest.fixture
def tell(monkeypatch, capsys):
    """What `tinybert hub` prints."""

    def tell(*arguments):
        monkeypatch.setattr(sys, "argv", ["tinybert", "hub", *arguments])
        with contextlib.suppress(SystemExit):
            main()
        out, err = capsys.readouterr()
        assert "tinybert:" not in err
        return out

    return tell


def beside(module, line):
    """A card beside a module's, with the same files, in which the line of the code's address is another."""
    text = re.sub("^repo-link: .*$", line, module.paths.card.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path = module.paths.card.with_name("odd.md")
    path.write_text(re.sub("^uid: .*$", "uid: me/1.0/odd", text, flags=re.MULTILINE), encoding="utf-8")
    return path


LOADED = {
    "": "tinybert",
    "repo-link:": "tinybert",
    "repo-link: ''": "tinybert",
    "repo-link: https://gitee.com/mindspore/models/tree/r1.3/official/nlp/tinybert/": "tinybert",
    "repo-link: <https://gitee.com/mindspore/models/tree/r1.3/mine/>": "mine",
    "repo-link: https://gitee.com/mindspore/models/tree/r1.3/mine?at=1": "mine",
    "repo-link: http://gitee.com/mindspore/models/tree/r1.3/mine": "mine",
    "repo-link: git@gitee.com:mindspore/mine.git": "mine.git",
    "repo-link: https://[gitee/mine": "mine",
}
REFUSED = [
    "repo-link: https://gitee.com/mindspore/..",
    "repo-link: https://gitee.com/mindspore/.hidden",
    "repo-link: https://gitee.com/mindspore/nul",
    "repo-link: https://gitee.com/mindspore/odd.md",
]


@pytest.mark.parametrize("line", LOADED)
def test_it_is_a_note_and_the_module_is_loaded_and_installed(good, line, tmp_path):
    card = beside(good, line)
    assert {problem.severity for problem in check_card(card.read_text(encoding="utf-8"))} <= {"note"}
    elsewhere = HubCache(tmp_path / "elsewhere")
    for module in (find_module("me/1.0/odd"), find_module("me/1.0/odd", cache=installed(card, elsewhere))):
        assert module.checkpoint_bytes() == good.checkpoint_bytes()
        assert module.tokenizer().vocabulary.tokens == good.tokenizer().vocabulary.tokens
        assert module.paths.code.name == LOADED[line]
    assert (module.paths.code / "mindspore_hub_conf.py").is_file()


def installed(card, cache):
    install(card, cache=cache)
    return cache


@pytest.mark.parametrize("line", [*LOADED, *REFUSED])
def test_the_others_are_listed_and_verified(good, tell, line):
    beside(good, line)
    names = {"me/1.0/good"} | ({"me/1.0/odd"} if line in LOADED else set())
    assert set(cached_modules()) == names
    assert {entry["uid"] for entry in json.loads(tell("list", "--cached", "--json"))} == names
    own = {uid.rsplit("/", 1)[-1] for uid in (DEFAULT_MODEL, *list_uids())}
    assert set(mshub.hub_list()) - own == {uid[7:] for uid in names}


@pytest.mark.parametrize("line", REFUSED)
def test_a_name_that_leads_elsewhere_is_refused_where_it_is_asked_for(good, line):
    beside(good, line)
    with pytest.raises(UnsafePathError):
        find_module("me/1.0/odd")


def test_every_published_card_may_lie_in_the_cache(good, tell):
    """As the official client leaves them there, those of other networks too."""
    for uid, header in HEADERS.items():
        path = HubCache().root / f"{uid}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {uid}\n---\n{header}\n---\n", encoding="utf-8")
    listed = {entry["uid"] for entry in json.loads(tell("list", "--json"))}
    assert {uid for uid in HEADERS if not uid.endswith("_cn")} | {"me/1.0/good"} <= listed
    assert "me/1.0/good: ok" in tell("verify")
