"""Tokenizer output: arrays, padding, truncation, windows; and rejected input."""

import dataclasses
import doctest
import pickle

import numpy as np
import pytest

import tinybert.text.encoding
import tinybert.text.tokenizer
import tinybert.text.vocabulary
from tinybert.errors import InputError
from tinybert.text import BertTokenizer, Encoding, Vocabulary

PAD, UNK, CLS, SEP, A, B, C, D, E = range(9)


def test_one_text_is_a_batch_of_one(letters):
    out = letters("a b")
    assert out.input_ids.tolist() == [[CLS, A, B, SEP]]
    assert len(out) == 1


def test_pairs_have_segments_and_padding_is_masked(letters):
    out = letters(["a b", "c"], ["d", "e"], return_offsets=True)
    assert out.input_ids.tolist() == [[CLS, A, B, SEP, D, SEP], [CLS, C, SEP, E, SEP, PAD]]
    assert out.input_mask.tolist() == [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]]
    assert out.segment_ids.tolist() == [[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0]]
    assert out.sequence_ids.tolist() == [[-1, 0, 0, -1, 1, -1], [-1, 0, -1, 1, -1, -1]]
    assert out.special_mask.tolist()[1] == [True, False, True, False, True, True]
    assert out.offsets[0].tolist() == [[0, 0], [0, 1], [2, 3], [0, 0], [0, 1], [0, 0]]
    assert out.lengths.tolist() == [6, 5]
    assert [array.dtype for array in vars(out).values() if array is not None] == [np.int32] * 5


