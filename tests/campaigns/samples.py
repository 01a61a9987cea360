"""A valid file of each kind that the package reads, with its reader, for the fuzz campaign."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tinybert.checkpoint import (
    read_checkpoint,
    save_checkpoint,
    save_folder,
    save_huggingface,
    save_sentence_transformer,
    stored_at,
)
from tinybert.checkpoint.parsing import from_tensors
from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.checkpoint.shapes import expected_shapes
from tinybert.config import TinyBertConfig
from tinybert.data import read_conll, read_records, read_squad, read_texts, write_mindrecord, write_tfrecord
from tinybert.hub.card import read_card
from tinybert.task import SEQUENCE_CLASSIFICATION, Task
from tinybert.tasks.search_index import SearchIndex
from tinybert.text import BertTokenizer, Vocabulary

TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "snow", "##ed", "rain", "雪")
LABELS = ("bad", "good")
CONFIG = TinyBertConfig(len(TOKENS), 8, 1, 2, 8, max_position_embeddings=16, seq_length=16, head_act="none")
CARD = Path(__file__).parents[1] / "hub" / "card_as_published.md"
TABLE = "text\tpair\tlabel\nIt snowed.\tRain\tgood\nRain\tIt rained.\tbad\n"
CONLL = "-DOCSTART- -X- O O\n\nSnow NNP B-NP B-PER\nfell VBD B-VP O\n\nRain NNP B-NP B-LOC\n"


class Reader(NamedTuple):
    """How to make and read files of a kind.

    Attributes:
        make: Writes a valid model, file or set of files to an empty folder.
        read: Reads it from the folder.
        spoiled: Pattern of the files to corrupt; one match is chosen.
    """

    make: Callable[[Path], object]
    read: Callable[[Path], object]
    spoiled: str = "*"


def checkpoint():
    """A classifier of two labels, with small numbers for weights."""
    shapes = expected_shapes(CONFIG, SEQUENCE_CLASSIFICATION, len(LABELS), pooler=True)
    random = np.random.default_rng(0)
    arrays = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return from_tensors(arrays, "sample", CONFIG.to_dict()).with_task(Task("sequence-classification", LABELS))


def tokenizer():
    return BertTokenizer(Vocabulary(TOKENS))


def _huggingface(folder: Path) -> None:
    save_huggingface(checkpoint(), folder)
    tokenizer().save(folder)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 12}', encoding="utf-8")


def _sentences(folder: Path) -> None:
    weight, bias = np.ones((4, CONFIG.hidden_size), np.float32), np.zeros(4, np.float32)
    settings = SentenceSettings(("mean",), (Dense(weight, bias, "tanh"),), normalize=True, prompts={"query": "q: "})
    save_sentence_transformer(replace(checkpoint().encoder(), sentence=settings), folder, tokenizer=tokenizer())


def _tokenizer_json(folder: Path) -> None:
    added = [{"id": len(TOKENS), "content": "[NEW]", "special": False, "normalized": True}]
    values = {
        "added_tokens": added,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "lowercase": True, "strip_accents": None},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {token: index for index, token in enumerate(TOKENS)},
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(values), encoding="utf-8")


def _older(folder: Path) -> None:
    """As transformers wrote them before it had a tokenizer.json."""
    special = {"unk_token": "[UNK]", "additional_special_tokens": ["[NEW]"]}
    (folder / "vocab.txt").write_text("\n".join(TOKENS), encoding="utf-8")
    (folder / "added_tokens.json").write_text(json.dumps({"[NEW]": len(TOKENS)}), encoding="utf-8")
    (folder / "special_tokens_map.json").write_text(json.dumps(special), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false}', encoding="utf-8")


def _squad(folder: Path) -> None:
    questions = [
        {"id": "1", "question": "What fell?", "answers": [{"text": "Snow", "answer_start": 0}]},
        {"id": "2", "question": "When?", "is_impossible": True, "answers": []},
    ]
    content = {"version": "v2.0", "data": [{"paragraphs": [{"context": "Snow fell.", "qas": questions}]}]}
    (folder / "a.json").write_text(json.dumps(content), encoding="utf-8")


def _rows() -> dict[str, np.ndarray]:
    ids = np.arange(12).reshape(3, 4)
    return {"input_ids": ids, "input_mask": np.ones_like(ids), "segment_ids": 0 * ids, "label_ids": np.arange(3)}


def _mindrecord(folder: Path) -> None:
    """As the zoo's scripts write them, without a checksum."""
    from mindspore.mindrecord import FileWriter

    writer = FileWriter(str(folder / "a.mindrecord"), 1)
    writer.add_schema({"input_ids": {"type": "int32", "shape": [-1]}, "label_ids": {"type": "int32", "shape": [1]}})
    ids = np.array([1, 2], np.int32)
    writer.write_raw_data([{"input_ids": ids, "label_ids": np.array([row], np.int32)} for row in range(3)])
    writer.commit()


