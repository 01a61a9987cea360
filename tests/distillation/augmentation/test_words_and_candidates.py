"""Which words are replaced, and by what."""

import numpy as np
import pytest
from few_words import NAMES, OTHERS, SPECIAL

from tinybert.distillation.augmentation.candidates import WordCandidates, whole_words
from tinybert.distillation.augmentation.word_vectors import nearest_by_embeddings
from tinybert.distillation.augmentation.words import Word, WordSplitter, is_word, replaced

TEXTS, WORDS = "sequence-classification", "token-classification"


@pytest.mark.parametrize(
    ("text", "whole"),
    [("film", True), ("Film", True), ("天", True), ("naïve", True), ("हिंदी", True)]
    + [(text, False) for text in (*SPECIAL, *OTHERS, "", "a b", "don't", "x1", "-")],
)
def test_words_are_made_of_letters(text, whole):
    assert is_word(text) == whole


def test_only_whole_words_are_candidates(tokenizer):
    tokens = list(tokenizer.vocab)
    assert [tokens[index] for index in whole_words(tokenizer)] == list(NAMES)


def test_the_words_of_a_text_and_of_a_sentence(tokenizer):
    _, words = WordSplitter(tokenizer, 16)(["The films, 7 天气!"])
    assert [(word.text, word.start, word.end, len(word.pieces), word.position) for word in words[0]] == [
        ("The", 0, 3, 1, 1),
        ("films", 4, 9, 2, 2),
        ("天", 13, 14, 1, 6),
        ("气", 14, 15, 1, 7),
    ]
    _, words = WordSplitter(tokenizer, 16)([("The", "films", "U.S.", "42", "bad")])
    assert [(word.text, word.start, len(word.pieces), word.position) for word in words[0]] == [
        ("The", 0, 1, 1),
        ("films", 1, 2, 2),
        ("bad", 4, 1, 9),
    ]


def test_a_word_at_the_end_of_a_row_that_is_cut_is_not_replaced(tokenizer):
    encoding, words = WordSplitter(tokenizer, 5)(["the film goods", "the film good", "the film"])
    assert encoding.input_ids.shape == (3, 5)
    assert [[word.text for word in row] for row in words] == [["the", "film"], ["the", "film"], ["the", "film"]]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("good", "fine", "fine"),
        ("Good", "fine", "Fine"),
        ("GOOD", "fine", "FINE"),
        ("A", "the", "The"),
        ("good", "London", "London"),
        ("Good", "iPhone", "iPhone"),
        ("好", "天", "天"),
    ],
)
def test_capitals_are_those_of_the_word(old, new, found):
    text = f"so  {old}."
    word = Word(old, 4, 4 + len(old), (5,), 2)
    assert replaced(text, [word], [new]) == f"so  {found}."
    assert replaced(("so", old, "."), [Word(old, 1, 2, (5,), 2)], [new]) == ("so", found, ".")
    assert replaced(text, [word], [None]) == text


def test_candidates_are_the_most_probable_other_words_where_the_word_is_masked(finder, networks, tokenizer):
    texts = ["the film is good", "Bad book."]
    encoding, words = WordSplitter(tokenizer, 16)(texts)
    found = finder(encoding, words)
    tokens, allowed = list(tokenizer.vocab), whole_words(tokenizer)
    for row, (text, row_words) in enumerate(zip(texts, words, strict=True)):
        for word, candidates in zip(row_words, found[row], strict=True):
            asked = text[: word.start] + "[MASK]" + text[word.end :]
            inputs = tokenizer([asked]).inputs
            logits = networks["masked-language-modeling"](*inputs).asnumpy()[0, word.position]
            order = allowed[np.argsort(-logits[allowed])]
            expected = [tokens[index] for index in order if index != word.pieces[0]]
            assert candidates == tuple(expected[:3])
            assert word.text.lower() not in candidates


def test_words_of_several_pieces_get_the_nearest_words(finder, networks, tokenizer):
    encoding, words = WordSplitter(tokenizer, 16)(["films"])
    table = networks["masked-language-modeling"].bert.embedding_table.asnumpy()
    query = table[list(words[0][0].pieces)].mean(axis=0)
    allowed = whole_words(tokenizer)
    cosines = table[allowed] @ query / np.linalg.norm(table[allowed], axis=1)
    expected = [list(tokenizer.vocab)[index] for index in allowed[np.argsort(-cosines)][:3]]
    assert finder(encoding, words) == [[tuple(expected)]]


def test_an_unknown_word_without_a_masked_language_model_has_no_candidates(networks, tokenizer):
    table = networks["encoder"].embedding_table.asnumpy()
    find = WordCandidates(tokenizer, nearest_by_embeddings(table, tokenizer, whole_words(tokenizer), 2), 2, None, 4)
    encoding, words = WordSplitter(tokenizer, 16)(["zebra film"])
    unknown, film = find(encoding, words)[0]
    assert unknown == ()
    assert len(film) == 2
    assert "film" not in film


def test_an_unknown_word_is_not_replaced_by_what_a_masked_language_model_predicts(finder, tokenizer):
    encoding, words = WordSplitter(tokenizer, 16)(["the unheard film"])
    ((first, unknown, last),) = finder(encoding, words)
    assert (len(first), unknown, len(last)) == (3, (), 3)


def test_a_text_that_holds_a_mask_is_augmented(finder, tokenizer):
    encoding, words = WordSplitter(tokenizer, 16)(["[MASK] film [MASK]"])
    assert [[word.text for word in row] for row in words] == [["film"]]
    assert [len(candidates) for candidates in finder(encoding, words)[0]] == [3]
