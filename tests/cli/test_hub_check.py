"""`tinybert hub check` reports each problem of a card with its line, and notes, which are not errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def test_check_accepts_a_good_card(tinybert):
    card = REPOSITORY / "tinybert.md"
    assert tinybert("hub", "check", card) == (0, f"{card}: valid\n", "")


def test_check_prints_each_problem_with_its_line(tinybert, tmp_path):
    lines = (REPOSITORY / "tinybert.md").read_text(encoding="utf-8").splitlines()
    wrong = {
        lines.index("module-type: nlp"): "module-type: text",
        lines.index("license: Apache2.0"): "license:",
    }
    bad = tmp_path / "bad.md"
    bad.write_text("\n".join(wrong.get(number, line) for number, line in enumerate(lines)))
    code, out, _ = tinybert("hub", "check", bad, REPOSITORY / "tinybert.md", tmp_path / "gone.md")
    assert code == 1
    found = out.splitlines()
    first, second = (number + 1 for number in wrong)
    assert found[0].startswith(f"{bad}:{first}: `module-type` ")
    assert found[1].startswith(f"{bad}:{second}: note: `license` is empty")
    assert found[2].endswith("tinybert.md: valid")
    assert found[3].startswith(f"{tmp_path / 'gone.md'} cannot be read")
    assert len(found) == 4


@pytest.fixture
def folder(tmp_path):
    """A folder with a good card, one with a note, one with an error, and Markdown that is not a card."""
    good = (REPOSITORY / "tinybert.md").read_text(encoding="utf-8")
    folder = tmp_path / "assets"
    (folder / "me" / "1.0").mkdir(parents=True)
    (folder / "README.en.md").write_text("text")
    (folder / "me" / "1.0" / "good.md").write_text(good)
    (folder / "me" / "1.0" / "noted.md").write_text(good.replace("infer-backend: ascend\n", ""))
    (folder / "me" / "1.0" / "wrong.md").write_text(good.replace("fine-tunable: True", "fine-tunable: maybe"))
    return folder


def test_check_tells_errors_from_notes_in_all_cards_of_a_folder(tinybert, folder):
    code, out, err = tinybert("hub", "check", folder)
    assert (code, err) == (1, "3 cards: 2 valid, 1 not\n")
    good, noted, valid, wrong = out.splitlines()
    assert good == f"{folder / 'me/1.0/good.md'}: valid"
    assert noted.startswith(f"{folder / 'me/1.0/noted.md'}:3: note: `infer-backend` is missing")
    assert valid == f"{folder / 'me/1.0/noted.md'}: valid, with 1 note"
    assert "wrong.md:11: `fine-tunable` must be True or False" in wrong


def test_notes_fail_a_strict_check_only(tinybert, folder):
    card = folder / "me" / "1.0" / "noted.md"
    assert tinybert("hub", "check", card)[0] == 0
    assert tinybert("hub", "check", "--strict", card)[0] == 1
    assert tinybert("hub", "check", "--strict", REPOSITORY / "tinybert.md")[0] == 0


def test_check_prints_json(tinybert, folder):
    code, out, _ = tinybert("hub", "check", "--json", folder)
    good, noted, wrong = json.loads(out)
    assert code == 1
    assert good == {"card": str(folder / "me/1.0/good.md"), "valid": True, "problems": []}
    assert (noted["valid"], noted["problems"][0]["severity"], noted["problems"][0]["line"]) == (True, "note", 3)
    assert (wrong["valid"], wrong["problems"][0]["severity"]) == (False, "error")


def test_check_of_a_folder_without_cards(tinybert, tmp_path):
    (tmp_path / "README.md").write_text("text")
    code, _, err = tinybert("hub", "check", tmp_path)
    assert code == 1
    assert f"{tmp_path} holds no card" in err
