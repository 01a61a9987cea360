"""The nearest words by word vectors from a file."""

import pytest

from tinybert.data import read_texts
from tinybert.distillation import augment
from tinybert.distillation.augmentation.word_vectors import nearest_by_file
from tinybert.distillation.augmentation.words import Word
from tinybert.errors import InputError

TEXTS, WORDS = "sequence-classification", "token-classification"


GLOVE = """good 1 0 0.1
. . . 1 0 0.1
great 0.9 0.1 0
bad -1 0 0
, 1 0 0
super 0.95 0 0
film 0 1 0
movie 0 0.9 0.1
"""


def word(text):
    return Word(text, 0, len(text), (5,), 1)


def test_word_vectors_of_a_file(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE, encoding="utf-8")
    near = nearest_by_file(path, 2)
    assert near([word("Good"), word("film"), word("unheard")]) == {
        "Good": ("super", "great"),
        "film": ("movie", "great"),
        "unheard": (),
    }
    path.write_text(f"7 3\n{GLOVE}", encoding="utf-8")  # as word2vec has it
    assert nearest_by_file(path, 1)([word("good")]) == {"good": ("super",)}


def test_a_vector_of_zeros_is_near_to_nothing(tmp_path):
    (tmp_path / "vectors.txt").write_text("good 1 0\nbad 0 0\ngreat 1 0.1\n")
    assert nearest_by_file(tmp_path / "vectors.txt", 2)([word("good"), word("bad")]) == {"good": ("great",), "bad": ()}


def test_word_vectors_replace_words_of_an_encoder(folders, train, tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE, encoding="utf-8")
    augment(folders["encoder"], train, tmp_path / "out.tsv", word_vectors=path, copies=30, candidates=2)
    words = {part for example in read_texts(tmp_path / "out.tsv") for part in example.text.split()}
    assert {"super", "great", "movie"} <= words
    assert words <= {"the", "film", "is", "good", "a", "bad", "book", "super", "great", "movie"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no|is empty"),
        (", 1 2\n", "has no words: give a text file of word vectors"),
        ("good 1 2\nbad 1\n", r"line 2: a line must be a word and 2 numbers"),
        ("good\nbad 1 2\n", r"line 1: a line must be a word and numbers"),
        ("good one two\n", r"line 1: a line must be a word and 2 numbers"),
        ("good 1 nan\n", r"line 1: a line must be a word and 2 numbers"),
    ],
)
def test_word_vectors_that_are_none(tmp_path, content, message):
    path = tmp_path / "glove.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        nearest_by_file(path, 2)
