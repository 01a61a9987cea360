"""Spans and words of texts: positions, labels, and independence of windows."""

from itertools import pairwise

import numpy as np
import pytest
from awkward_texts import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert import Tagger
from tinybert.errors import InputError
from tinybert.tasks import Span, Word

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
LONG = " ".join(text for text in TEXTS if text.strip()) * 5


@pytest.fixture(scope="module")
def tag(tagger):
    return Tagger(tagger)


def logits_of_tokens(input_ids, input_mask, segment_ids):
    """Logits that depend only on the token, so that its window does not matter."""
    return np.sin(input_ids[:, :, None] * np.arange(1, 6)).astype(np.float32) * 3


@pytest.fixture
def context_free(pretend):
    def context_free(positions):
        options = {"max_position_embeddings": positions, "seq_length": positions}
        return Tagger(pretend(logits_of_tokens, "token-classification", TAGS, **options))

    return context_free


@pytest.fixture
def named(pretend, tokenizer):
    """A tagger that gives words their label in a dictionary, and O to all others."""

    def named(labels, **words):
        ids = {tokenizer.token_to_id(word): labels.index(label) for word, label in words.items()}

        def logits(input_ids, *_):
            table = np.vectorize(lambda index: ids.get(index, labels.index("O")))(input_ids)
            return 9 * np.eye(len(labels), dtype=np.float32)[table]

        return Tagger(pretend(logits, "token-classification", labels))

    return named


def check_spans(text, spans):
    for span in spans:
        assert isinstance(span, Span)
        assert text[span.start : span.end] == span.text != ""
        assert 0 < span.score <= 1
        assert span.start_word < span.end_word
    assert all(a.end <= b.start and a.end_word <= b.start_word for a, b in pairwise(spans))


def test_spans_of_a_sentence(named):
    spans = named(TAGS, london="B-LOC", john="B-PER", french="I-PER")("John  French, of London: the London paper")
    check_spans("John  French, of London: the London paper", spans)
    assert [(span.type, span.text, span.start, span.start_word, span.end_word) for span in spans] == [
        ("PER", "John  French", 0, 0, 2),
        ("LOC", "London", 17, 4, 5),
        ("LOC", "London", 29, 7, 8),
    ]
    assert spans[0].score > 0.99


def test_labels_without_prefixes(named):
    spans = named(("O", "PER"), john="PER", french="PER", london="PER")("John French and London")
    assert [(span.type, span.text) for span in spans] == [("PER", "John French"), ("PER", "London")]


def test_lists_of_words(named):
    tag = named(TAGS, london="B-LOC", john="B-PER", french="I-PER")
    words = ["John", "French", "", "of", "London-sud", "."]
    spans = tag(words, is_split_into_words=True)
    check_spans(" ".join(words), spans)
    assert [(span.type, span.text, span.start_word, span.end_word) for span in spans] == [
        ("PER", "John French", 0, 2),
        ("LOC", "London-sud", 4, 5),
    ]
    assert tag([words, ["London"]], is_split_into_words=True)[0] == spans
    assert list(tag(iter([words]), is_split_into_words=True)) == [spans]


def test_every_word_of_a_list_has_a_label(named):
    tag = named(TAGS, london="B-LOC")
    words = tag.label_words(["", "London", "\u200b", "!?"], is_split_into_words=True)
    assert [(word.text, word.label) for word in words] == [
        ("", "O"),
        ("London", "B-LOC"),
        ("\u200b", "O"),
        ("!?", "O"),
    ]
    assert [word.score > 0.9 for word in words] == [False, True, False, True]
    assert tag.label_words(["", ""], is_split_into_words=True) == [Word("", 0, 0, "O", 0.0), Word("", 1, 1, "O", 0.0)]
    assert tag.label_words([[]], is_split_into_words=True) == [[]]


def test_words_of_a_text(named):
    words = named(TAGS, london="B-LOC").label_words("In London!")
    assert [(word.text, word.start, word.end, word.label) for word in words] == [
        ("In", 0, 2, "O"),
        ("London", 3, 9, "B-LOC"),
        ("!", 9, 10, "O"),
    ]


def test_probabilities_are_the_softmax_of_the_logits(tag, tagger, tokenizer):
    text = "the king is old"
    logits = tagger.runtime.logits(tokenizer(text).inputs)[0, 1:-1]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    words = tag.label_words(text)
    assert [word.label for word in words] == [TAGS[index] for index in logits.argmax(axis=1)]
    np.testing.assert_allclose([word.score for word in words], probabilities.max(axis=1), atol=1e-5)


