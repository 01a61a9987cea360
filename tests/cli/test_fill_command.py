"""`tinybert fill`."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from tiny import WORDS, command

TEXTS = ["the [MASK] was good", "a [MASK] is a [MASK]", "not bad"]


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    """An untrained masked language model, as a folder."""
    from tinybert import Task, TinyBertConfig
    from tinybert.checkpoint import save_folder
    from tinybert.text import BertTokenizer, Vocabulary
    from tinybert.weights import build_network, checkpoint_of

    np.random.seed(1)
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)))
    config = TinyBertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=24,
        seq_length=24,
        initializer_range=0.3,
    )
    network = build_network(config, Task("masked-language-modeling"))
    return save_folder(checkpoint_of(network), tmp_path_factory.mktemp("masked"), tokenizer=tokenizer)


@pytest.fixture(scope="module")
def results(masked):
    from tinybert import MaskFiller

    return MaskFiller.from_pretrained(masked)(TEXTS[:2], top_k=3)


def test_texts_are_filled_in_as_json_lines(masked, results):
    done = command("fill", masked, "--top-k", "3", stdin="\n".join(TEXTS[:2]).encode())
    assert done.code == 0
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row["text"] for row in rows] == TEXTS[:2]
    assert [row["filled"] for row in rows] == [result.text for result in results]
    for row, result in zip(rows, results, strict=True):
        assert [mask["start"] for mask in row["masks"]] == [mask.start for mask in result.masks]
        for mask, expected in zip(row["masks"], result.masks, strict=True):
            assert [fill["token"] for fill in mask["fills"]] == [fill.token for fill in expected.fills]
            assert [fill["score"] for fill in mask["fills"]] == pytest.approx([f.score for f in expected.fills])


def test_as_tables(masked, results, tmp_path):
    file = tmp_path / "texts.csv"
    file.write_text("id,text\n" + "".join(f"{row},{text}\n" for row, text in enumerate(TEXTS[:2], 7)), encoding="utf-8")
    assert command("fill", masked, file, "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as written:
        rows = list(csv.DictReader(written))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert [row["filled"] for row in rows] == [result.text for result in results]
    assert len(json.loads(rows[1]["masks"])) == 2
    done = command("fill", masked, file, "--to", "tsv", "--id", "id", "--top-k", "1")
    assert done.out.splitlines()[0] == "id\tfilled\tmasks"
    assert [line.split("\t")[:2] for line in done.out.splitlines()[1:]] == [[row["id"], row["filled"]] for row in rows]


def test_a_text_without_a_mask_is_named_by_its_line(masked):
    done = command("fill", masked, stdin="\n".join(TEXTS).encode())
    assert done.code == 1
    assert "stdin, line 3: " in done.err
    assert "has no [MASK]: write [MASK], in capitals" in done.err
    done = command("fill", masked, "--on-error", "skip", stdin="\n".join(reversed(TEXTS)).encode())
    assert done.code == 1
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [sorted(line) for line in lines] == [["error"], ["filled", "masks", "text"], ["filled", "masks", "text"]]


def test_a_model_without_such_a_head_is_refused(encoder_folder):
    done = command("fill", encoder_folder, stdin=b"the [MASK]")
    assert done.code == 1
    assert "no head for masked-language-modeling" in done.err


def test_it_embeds_converts_and_comes_back(masked, results, tmp_path):
    assert command("embed", masked, "-o", tmp_path / "x.npy", stdin=b"the film").code == 0
    assert np.load(tmp_path / "x.npy").shape == (1, 24)
    there, back = tmp_path / "hf", tmp_path / "back.safetensors"
    assert command("convert", masked, there).code == 0
    assert command("convert", there, back).code == 0
    options = ("--vocabulary", masked / "vocab.txt", "--config", "num_attention_heads=2")
    filled = command("fill", back, *options, stdin=TEXTS[0].encode())
    assert json.loads(filled.out)["filled"] == results[0].text
    done = command("convert", masked, tmp_path / "encoder.ckpt", "--encoder")
    assert "the head; only the encoder was asked for" in done.out


def test_learning_it_from_examples_is_refused(masked, tmp_path):
    out = tmp_path / "out"
    done = command("finetune", "fill", "--model", masked, "--train", tmp_path / "x.csv", "--output", out)
    assert done.code == 1
    assert "not learned from labelled examples" in done.err
    assert "tinybert distill general --teacher MODEL --text FILES" in done.err
    assert not out.exists()


def test_evaluating_it_is_refused(masked, reviews):
    done = command("evaluate", masked, reviews / "dev.csv")
    assert done.code == 1
    assert "not learned from labelled examples, nor evaluated on them" in done.err