def test_inputs_come_in_the_order_of_the_network(letters):
    out = letters("a")
    assert all(
        left is right for left, right in zip(out.inputs, (out.input_ids, out.input_mask, out.segment_ids), strict=True)
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        out.input_ids = None


@pytest.mark.parametrize(
    ("options", "width"),
    [({}, 7), ({"pad_to": 9}, 9), ({"pad_to": 5}, 5), ({"pad_to_multiple_of": 4}, 8), ({"pad_to_multiple_of": 7}, 7)],
)
def test_width(letters, options, width):
    out = letters(["a b c d e", "a"], **options)
    assert out.input_ids.shape == (2, width)
    assert out.input_ids[0, min(width, 7) - 1] == SEP


def test_rows_never_outgrow_the_position_table():
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"), model_max_length=10))
    assert tokenizer("a " * 50).input_ids.shape == (1, 10)
    assert tokenizer("a " * 50, max_length=None, pad_to_multiple_of=8).input_ids.shape == (1, 10)
    with pytest.raises(InputError, match=r"pad_to is 16; it must be an integer, 3 to 10"):
        tokenizer("a", pad_to=16)


@pytest.mark.parametrize(
    "options", [{}, {"return_offsets": True}, {"is_split_into_words": True}, {"pairs": []}, {"pad_to": 6}]
)
def test_an_empty_list_gives_a_batch_of_none(letters, options):
    out = letters([], **options)
    assert out.input_ids.shape == out.segment_ids.shape == (0, options.get("pad_to", 0))
    assert (out.offsets is not None) == ("return_offsets" in options)


def test_windows_show_every_token_and_overlap_by_the_stride(letters):
    out = letters(["a b c d e", "a"], max_length=5, return_overflowing=True, stride=2, return_offsets=True)
    assert out.overflow_to_sample.tolist() == [0, 0, 0, 1]
    assert out.input_ids[:3, 1:4].tolist() == [[A, B, C], [B, C, D], [C, D, E]]
    assert out.offsets[2, 1:4].tolist() == [[4, 5], [6, 7], [8, 9]]


def test_questions_stay_whole_while_contexts_are_cut_into_windows(letters):
    out = letters("a b", "c d e c d", max_length=7, truncation="only_second", return_overflowing=True)
    assert out.input_ids.tolist() == [
        [CLS, A, B, SEP, C, D, SEP],
        [CLS, A, B, SEP, E, C, SEP],
        [CLS, A, B, SEP, D, SEP, PAD],
    ]


def test_words_keep_their_places_even_when_some_have_no_token(letters):
    out = letters([["a", "", "b\u200b", "\x00"], ["cd"]], is_split_into_words=True, return_offsets=True)
    assert out.word_ids.tolist() == [[-1, 0, 2, -1], [-1, 0, -1, -1]]
    assert out.offsets[0, 2].tolist() == [0, 1]


def test_take_sorts_rows_and_cuts_padding(letters):
    out = letters(["a b c d", "a", "b c"], return_offsets=True, return_overflowing=True)
    part = out.take([2, 1])
    assert part.input_ids.tolist() == [[CLS, B, C, SEP], [CLS, A, SEP, PAD]]
    assert part.offsets.shape == (2, 4, 2)
    assert part.overflow_to_sample.tolist() == [2, 1]
    assert out.take([1], pad_to_multiple_of=5).input_ids.shape == (1, 5)
    assert out.take([]).input_ids.shape == (0, 0)


def test_special_tokens_in_a_text_count_as_themselves(letters):
    out = letters("a [SEP] b")
    assert out.input_ids.tolist() == [[CLS, A, SEP, B, SEP]]
    assert out.sequence_ids.tolist() == [[-1, 0, 0, 0, -1]]


def test_long_texts_and_odd_characters(letters):
    assert letters("a " * 50_000, max_length=None).input_ids.shape == (1, 512)
    assert letters("a" * 100_000).input_ids.tolist() == [[CLS, UNK, SEP]]
    windows = letters("a " * 50_000, return_overflowing=True, stride=26)
    assert windows.input_ids.shape == (500, 128)
    assert letters(["", "\x00\x1f\u200b", " \u3000"]).input_ids.tolist() == [[CLS, SEP]] * 3
    out = letters("😀a 👨‍👩‍👧 b", return_offsets=True)
    assert out.input_ids.tolist() == [[CLS, UNK, UNK, B, SEP]]
    assert out.offsets[0, 3].tolist() == [9, 10]  # counted in characters, as Python does


def test_decode_takes_one_row_or_many_and_checks_ids(letters):
    out = letters(["a b", "c"])
    assert letters.decode(out.input_ids) == ["a b", "c"]
    assert letters.decode(out.input_ids[1]) == "c"
    assert letters.decode([C, UNK], skip_special_tokens=False) == "c [UNK]"
    assert letters.decode([]) == ""
    for bad in (12, -1):
        with pytest.raises(InputError, match=f"{bad} is not a token id: the vocabulary has 0 to 11"):
            letters.decode([A, bad])


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        (None, {}, "texts is None; give a string"),
        (b"a", {}, r"texts is bytes b'a'"),
        ({"text": "a"}, {}, "texts is dict"),
        (["a", None], {}, r"texts\[1\] is None, not a string"),
        (["a", float("nan")], {}, r"texts\[1\] is float nan"),
        (["a", b"b"], {}, r"texts\[1\] .* Decode it first"),
        ([("a", "b")], {}, r"texts\[0\] .* `pairs`"),
        (["a", "b", "c\ud83d"], {}, r"texts\[2\] holds '\\ud83d', half of a surrogate pair"),
        ("a\ud83d", {}, r"texts holds '\\ud83d'"),
        ([["a"], ["b", "\udc00"]], {"is_split_into_words": True}, r"texts\[1\]\[1\] holds '\\udc00'"),
        ("a b", {"is_split_into_words": True}, "texts is a string"),
        ([["a"], "b"], {"is_split_into_words": True}, r"texts\[1\] is str 'b'"),
        ([["a"], ["b", 3]], {"is_split_into_words": True}, r"texts\[1\]\[1\] is int 3"),
        (["a", "b"], {"pairs": ["c"]}, r"texts: 2, pairs: 1\. Each text needs"),
        ("a", {"pairs": ["c"]}, "texts: one text, pairs: 1"),
        (["a"], {"pairs": [None]}, r"pairs\[0\] is None"),
        (["a", "a b c"], {"max_length": 4, "truncation": False}, r"texts\[1\] has 5 tokens .* more than 4"),
        (["a"], {"pairs": ["a b"], "max_length": 5, "truncation": False}, r"texts\[0\] with pairs\[0\] has 6 tokens"),
        ("a b c", {"pairs": "d", "max_length": 6, "truncation": "only_second"}, "first text has 3 tokens, .* no room"),
        (
            "a b c",
            {"max_length": 4, "return_overflowing": True, "stride": 2},
            "stride is 2; it must be less than the",
        ),
        ("a", {"stride": 2}, r"needs windows \(return_overflowing=True\)"),
        ("a", {"stride": -1, "return_overflowing": True}, "stride is -1"),
        ("a", {"truncation": True}, "truncation is True; it must be one of longest_first"),
        ("a", {"truncation": "only_second"}, "needs pairs"),
        ("a", {"pairs": "b", "return_overflowing": True}, "must be 'only_first' or 'only_second'"),
        ("a", {"max_length": 2}, "max_length is 2; it must be an integer, 3 or more"),
        ("a", {"max_length": 8.0}, r"max_length is 8\.0"),
        ("a", {"pad_to": True}, "pad_to is True"),
        ("a", {"pad_to_multiple_of": 0}, "pad_to_multiple_of is 0"),
        ("a", {"pad_to": 8, "pad_to_multiple_of": 8}, "not both"),
    ],
)
def test_what_is_wrong_is_named(letters, texts, options, message):
    with pytest.raises(InputError, match=message):
        letters(texts, **options)
    assert letters("a").input_ids.tolist() == [[CLS, A, SEP]]


def test_generators_arrays_and_numpy_integers_are_taken(letters):
    expected = letters(["a", "b"]).input_ids.tolist()
    assert letters(text for text in "ab").input_ids.tolist() == expected
    assert letters(np.array(["a", "b"]), pad_to=np.int64(3)).input_ids.tolist() == expected


def test_a_tokenizer_can_be_pickled(letters):
    again = pickle.loads(pickle.dumps(letters))
    assert again("a b").input_ids.tolist() == letters("a b").input_ids.tolist()


@pytest.mark.parametrize("module", [tinybert.text.encoding, tinybert.text.tokenizer, tinybert.text.vocabulary])
def test_docstring_examples(module):
    result = doctest.testmod(module, extraglobs={"Encoding": Encoding})
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ΟΣ", ["ο", "##σ"]),  # "##ς" in Google's
        ("a" * 100, ["a"] + ["##a"] * 99),
        ("a" * 101, ["[UNK]"]),  # 101 pieces in Google's, up to 200 characters
        ("\ue000 a", ["a"]),  # "\ue000", "a" in Google's
    ],
)
def test_where_googles_script_differs_ids_are_hugging_faces(text, tokens):
    vocabulary = Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "σ", "ς", "##σ", "##ς", "ο", "a", "##a", "\ue000"))
    assert BertTokenizer(vocabulary).tokenize(text) == tokens
