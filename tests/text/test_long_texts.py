"""A long text that is processed in parts has the same tokens, offsets and words as in one piece, wherever it is cut."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tinybert.text import BertTokenizer, Vocabulary, long_texts
from tinybert.text.vocabulary import AddedToken

TOKENS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcefino.,!-'#[]中雪が",
    *(f"##{c}" for c in "abcefino"),
    "ab",
    "##abc",
)
ALPHABETS = (
    "abc  ",
    "ab\u0301\u0327 \u0308e\u0301\ufb01 .\u0301",
    "中雪a \u3099か\u3099\ufe0f中\u0301",
    "a.b,c!d-e'f#g[h]",
    " \t\r\n\x0b\x0c\u00a0\u2028\u3000a",
    "ΣσςİIıßẞaA .",
    "\x00\ufffd\u200b\u00ad\u200da .",
    "\U0001f600\U00020000\ud7ffa 中",
)
WORDS = ("[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[NEW]", "new", "##a", "a" * 120, "  ", "\n")


def texts(count):
    dice = random.Random(1)
    for _ in range(count):
        alphabet = dice.choice(ALPHABETS)
        letters = [*alphabet, *(dice.choice(WORDS) for _ in range(dice.choice((0, 3))))]
        yield "".join(dice.choices(letters, k=dice.randrange(60)))


@pytest.fixture(params=["uncased", "cased", "no Chinese", "added", "bound"])
def tokenizer(request):
    added = {
        "added": (AddedToken("[NEW]", len(TOKENS), True, False, False, False, False),),
        "bound": (AddedToken("new", len(TOKENS), False, True, True, True, True),),
    }.get(request.param, ())
    vocabulary = Vocabulary(
        TOKENS,
        do_lower_case=request.param != "cased",
        tokenize_chinese_chars=request.param != "no Chinese",
        added=added,
    )
    return BertTokenizer(vocabulary)


@pytest.mark.parametrize("longest", [1, 2, 5, 17])
def test_a_text_in_parts_is_the_text(tokenizer, monkeypatch, longest):
    batch = list(texts(400))
    pairs = list(reversed(batch))
    whole = tokenizer(batch, pairs, max_length=40, return_offsets=True)
    monkeypatch.setattr(long_texts, "LONGEST", longest)
    cut = tokenizer(batch, pairs, max_length=40, return_offsets=True)
    np.testing.assert_array_equal(cut.input_ids, whole.input_ids)
    np.testing.assert_array_equal(cut.offsets, whole.offsets)


@pytest.mark.parametrize("longest", [1, 3])
def test_lists_of_words(tokenizer, monkeypatch, longest):
    batch = [text.split() for text in texts(200)]
    options = {"is_split_into_words": True, "max_length": 12, "return_offsets": True, "return_overflowing": True}
    whole = tokenizer(batch, truncation="only_first", stride=2, **options)
    monkeypatch.setattr(long_texts, "LONGEST", longest)
    cut = tokenizer(batch, truncation="only_first", stride=2, **options)
    for name in ("input_ids", "offsets", "word_ids", "overflow_to_sample"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


def test_most_texts_are_cut_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(long_texts, "LONGEST", 10)
    for text in texts(300):
        found = list(long_texts.parts(text))
        assert "".join(part.content for part in found) == text
        assert [part.begin for part in found] == [sum(len(p.content) for p in found[:n]) for n in range(len(found))]
        assert [part.is_last for part in found] == [False] * (len(found) - 1) + [True]
    assert len(list(long_texts.parts("a b " * 100))) > 20


def test_what_is_given_at_a_time_is_bounded():
    found = [long_texts.Part("x" * 1000, 0, True)] * 5000
    assert max(sum(len(part.content) for part in chunk) for chunk in long_texts.chunks(found)) <= (1 << 18) + 1000
    assert sum(map(len, long_texts.chunks(found))) == 5000
