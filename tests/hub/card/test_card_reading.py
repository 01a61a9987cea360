"""Reading of cards from files, as in the hub's own validator; all problems are listed with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from cards import SHA256, card_text, line_of

from tinybert.errors import CardError
from tinybert.hub.card import check_card, parse_card, read_card

PUBLISHED = Path(__file__).parents[1] / "card_as_published.md"


def test_the_published_card_is_read_as_it_is():
    card = read_card(PUBLISHED)
    assert card.title == "TinyBert"
    assert card.model_name == "tinybert"
    assert card.fine_tunable is True
    assert card.input_shape == ((1, 128), (1, 128), (1, 128))
    assert (card.model_version, card.mindspore_version, card.update_time) == ("1.0", "1.0", "2020-09-22")
    assert card.used_for == ("inference", "transfer-learning")
    assert card.infer_backend == card.train_backend == ("ascend",)
    assert card.asset.file_name == "tinybert.ckpt"
    assert card.asset.sha256 == SHA256
    assert card.code_name == "tinybert"
    assert card.task == "encoder"
    assert card.body.startswith("## Introduction")
    assert check_card(PUBLISHED.read_text(encoding="utf-8")) == []


def test_files_from_windows_are_read(tmp_path):
    path = tmp_path / "card.md"
    path.write_bytes(b"\xef\xbb\xbf" + card_text("two\nlines").replace("\n", "\r\n").encode())
    assert read_card(path) == parse_card(card_text("two\nlines"))


def test_files_that_are_not_text_name_the_line(tmp_path):
    path = tmp_path / "card.md"
    path.write_bytes(card_text().encode() + b"a\n\xff\n")
    with pytest.raises(CardError, match=r"card.md.*\n.*line 20: .*UTF-8"):
        read_card(path)


@pytest.mark.parametrize("name", ["missing.md", ".", "\0"])
def test_files_that_cannot_be_read_are_named(tmp_path, name):
    with pytest.raises(CardError, match="cannot be read"):
        read_card(tmp_path / name)


def test_files_that_are_too_large_are_not_read(tmp_path):
    path = tmp_path / "card.md"
    path.write_text(card_text("x" * (1 << 20)))
    with pytest.raises(CardError, match="larger"):
        read_card(path)


def test_all_problems_are_listed_in_the_order_of_their_lines():
    text = card_text("# Usage:\n", license=None, fine_tunable="maybe", used_for="profit")
    problems = check_card(text)
    lines = [2, line_of(text, "fine-tunable"), line_of(text, "used-for"), line_of(text, "# Usage")]
    assert [problem.line for problem in problems] == lines
    assert [problem.severity for problem in problems] == ["note", "error", "error", "note"]
    with pytest.raises(CardError) as caught:
        parse_card(text, strict=True)
    assert caught.value.problems == tuple(map(str, problems))
    with pytest.raises(CardError) as caught:
        parse_card(text)
    assert caught.value.problems == tuple(map(str, problems[1:3]))
