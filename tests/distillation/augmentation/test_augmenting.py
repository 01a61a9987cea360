"""What `augment` reads, writes and refuses."""

import pytest
from few_words import SPECIAL

from tinybert import Task
from tinybert.checkpoint import save_checkpoint
from tinybert.data import Table, TaggedExample, TextExample, read_conll, read_texts, write_conll
from tinybert.distillation import augment
from tinybert.errors import ConfigError, InputError, WriteError
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.weights import checkpoint_of

TEXTS, WORDS = "sequence-classification", "token-classification"


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

    path = save_checkpoint(checkpoint_of(networks["encoder"]), tmp_path / "x.ckpt")
    config = {"num_attention_heads": 2}
    with pytest.raises(InputError, match="comes without a vocabulary"):
        augment(path, train, tmp_path / "out.tsv", config=config)
    numbers = BertTokenizer(Vocabulary((*SPECIAL, *(f"[unused{number}]" for number in range(25)))))
    with pytest.raises(InputError, match="has no words of letters"):
        augment(path, train, tmp_path / "out.tsv", config=config, vocabulary=numbers)
