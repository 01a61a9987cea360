"""Augmentation of training data: which words are replaced, by what, and what is written."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from tinybert import Task, TinyBertConfig
from tinybert.checkpoint import save_folder
from tinybert.data import Table, TaggedExample, TextExample, read_conll, read_texts, write_conll, write_texts
from tinybert.distillation import augment
from tinybert.distillation.augmentation.candidates import WordCandidates, whole_words
from tinybert.distillation.augmentation.copies import PARTS, augmented
from tinybert.distillation.augmentation.settings import AugmentSettings
from tinybert.distillation.augmentation.word_vectors import nearest_by_embeddings, nearest_by_file
from tinybert.distillation.augmentation.words import Word, WordSplitter, is_word, replaced
from tinybert.errors import ConfigError, InputError, WriteError
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.weights import build_network, checkpoint_of

TEXTS, WORDS = "sequence-classification", "token-classification"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
NAMES = ("good", "great", "fine", "bad", "awful", "film", "book", "the", "a", "is", "was", "very", "not", "天", "气")
OTHERS = ("##s", "##ful", "7", "42", ".", "!", "[unused1]")
VOCABULARY = (*SPECIAL, *NAMES, *OTHERS)


@pytest.fixture(scope="module")
def tokenizer():
    return BertTokenizer(Vocabulary(VOCABULARY))


@pytest.fixture(scope="module")
def networks(fill, tokenizer):
    """A masked language model, and an encoder, with random weights."""
    config = TinyBertConfig(
        vocab_size=len(VOCABULARY) + 3,  # padded
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=16,
        seq_length=16,
    )
    kinds = ("masked-language-modeling", "encoder")
    return {kind: fill(build_network(config, Task(kind), return_all_encoders=False)) for kind in kinds}


@pytest.fixture(scope="module")
def folders(networks, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {kind: save_folder(checkpoint_of(net), folder / kind, tokenizer=tokenizer) for kind, net in networks.items()}


@pytest.fixture(scope="module")
def masked(folders):
    return folders["masked-language-modeling"]


@pytest.fixture(scope="module")
def finder(networks, tokenizer):
    """Candidates of the masked language model, three for each word."""
    network = networks["masked-language-modeling"].set_train(False)
    table = network.bert.embedding_table.asnumpy()
    nearest = nearest_by_embeddings(table, tokenizer, whole_words(tokenizer), 3)
    return WordCandidates(tokenizer, nearest, 3, MindSporeRuntime(network), 4)


@pytest.fixture(scope="module")
def quick(networks, tokenizer):
    """Candidates by word embeddings, three for each word."""
    table = networks["encoder"].embedding_table.asnumpy()
    return WordCandidates(tokenizer, nearest_by_embeddings(table, tokenizer, whole_words(tokenizer), 3), 3, None, 4)


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


def test_a_text_that_holds_a_mask_is_augmented(finder, tokenizer):
    encoding, words = WordSplitter(tokenizer, 16)(["[MASK] film [MASK]"])
    assert [[word.text for word in row] for row in words] == [["film"]]
    assert [len(candidates) for candidates in finder(encoding, words)[0]] == [3]


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


@pytest.fixture
def train(tmp_path):
    path = tmp_path / "train.tsv"
    write_texts(path, [TextExample("the film is good", label="pos"), TextExample("a bad book", label="neg")])
    return path


@pytest.mark.parametrize("ending", ["tsv", "csv", "jsonl"])
def test_a_table_is_written_that_is_read_back(masked, train, tmp_path, ending):
    said = []
    out = tmp_path / f"out.{ending}"
    count = augment(masked, train, out, copies=3, say=said.append)
    found = read_texts(out)
    assert len(found) == count > 4
    assert found[0] == TextExample("the film is good", label="pos")
    assert {example.label for example in found} == {"pos", "neg"}
    assert said == [
        f"candidates are the predictions of {masked}; of words of several pieces, the nearest by its word embeddings"
    ]
    again = tmp_path / f"again.{ending}"
    augment(masked, train, again, copies=3, batch_size=1)
    assert again.read_bytes() == out.read_bytes()


def test_scores_and_several_labels_are_kept(masked, tmp_path):
    scored = [TextExample("good", "fine", label=4.5)]
    augment(masked, scored, tmp_path / "scored.csv", task=Task(TEXTS, problem="regression"), copies=2)
    assert read_texts(tmp_path / "scored.csv", regression=True)[0] == scored[0]
    several = [TextExample("good film", label=("a", "b"))]
    table = Table(multi_label_separator="|")
    augment(masked, several, tmp_path / "several.tsv", table=table, copies=2)
    found = read_texts(tmp_path / "several.tsv", multi_label_separator="|")
    assert len(found) > 1
    assert {example.label for example in found} == {("a", "b")}


def test_tagged_sentences_are_written_as_conll(masked, tmp_path):
    sentences = [TaggedExample(("the", "film"), ("O", "B-X")), TaggedExample(("bad", "!"), ("O", "O"))]
    write_conll(tmp_path / "train.conll", sentences)
    count = augment(masked, tmp_path / "train.conll", tmp_path / "out.conll", task="tag", copies=4)
    found = read_conll(tmp_path / "out.conll")
    assert len(found) == count
    assert all(sentence in found for sentence in sentences)
    assert {sentence.labels for sentence in found} == {("O", "B-X"), ("O", "O")}


def test_an_encoder_gives_its_nearest_words(folders, train, tmp_path):
    said = []
    augment(folders["encoder"], train, tmp_path / "out.tsv", copies=5, say=said.append)
    assert "is not a masked language model: candidates are the nearest words by its word embeddings" in said[0]
    assert len(read_texts(tmp_path / "out.tsv")) > 4


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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"candidates": 0}, "candidates is 0: it must be an integer of at least 1"),
        ({"copies": 0}, "copies is 0: it must be an integer of at least 1"),
        ({"copies": 1.5}, "copies is 1.5: it must be an integer"),
        ({"p_threshold": 1.1}, "p_threshold is 1.1: it must be a number from 0 to 1"),
        ({"p_threshold": -0.1}, "p_threshold is -0.1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_that_are_not_allowed(settings, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        augment("nothing", "nothing.tsv", tmp_path / "out.tsv", **settings)


@pytest.mark.parametrize("task", ["answer", "embed", "fill"])
def test_tasks_that_cannot_be_augmented(task, tmp_path):
    with pytest.raises(InputError, match=r"cannot be augmented.*The task must be classify or tag") as caught:
        augment("nothing", "nothing.json", tmp_path / "out.json", task=task)
    assert caught.value.argument == "task"


def test_what_cannot_be_done_is_said_before_anything_is_read(masked, train, tmp_path):
    with pytest.raises(InputError, match="is the data itself"):
        augment("nothing", train, train)
    with pytest.raises(InputError, match=r"out\.txt"):
        augment("nothing", train, tmp_path / "out.txt")
    with pytest.raises(WriteError):
        augment("nothing", train, train / "out.tsv")
    with pytest.raises(InputError, match="there are no examples"):
        augment(masked, [], tmp_path / "out.tsv")
    (tmp_path / "empty.tsv").write_text("text\tlabel\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"empty\.tsv has no rows"):
        augment(masked, tmp_path / "empty.tsv", tmp_path / "out.tsv")
    with pytest.raises(InputError, match="needs a TextExample"):
        augment(masked, [TaggedExample(("a",), ("b",))], tmp_path / "out.tsv")
    assert not (tmp_path / "out.tsv").exists()


def test_a_model_without_a_vocabulary_or_without_words_is_refused(networks, tmp_path, train):
    from tinybert.checkpoint import save_checkpoint

    path = save_checkpoint(checkpoint_of(networks["encoder"]), tmp_path / "x.ckpt")
    config = {"num_attention_heads": 2}
    with pytest.raises(InputError, match="comes without a vocabulary"):
        augment(path, train, tmp_path / "out.tsv", config=config)
    numbers = BertTokenizer(Vocabulary((*SPECIAL, *(f"[unused{number}]" for number in range(25)))))
    with pytest.raises(InputError, match="has no words of letters"):
        augment(path, train, tmp_path / "out.tsv", config=config, vocabulary=numbers)
