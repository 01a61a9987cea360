"""Published cards as other editors and tools write them again: what they say stays the same."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from pathlib import Path

import pytest
from cards import ASSET, card_text

from tinybert.errors import CardError
from tinybert.hub.card import check_card, parse_card, read_card

HEADERS = json.loads(Path(__file__).with_name("published_headers.json").read_text(encoding="utf-8"))
HEADERS = {uid: header for uid, header in HEADERS.items() if not uid.endswith("_cn")}
FIELD = re.compile(r"^([\w-]+):[ \t]*(.*)$", re.MULTILINE)
WORDS = ("license", "author", "user-id", "model-name", "backbone-name", "module-type", "used-for")


def whole(header):
    return f"# Title\n\n---\n\n{header}\n\n---\n\nBody\n"


def of_words(change):
    """Changes the values of fields that are words, as `change` makes them of the words."""

    def changed(match):
        key, value = match[1], match[2].strip()
        plain = key in WORDS and value and not re.match("['\"<>[{|]", value)
        return f"{key}: {change(value)}" if plain else match[0]

    return lambda header: whole(FIELD.sub(changed, header))


def reordered(header):
    entries = re.split(r"\n(?=[\w-]+:)", header)
    random.Random(1).shuffle(entries)
    return whole("\n".join(entries))


CHANGES = {
    "as it is": whole,
    "order": reordered,
    "CRLF": lambda header: whole(header).replace("\n", "\r\n"),
    "CR": lambda header: whole(header).replace("\n", "\r"),
    "a byte order mark": lambda header: "\ufeff" + whole(header),
    "comments between": lambda header: whole(re.sub(r"^(?=[\w-]+:)", "# a comment: yes\n", header, flags=re.M)),
    "comments behind": of_words("{}  # said so".format),
    "spaces behind": lambda header: whole(re.sub("$", "   ", header, flags=re.M)),
    "empty lines": lambda header: whole(re.sub(r"^(?=[\w-]+:)", "\n\n", header, flags=re.M)),
    "indented": lambda header: whole(re.sub("^(?=.)", "  ", header, flags=re.M)),
    "quoted keys": lambda header: whole(FIELD.sub(r'"\1": \2', header)),
    "single quotes": of_words(lambda value: "'" + value.replace("'", "''") + "'"),
    "double quotes": of_words(json.dumps),
    "blocks": of_words("|-\n  {}".format),
    "folded blocks": of_words(">-\n  {}".format),
    "escapes": of_words(lambda value: '"' + "".join(f"\\u{ord(letter):04x}" for letter in value) + '"'),
    "longer marks": lambda header: f"---- \n{header}\n-----\n",
    "no title, no body": lambda header: f"---\n{header}\n---",
    "spaces before colons": lambda header: whole(FIELD.sub(r"\1 : \2", header)),
    "capitals": lambda header: whole(
        re.sub("(?<=^fine-tunable: ).*", lambda match: match[0].upper(), header, flags=re.M)
    ),
    "an odd body": lambda header: whole(header) + "\u2028 \x00 \x1b[2J -- \ufeff\n",
}
SAMPLES = (
    random.Random(0).sample(sorted(HEADERS), 6) + [uid for uid in HEADERS if "evaluation: -\n" in HEADERS[uid]][:2]
)


@pytest.mark.parametrize("change", CHANGES)
def test_what_it_says_stays(change):
    for uid in SAMPLES:
        plain, text = parse_card(whole(HEADERS[uid])), CHANGES[change](HEADERS[uid])
        card = dataclasses.replace(parse_card(text, source=uid), title=plain.title, body=plain.body)
        assert card == plain
        assert {problem.severity for problem in check_card(text)} <= {"note"}


@pytest.mark.parametrize("change", CHANGES)
def test_any_field_but_its_module_type_may_be_missing(change):
    header = HEADERS["mindspore/1.10/tinybert_enwiki128_mnli"]
    for key in FIELD.findall(header):
        text = CHANGES[change](re.sub(rf"^{key[0]}:.*(\n[ -].*)*\n?", "", header, flags=re.M))
        if key[0] == "module-type":
            with pytest.raises(CardError, match="`module-type` is missing"):
                parse_card(text)
        else:
            assert parse_card(text).module_type == "nlp"


@pytest.mark.parametrize(
    "line",
    [
        "evaluation: -",
        "evaluation:   - ",
        "evaluation: - # none",
        "'evaluation': -",
        '"evaluation": -',
        "evaluation: ~",
        "evaluation:",
        "evaluation: null",
        "evaluation: ''",
        "evaluation: ' '",
        "evaluation: |\n  ",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_evaluation_in_all_spellings(tmp_path, line, end):
    path = tmp_path / "card.md"
    path.write_bytes(card_text().replace("license:", f"{line}\nlicense:").replace("\n", end).encode())
    card = read_card(path)
    assert (card.evaluation, card.license) == (None, "Apache2.0")
    if "-" in line:
        assert any("lone dash" in problem.message for problem in check_card(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("blank", ["", '""', '" "', "~", "|\n  "])
@pytest.mark.parametrize(
    "field", ["license", "repo_link", "used_for", "input_shape", "fine_tunable", "accuracy", "asset"]
)
def test_what_is_blank_is_missing(field, blank):
    text = card_text(**{field: blank})
    assert {problem.severity for problem in check_card(text)} <= {"note"}
    assert not getattr(parse_card(text), "assets" if field == "asset" else field)


@pytest.mark.parametrize(
    "name",
    ["tiny%20bert.ckpt", "tiny+bert(1).ckpt", "\u96ea.ckpt", "bert", "bert.CKPT", "a" * 220 + ".ckpt", "v1.0-rc~1"],
)
def test_assets_of_odd_names(name):
    card = parse_card(card_text(asset=ASSET.replace("tinybert.ckpt", name)))
    assert card.asset.file_name == name


@pytest.mark.parametrize("field", ["license", "summary", "module_type", "used_for", "asset", "input_shape", "labels"])
def test_a_message_holds_no_more_than_a_piece_of_what_it_is_about(field):
    for value in ("x" * 20_000, "'\\e[2J'", '"\\e[2J"', "[[[" + "x" * 20_000 + "]]]", "{" + "x" * 20_000 + ": 1}"):
        said = [problem.message for problem in check_card(card_text(**{field: value}))]
        assert all(len(message) < 400 and "\x1b" not in message for message in said), field