def _run(folder: Path) -> None:
    from mindspore import Parameter, Tensor

    from tinybert.training.log import Log
    from tinybert.training.state import Progress, save_state

    save_state(folder, {"w": Parameter(Tensor(np.ones(3, np.float32)), name="w")}, Progress(step=2), {"seed": 1})
    log = Log(folder, every=1, show=False)
    log.step(Progress(1), 2, 0.5, 1e-3)
    log.evaluation(1, {"f1": 0.5}, 1.0)
    (folder / "metrics.json").write_text('{"f1": 0.5, "pearson": null}', encoding="utf-8")


def _read_run(folder: Path) -> None:
    from mindspore import Parameter, Tensor

    from tinybert.training.best_model import _read_metrics
    from tinybert.training.log import Log, draw_curves
    from tinybert.training.state import load_state, saved_progress

    saved_progress(folder)
    Log(folder).rewind(1)
    draw_curves(folder)
    _read_metrics(folder / "metrics.json")
    load_state(folder, {"w": Parameter(Tensor(np.ones(3, np.float32)), name="w")}, {"seed": 1})


def _index(folder: Path) -> None:
    vectors = np.ones((2, 3), np.float32)
    SearchIndex(vectors, ["snow", "rain"], [1, 3], "a/1.0/model", {"pooling": "mean", "prompt": "q: "}).save(
        folder / "a.npz"
    )


def _text(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def _records(name: str) -> Callable[[Path], object]:
    return lambda folder: list(read_records(folder / name, batch_size=2))


READERS = {
    "ckpt": Reader(
        lambda folder: save_checkpoint(checkpoint(), folder / "a.ckpt"),
        lambda folder: read_checkpoint(folder / "a.ckpt", num_attention_heads=2, head_act="none"),
    ),
    "safetensors": Reader(
        lambda folder: save_checkpoint(checkpoint(), folder / "a.safetensors"),
        lambda folder: read_checkpoint(folder / "a.safetensors", num_attention_heads=2, head_act="none"),
    ),
    "folder": Reader(
        lambda folder: save_folder(checkpoint(), folder, tokenizer=tokenizer()),
        lambda folder: stored_at(folder).open(),
        "*.json",
    ),
    "hugging face folder": Reader(_huggingface, lambda folder: stored_at(folder).open(), "*.json"),
    "sentence-transformers": Reader(_sentences, lambda folder: stored_at(folder).open(), "**/*.json"),
    "older settings": Reader(_older, BertTokenizer.from_file),
    "vocab.txt": Reader(lambda folder: tokenizer().save(folder), BertTokenizer.from_file, "vocab.txt"),
    "tokenizer.json": Reader(_tokenizer_json, BertTokenizer.from_file),
    "card": Reader(_text("card.md", CARD.read_text(encoding="utf-8")), lambda folder: read_card(folder / "card.md")),
    "tsv": Reader(_text("a.tsv", TABLE), lambda folder: read_texts(folder / "a.tsv")),
    "csv": Reader(_text("a.csv", TABLE.replace("\t", ",")), lambda folder: read_texts(folder / "a.csv")),
    "scores": Reader(
        _text("a.jsonl", '{"text": "a", "score": 0.5}\n{"text": "b", "score": 1}\n'),
        lambda folder: read_texts(folder / "a.jsonl", label="score", regression=True),
    ),
    "jsonl": Reader(
        _text("a.jsonl", '{"text": "a", "label": ["x"]}\n{"text": "b", "label": []}\n'),
        lambda folder: read_texts(folder / "a.jsonl"),
    ),
    "conll": Reader(_text("a.conll", CONLL), lambda folder: read_conll(folder / "a.conll")),
    "squad": Reader(_squad, lambda folder: read_squad(folder / "a.json")),
    "tfrecord": Reader(lambda folder: write_tfrecord(folder / "a.tfrecord", _rows()), _records("a.tfrecord")),
    "mindrecord": Reader(_mindrecord, _records("a.mindrecord")),
    "checked mindrecord": Reader(
        lambda folder: write_mindrecord(folder / "a.mindrecord", _rows()), _records("a.mindrecord")
    ),
    "training": Reader(_run, _read_run),
    "search index": Reader(_index, lambda folder: SearchIndex.load(folder / "a.npz")),
}
"""Every reader by the name of what it reads."""
