"""Written cards are read back, by this package and by other readers."""

from __future__ import annotations

import dataclasses
import re

import pytest
import yaml
from cards import HEADER, card_text
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tinybert.errors import CardError
from tinybert.hub.card import Asset, Card, check_card, parse_card, render_card

header_text = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
header_text = header_text.filter(lambda text: text.strip() and not set(text) & set("\u2028\u2029\ufeff\ufffe\uffff"))
header_text |= st.sampled_from(
    ["1.10", "yes", "null", "~", "2020-09-22", "a, b", "- a", "#", "0x1", "'", '"', "!x", "*"]
)
word = st.text("abcxyz_019", max_size=6).map(lambda text: f"w{text}")
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
assets = st.builds(
    Asset, st.sampled_from(["ckpt", "mindir"]), word.map(lambda name: f"https://host/{name}.ckpt"), hashes
)
ints = st.lists(st.integers(-9, 999), max_size=3).map(tuple)
shapes = ints | st.lists(ints, max_size=3).map(tuple)
cards = st.builds(
    Card,
    title=st.just("") | header_text.map(lambda text: " ".join(text.split())).filter(bool),
    model_name=header_text,
    backbone_name=header_text,
    module_type=st.sampled_from(["nlp", "cv-detail"]),
    fine_tunable=st.booleans(),
    input_shape=shapes,
    model_version=header_text,
    author=header_text,
    update_time=header_text,
    repo_link=word.map(lambda name: f"https://host/{name}"),
    user_id=header_text,
    used_for=st.sets(st.sampled_from(["inference", "extract-feature"]), min_size=1).map(tuple),
    infer_backend=st.sets(st.sampled_from(["cpu", "gpu"]), min_size=1).map(tuple),
    mindspore_version=header_text,
    license=header_text,
    summary=header_text,
    train_dataset=st.none() | header_text,
    evaluation=st.none() | header_text,
    accuracy=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    train_backend=st.sets(st.sampled_from(["cpu", "ascend"])).map(tuple),
    assets=st.lists(assets, max_size=3, unique_by=lambda asset: asset.link).map(tuple),
    featured_image=st.none() | header_text,
    allow_cache_ckpt=st.none() | st.booleans(),
    task=st.sampled_from(["encoder", "question-answering"]),
    labels=st.lists(header_text, unique=True, max_size=3).map(tuple),
    network_config=st.dictionaries(word, word, max_size=3),
    do_lower_case=st.none() | st.booleans(),
    extra=st.dictionaries(
        header_text.filter(lambda key: key not in HEADER),
        st.none() | header_text | st.lists(header_text, max_size=2).map(tuple),
        max_size=2,
    ),
    body=st.text(max_size=80).map(lambda text: text.replace("\r", "").strip("\n")),
)


class TestProperties:
    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(
        st.text(max_size=200)
        | st.text("-#:\n\t []{}&*!\"'|>%ab1~,?\\", max_size=80).map(lambda yml: f"---\n{yml}\n---\n")
    )
    @example("---\n---\n")
    @example('---\na: "\\ud800"\n---\n')
    def test_any_text_is_a_card_or_a_card_error(self, text):
        if problems := check_card(text):
            with pytest.raises(CardError) as caught:
                parse_card(text, strict=True)
            assert caught.value.problems == tuple(map(str, problems))
        if all(problem.severity == "note" for problem in problems):
            assert isinstance(parse_card(text), Card)

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(cards)
    def test_a_card_that_is_written_is_read_back(self, card):
        try:
            text = render_card(card)
        except CardError:
            # Only free text can violate a rule here: a --- line, or a heading with a colon.
            assert "---" in card.body or ":" in card.body or card.title.startswith("#")
            return
        assert parse_card(text) == card
        # A YAML reader that parses numbers and dates, like the hub's, finds the same text.
        header = yaml.safe_load(re.split("^---$", text, flags=re.MULTILINE)[1])
        assert header["model-version"] == card.model_version
        assert header.get("labels", []) == list(card.labels)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accuracy", 1e-07),
        ("accuracy", 1e22),
        ("labels", ("a, b", "[c", "no", "1")),
        ("model_version", "1.10"),
        ("license", "y"),
    ],
)
def test_other_readers_find_what_was_written(field, value):
    text = render_card(dataclasses.replace(parse_card(card_text()), **{field: value}))
    header = yaml.safe_load(text.split("---")[1])
    assert header[field.replace("_", "-")] == (list(value) if isinstance(value, tuple) else value)


def test_what_would_not_be_read_back_is_not_written():
    card = parse_card(card_text())
    for change in (
        {"license": ""},
        {"used_for": ()},
        {"body": "---"},
        {"network_config": {"a": "b c=d"}},
        {"summary": "a:b"},
        {"body": "\ud800"},
        {"title": "\ud800"},
        {"title": 5},
        {"body": None},
    ):
        with pytest.raises(CardError):
            render_card(dataclasses.replace(card, **change))
