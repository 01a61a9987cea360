"""`tinybert hub check FOLDER` finds the cards of a folder, and none among what lies there by accident."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tiny import command

sys.path.append(str(Path(__file__).resolve().parents[1] / "hub"))
from cards import card_text

IGNORED = [
    "._card.md",  # what macOS writes beside a file where it cannot keep its properties elsewhere
    ".card.md.swp.md",
    ".write-x/card.md",
    ".code-x/new/tinybert.md",
    "a/.git/b.md",
    "README.md",
    "a/ReadMe.zh.md",
    "a/card.MD.txt",
    "a/card.markdown",
]
CHECKED = ["card.md", "a/b/c/d/e.md", "a/\u96ea.md", "a/b c.md", "a/-x.md", "a/[1].md", "readm.md"]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "cards"
    for name in IGNORED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\x00\x05\x16\x07\xff")
    for name in CHECKED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(card_text(), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("called", "within"), [("cards", ""), ("cards", "a/"), (".hidden", ""), (".hidden", "a/")])
def test_cards_and_nothing_else(folder, called, within):
    folder = folder.rename(folder.with_name(called))
    run = command("hub", "check", "--json", folder / within)
    assert run.code == 0
    told = {Path(entry["card"]).relative_to(folder).as_posix(): entry for entry in json.loads(run.out)}
    assert set(told) == {name for name in CHECKED if name.startswith(within)}
    assert all(entry["valid"] and entry["problems"] == [] for entry in told.values())


@pytest.mark.parametrize("name", ["._card.md", ".write-x/card.md", "README.md"])
def test_a_file_that_is_named_is_checked(folder, name):
    run = command("hub", "check", folder / name, folder / "card.md")
    assert run.code == 1
    assert f"{name}: " in run.out or f"{name} is not" in run.out
    assert "2 cards: 1 valid, 1 not" in run.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a card needs two lines"),
        (b"\xff\xfe", "this is not UTF-8 text"),
        (b"---\nmodule-type: \x1b[2J\n---\n", "U+001B"),
        (b"---\n" + b"[" * 60_000 + b"\n---\n", "not allowed"),
        (b"x" * (1 << 20) + b"x", "larger than 1048576 bytes"),
        (b"---\n---\n---\n", "these do: 1, 2, 3"),
        (b"---\nmodule-type: nlp\nlicense: &a b\n---\n", "an anchor"),
    ],
)
def test_what_is_wrong_is_said_with_its_file_and_the_others_are_checked(tmp_path, content, said):
    (tmp_path / "a.md").write_bytes(content)
    (tmp_path / "b.md").write_text(card_text(), encoding="utf-8")
    for options in ((), ("--json",), ("--strict",)):
        run = command("hub", "check", *options, tmp_path)
        assert run.code == 1
        assert said in run.out
        assert "\x1b" not in run.out
        assert "2 cards: 1 valid, 1 not" in run.err
