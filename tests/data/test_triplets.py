"""Tables of triplets: an anchor, a positive, and negatives."""

import io
import warnings

import pytest

from tinybert.data import Table, TextExample, TripletExample, read_examples, read_texts
from tinybert.errors import InputError

TRIPLET = TripletExample("a", "b", negatives=("c",))


def read(content, kind="csv", **columns):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_examples("encoder", io.BytesIO(content), Table(format=kind, **columns))


@pytest.mark.parametrize(
    ("content", "kind", "columns", "negatives"),
    [
        (b"anchor,positive,negative\na,b,c\n", "csv", {}, ("c",)),
        (b"Query,Positive,Negative\na,b,c\n", "csv", {}, ("c",)),
        (b"sentence1\tsentence2\tnegative_1\tnegative_2\na\tb\tc\td\n", "tsv", {}, ("c", "d")),
        (b'{"anchor": "a", "positive": "b", "negative": "c"}\n', "jsonl", {}, ("c",)),
        (b'{"query": "a", "positive": "b", "negatives": ["c", "d"]}\n', "jsonl", {}, ("c", "d")),
        (b"x,y,z\na,b,c\n", "csv", {"text": "x", "pair": "y", "negatives": ("z",)}, ("c",)),
        (b"a,b,c,d\n", "csv", {"text": 0, "pair": 1, "negatives": (2, 3), "header": False}, ("c", "d")),
    ],
)
def test_negatives_are_found_by_name_or_given(content, kind, columns, negatives):
    assert read(content, kind, **columns) == [TripletExample("a", "b", negatives=negatives)]


def test_where_pairs_have_scores_a_column_of_that_name_is_not_read_unless_it_is_given():
    content = b"text1,text2,score,negative\na,b,1,no\n"
    assert read(content) == [TextExample("a", "b", 1.0)]
    with pytest.raises(InputError, match="line 2: a triplet is an anchor, a positive and at least one negative, with"):
        read(content, negatives=("negative",))


def test_other_readers_leave_negatives_out():
    content = b"anchor,positive,negative\na,b,c\n"
    assert read_texts(io.BytesIO(content), format="csv") == [TextExample("a", "b")]
    assert read_texts(io.BytesIO(content), format="csv", negatives=None) == [TRIPLET]
    with pytest.raises(InputError, match="negatives are for training embeddings, not for sequence-classification"):
        read_examples("sequence-classification", io.BytesIO(content), Table(format="csv", negatives=("negative",)))


@pytest.mark.parametrize(
    ("content", "kind", "columns", "argument", "message"),
    [
        (b"anchor,positive,negative\na,b,\n", "csv", {}, "on_error", "the file, line 2: the text is empty"),
        (
            b'{"anchor": "a", "positive": "b", "negatives": ["c", 3]}',
            "jsonl",
            {},
            "on_error",
            "'negatives' is 3, not a",
        ),
        (
            b'{"anchor": "a", "positive": "b", "negative": "c"}\n{"anchor": "a", "positive": "b"}\n',
            "jsonl",
            {},
            "on_error",
            "the file, line 2: no key 'negative'",
        ),
        (b"anchor,positive\na,b\n", "csv", {"negatives": ("no",)}, "negatives", "no column 'no' for negatives"),
        (b"anchor,positive\na,b\n", "csv", {"negatives": ("anchor",)}, "negatives", "'anchor' would be a negative and"),
        (b"text,c\na,b\n", "csv", {"negatives": ("c",)}, "pair", "negatives need a text that matches"),
    ],
)
def test_what_is_wrong_is_named(content, kind, columns, argument, message):
    with pytest.raises(InputError, match=message) as caught:
        read(content, kind, **columns)
    assert caught.value.argument == argument


def test_a_triplet_has_negatives_and_no_label():
    for values in ({}, {"label": 1.0, "negatives": ("c",)}):
        with pytest.raises(InputError, match="at least one negative, without a label"):
            TripletExample("a", "b", **values)
