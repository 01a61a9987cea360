"""Files and names designed to break a reader or writer: each is rejected with one of our errors."""

import json
import os

import pytest
from samples import checkpoint, tokenizer

from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_folder, stored_at
from tinybert.data import (
    TaggedExample,
    read_conll,
    read_records,
    read_squad,
    read_texts,
    write_conll,
    write_predictions,
)
from tinybert.errors import TinyBertError, WriteError
from tinybert.text import BertTokenizer

CONFIGS = {
    "UTF-16": '{"model_type": "tinybert"}'.encode("utf-16"),
    "labels are an object": b'{"model_type": "tinybert", "task": "sequence-classification", "labels": {"a": 1}}',
    "labels are null": b'{"model_type": "tinybert", "task": "sequence-classification", "labels": null}',
    "the task is a list": b'{"model_type": "tinybert", "task": ["x"]}',
    "a number for a size": b'{"model_type": "tinybert", "task": "encoder", "hidden_size": 1e300}',
    "a size twice": b'{"model_type": "tinybert", "task": "encoder", "task": "encoder"}',
    "escapes": rb'{"model_type": "tinybert", "task": "sequence-classification", "labels": ["\u001b[2J", "\u001b[2J"]}',
    "nothing": b"",
}
ROWS = {
    "a key twice": b'{"text": "a", "text": "b"}',
    "NaN for a label": b'{"text": "a", "label": NaN}\n{"text": "b", "label": "x"}',
    "70 levels": b'{"text": "a", "x": ' + b"[" * 70 + b"]" * 70 + b"}",
    "400 digits": b'{"text": "a", "label": ' + b"9" * 400 + b"}",
    "too large a number": b'{"text": "a", "label": 1e999}',
    "a megabyte": b'{"text": ' + b"x" * 10**6,
}
BYTES = {
    "a.ckpt": [b"", b"\x00", b"\n\xff\xff\xff\xff\x0f", b"crc_num" + b"\x00" * 10],
    "a.safetensors": [
        b"",
        (2**62).to_bytes(8, "little") + b"{}",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
        (2).to_bytes(8, "little") + b"{}",
    ],
}
NAMES = ["a\0.tsv", "a\0.ckpt", "a\0.txt"]


def model(folder):
    return save_folder(checkpoint(), folder / "model", tokenizer=tokenizer())


@pytest.mark.parametrize("what", CONFIGS)
def test_configurations(tmp_path, what):
    folder = model(tmp_path)
    (folder / "config.json").write_bytes(CONFIGS[what])
    with pytest.raises(TinyBertError) as caught:
        stored_at(folder).open()
    assert "\x1b" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="links and devices")
@pytest.mark.parametrize("target", ["/dev/null", "/dev/zero", "config.json", "nowhere", "/", "/dev/null/x"])
def test_links_to_what_is_not_a_file(tmp_path, target):
    folder = model(tmp_path)
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(target)
    with pytest.raises(TinyBertError):
        stored_at(folder).open()


@pytest.mark.parametrize("what", ROWS)
def test_rows(tmp_path, what):
    (tmp_path / "a.jsonl").write_bytes(ROWS[what])
    with pytest.raises(TinyBertError) as caught:
        read_texts(tmp_path / "a.jsonl")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(("name", "content"), [(name, content) for name, some in BYTES.items() for content in some])
def test_checkpoints(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TinyBertError):
        read_checkpoint(tmp_path / name)


@pytest.mark.parametrize("start", [-1, 1, 10**30, None, 0.0, True, "0"])
def test_places_of_answers(tmp_path, start):
    question = {"id": "1", "question": "q", "answers": [{"text": "a", "answer_start": start}]}
    content = {"data": [{"paragraphs": [{"context": "a", "qas": [question]}]}]}
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(TinyBertError):
        read_squad(tmp_path / "a.json")


def read_rows(path):
    return read_records(path, batch_size=1)


@pytest.mark.parametrize(
    "read", [read_texts, read_conll, read_squad, read_checkpoint, BertTokenizer.from_file, read_rows]
)
@pytest.mark.parametrize("name", NAMES)
def test_names_with_a_null_character(read, name):
    with pytest.raises(TinyBertError):
        read(name)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device")
@pytest.mark.parametrize(
    "write",
    [
        lambda folder: write_conll("/dev/full", [TaggedExample(("a",), ("O",))]),
        lambda folder: write_predictions("/dev/full", {"a": "b"}),
        lambda folder: save_folder(checkpoint(), "/dev/null", tokenizer=tokenizer()),
        lambda folder: save_checkpoint(checkpoint(), "/proc/x.ckpt"),
        lambda folder: save_checkpoint(checkpoint(), folder / ("x" * 300 + ".ckpt")),
        lambda folder: save_checkpoint(checkpoint(), model(folder) / "config.json" / "x.ckpt"),
    ],
)
def test_places_that_take_no_file(tmp_path, write):
    with pytest.raises(WriteError, match=r"cannot be written: .+\. (Choose|Make)"):
        write(tmp_path)
