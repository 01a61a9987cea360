"""Copies of examples: how many words change, and that labels stay."""

from itertools import groupby

import pytest

from tinybert.data import TaggedExample, TextExample
from tinybert.distillation.augmentation.copies import PARTS, augmented
from tinybert.distillation.augmentation.settings import AugmentSettings
from tinybert.distillation.augmentation.words import WordSplitter

TEXTS, WORDS = "sequence-classification", "token-classification"


def copies_of(examples, finder, tokenizer, kind=TEXTS, **settings):
    split = WordSplitter(tokenizer, 16)
    return list(augmented(examples, PARTS[kind], split, finder, AugmentSettings(**settings)))


def test_each_example_is_followed_by_different_copies_with_its_label(finder, tokenizer):
    examples = [TextExample("the film is good, 7!", label="x"), TextExample("bad", label="y")]
    found = copies_of(examples, finder, tokenizer, copies=30)
    groups = [list(group) for _, group in groupby(found, key=lambda example: example.label)]
    assert [group[0] for group in groups] == examples
    assert 5 < len(groups[0]) <= 31
    assert len(groups[1]) == 4  # itself, and three candidates
    for group in groups:
        assert len({example.text for example in group}) == len(group)
    assert all(example.text.endswith(", 7!") for example in groups[0])
    assert all(len(example.text.split()) == 5 for example in groups[0])


@pytest.mark.parametrize("probability", [0.0, 0.25, 1.0])
def test_the_share_of_replaced_words_is_the_probability(quick, tokenizer, probability):
    words = ["the", "film", "is", "not", "good"]
    examples = [TextExample(" ".join(words))] * 400
    found = copies_of(examples, quick, tokenizer, copies=1, p_threshold=probability)
    changed = [old != new for example in found for old, new in zip(words, example.text.split(), strict=True)]
    assert sum(changed) / (400 * len(words)) == pytest.approx(probability, abs=0.04)


def test_choices_depend_on_seed_row_and_copy_alone(quick, tokenizer):
    examples = [TextExample("the film is good", "a bad book", label=str(row)) for row in range(70)]
    found = copies_of(examples, quick, tokenizer, copies=4, seed=7)
    few = copies_of(examples, quick, tokenizer, copies=2, seed=7)
    assert [example for example in few if example not in found] == []
    assert copies_of(examples[:5], quick, tokenizer, copies=4, seed=7) == found[: found.index(examples[5])]
    assert copies_of(examples, quick, tokenizer, copies=4, seed=8) != found
    rows = {}
    for example in found:
        rows.setdefault(example.label, []).append((example.text, example.pair))
    assert len({tuple(row) for row in rows.values()}) == 70


def test_both_texts_of_a_pair_change(quick, tokenizer):
    examples = [TextExample("the film is good", "a bad book", label=0.5)]
    found = copies_of(examples, quick, tokenizer, copies=20)
    assert len({example.text for example in found}) > 2
    assert len({example.pair for example in found}) > 2
    assert {example.label for example in found} == {0.5}


def test_tags_stay_at_their_words(finder, tokenizer):
    example = TaggedExample(("The", "films", "of", "U.S.", "42", "bad"), ("O", "B-X", "O", "B-Y", "I-Y", "O"))
    found = copies_of([example], finder, tokenizer, WORDS, copies=20, p_threshold=0.9)
    assert found[0] == example
    assert len(found) > 10
    for copy in found:
        assert copy.labels == example.labels
        assert copy.words[3:5] == ("U.S.", "42")
        assert all(word for word in copy.words)
    assert len({copy.words[1] for copy in found}) > 2


def test_chinese_is_replaced_character_by_character(quick, tokenizer):
    found = copies_of([TextExample("天气, 好")], quick, tokenizer, copies=20, p_threshold=0.5)
    assert {example.text[:1] for example in found} > {"天"}
    assert all(", " in example.text for example in found)