@pytest.mark.parametrize("aggregation", ["first", "average", "max"])
def test_many_texts_give_what_each_gives_alone(tag, aggregation):
    texts = [*TEXTS, LONG]
    together = tag.label_words(texts, aggregation=aggregation, batch_size=3)
    for text, words in zip(texts, together, strict=True):
        alone = tag.label_words(text, aggregation=aggregation)
        assert [(word.text, word.label) for word in words] == [(word.text, word.label) for word in alone]
        np.testing.assert_allclose([word.score for word in words], [word.score for word in alone], atol=1e-5)
    for text, spans in zip(texts, tag(texts, aggregation=aggregation), strict=True):
        check_spans(text, spans)


@pytest.mark.parametrize("aggregation", ["first", "average", "max"])
@pytest.mark.parametrize("stride", [None, 0, 7])
def test_windows_change_nothing_that_depends_on_the_token_alone(context_free, aggregation, stride):
    whole = context_free(512).label_words(LONG, aggregation=aggregation)
    windows = context_free(32).label_words(LONG, aggregation=aggregation, stride=stride)
    assert len(whole) > 200
    assert windows == whole


def test_nothing_of_a_long_text_is_cut_off(context_free):
    text = "the cat, " * 12_000
    words = context_free(64).label_words(text)
    assert len(text) > 100_000
    assert len(words) == 36_000
    assert words[-1].end == len(text) - 1


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_spans_are_stretches_of_any_text(text_tagger, text):
    try:
        spans = text_tagger(text)
    except InputError:
        assert any(0xD800 <= ord(character) < 0xE000 for character in text)
        return
    check_spans(text, spans)
    words = text_tagger.label_words(text)
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))


@pytest.fixture(scope="module")
def text_tagger(pretend):
    """A context-free tagger with module scope, as hypothesis requires."""
    return Tagger(pretend(logits_of_tokens, "token-classification", TAGS))


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (["a", ["b"]], {}),
        ([["a"], "b"], {"is_split_into_words": True}),
        ([["a"], ["b", None]], {"is_split_into_words": True}),
        ([["a"], None], {"is_split_into_words": True}),
        (["a", "\ud800"], {}),
    ],
)
def test_bad_texts(context_free, texts, options):
    tag = context_free(64)
    with pytest.raises(InputError, match=r"texts\[1\]"):
        tag(texts, **options)
    good, error = tag(texts, on_error="return", **options)
    assert isinstance(good, list)
    assert isinstance(error, InputError)


@pytest.mark.parametrize("options", [{"aggregation": "mean"}, {"stride": 62}, {"stride": -1}, {"max_length": 1}])
def test_options_that_are_not_allowed(context_free, options):
    with pytest.raises(InputError, match=next(iter(options))):
        context_free(64)("a", **options)


NOTHING = "\u200e"
"""A word of which the tokenizer leaves nothing, as WikiANN has it inside names."""


@pytest.mark.parametrize(
    ("labels", "words", "expected"),
    [
        (["O", "B-PER", "I-PER"], ["john", NOTHING, "french"], ["B-PER", "I-PER", "I-PER"]),
        (["O", "B-PER", "I-PER"], ["john", NOTHING, NOTHING, "french"], ["B-PER", "I-PER", "I-PER", "I-PER"]),
        (["O", "B-PER", "E-PER"], ["john", NOTHING, "french"], ["B-PER", "I-PER", "E-PER"]),
        (["O", "B-PER", "I-LOC"], ["john", NOTHING, "french"], ["B-PER", "O", "I-LOC"]),
        (["O", "B-PER", "I-PER"], ["john", NOTHING, "the"], ["B-PER", "O", "O"]),
        (["O", "B-PER", "I-PER"], [NOTHING, "john", NOTHING], ["O", "B-PER", "O"]),
        (["O", "NAME", "NAME"], ["john", NOTHING, "french"], ["NAME", "NAME", "NAME"]),
    ],
)
def test_a_word_of_which_nothing_is_left_does_not_split_a_span(named, labels, words, expected):
    tagger = named(list(dict.fromkeys(labels)), john=labels[1], french=labels[2])
    assert [word.label for word in tagger.label_words(words, is_split_into_words=True)] == expected
