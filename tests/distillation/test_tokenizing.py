"""Text in shards: the rows that it would have in memory, once, whatever happens meanwhile."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from reviews import VOCABULARY

from tinybert.distillation import shards, texts, tokenizing
from tinybert.distillation.packing import Packing
from tinybert.distillation.shard_rows import ShardRows
from tinybert.distillation.texts import Block, check_files, read_blocks
from tinybert.distillation.tokenizing import tokenized
from tinybert.errors import InputError
from tinybert.text import Vocabulary
from tinybert.text.tokenizer import BertTokenizer

LENGTH = 8
CLS, SEP = 2, 3


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(texts, "LINES", 16)


@pytest.fixture
def files(tmp_path, lines):
    """Three files, of which none ends where a block does."""
    for name, some in (("a.txt", lines[:21]), ("b.txt", lines[21:50]), ("c.txt.gz", lines[50:])):
        content = "\n".join(some).encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    return [str(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt.gz")]


@pytest.fixture
def tokenize(files, tmp_path, tokenizer):
    def tokenize(folder="shards", paths=None, **changes):
        packing = dataclasses.replace(Packing(tokenizer, LENGTH), **changes)
        return tokenized(paths or files, tmp_path / folder, packing)

    return tokenize


@pytest.fixture
def killed(monkeypatch, tokenize):
    """A function that tokenizes, and is killed when so many shards are whole and the next is on its way."""

    def killed(count):
        def write(path, rows):
            if path.name == f"{count:05}.safetensors":
                left = path.parent / ".write-left"
                left.mkdir()
                (left / path.name).write_bytes(b"half")
                raise SystemExit
            return original(path, rows)

        original = shards.write_shard
        with monkeypatch.context() as patch:
            patch.setattr(tokenizing, "write_shard", write)
            with pytest.raises(SystemExit):
                tokenize()

    return killed


@pytest.fixture
def done(monkeypatch):
    """The blocks that are tokenized."""
    found = []
    rows = Packing.rows
    monkeypatch.setattr(Packing, "rows", lambda self, block: found.append(block) or rows(self, block))
    return found


def block_of(*lines, begins=()):
    return Block([*lines], [0] * len(lines), [number in begins for number in range(len(lines))], [0])


def rows_of(found):
    return [row.tolist() for row in np.split(found.tokens, found.offsets[1:-1])]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".lock")}


def test_rows_are_those_of_the_tokenizer_in_the_order_of_the_lines(tokenize, lines, tokenizer):
    found = tokenize()
    encoding = tokenizer(lines, max_length=LENGTH)
    assert np.array_equal(found.lengths, encoding.lengths)
    assert len(found.paths) == 5
    for row, ids in enumerate(found.read(range(len(lines)))):
        assert ids.tolist() == encoding.input_ids[row][encoding.input_mask[row] == 1].tolist()


def test_batches_are_those_of_rows_in_memory(tokenize, lines, tokenizer):
    rows = ShardRows.of(tokenize(), pad_id=0)
    encoding = tokenizer(lines, max_length=LENGTH)
    some = [70, 3, 41, 3]
    expected = encoding.take(some, pad_to_multiple_of=5)
    *inputs, labels = rows.batch(some, 5)
    assert all(np.array_equal(one, other) for one, other in zip(inputs, expected.inputs, strict=True))
    assert {array.dtype for array in inputs} == {np.dtype(np.int32)}
    assert (labels.tolist(), len(rows.labels), rows.amount(labels)) == ([0] * 4, len(lines), 4.0)
    part = rows.take(np.array([41, 3]))
    assert np.array_equal(part.lengths, encoding.lengths[[3, 41]])
    assert part.batch([1])[0].tolist() == rows.batch([41])[0].tolist()


def test_what_is_killed_goes_on_after_the_last_whole_shard(tokenize, killed, tmp_path, done):
    killed(2)
    folder = tmp_path / "shards"
    assert json.loads((folder / "shards.json").read_text())["complete"] is False
    done.clear()
    assert tokenize().digest == tokenize("unbroken").digest
    assert len(done) == 3 + 5
    assert contents(folder) == contents(tmp_path / "unbroken")  # nothing is left of the half
    tokenize()
    assert len(done) == 3 + 5  # what is whole is not made again


def test_of_several_processes_one_tokenizes(tokenize, done):
    with ThreadPoolExecutor(3) as threads:  # the lock does not tell them from processes
        found = {each.result().digest for each in [threads.submit(tokenize) for _ in range(3)]}
    assert (len(found), len(done)) == (1, 5)


def test_a_language_is_judged_by_what_was_read_before_the_kill_too(tokenize, killed, files, tmp_path):
    (tmp_path / "b.txt").write_text("the film\n" * 9 + "Satz\n" * 30)  # the first nine stand in the first two blocks
    killed(2)
    with pytest.raises(InputError, match=r"b.txt: 62% of its tokens are \[UNK\]"):
        tokenize()


def test_a_language_is_judged_before_the_end_of_a_long_file(tokenize, files, tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizing, "_ENOUGH", 20)
    (tmp_path / "a.txt").write_text("Das ist ein Satz.\n" * 16 + "the film was good\n" * 99)
    with pytest.raises(InputError, match=r"a.txt: 100% of its tokens are \[UNK\]"):
        tokenize()
    assert not (tmp_path / "shards" / "shards.json").exists()


def test_each_file_is_looked_at_before_the_first_is_tokenized(tokenize, files, tmp_path):
    (tmp_path / "c.txt.gz").write_bytes(b"\0\1\2")
    with pytest.raises(InputError, match=r"c.txt.gz cannot be read: Not a gzipped file"):
        tokenize()
    assert not (tmp_path / "shards").exists()


def test_a_file_that_goes_wrong_later_is_named_with_the_line(tokenize, tmp_path):
    (tmp_path / "b.txt").write_bytes(b"the film\n" * 40 + b"caf\xe9\n")
    with pytest.raises(InputError, match=r"b.txt, line 41: not UTF-8 \(byte 4 .*: convert the file to UTF-8$"):
        tokenize()


@pytest.mark.parametrize("spoil", [lambda content: content[:-3], lambda content: content[:-1] + b"\xff"])
def test_a_damaged_shard_is_named_and_made_anew_once_removed(tokenize, tmp_path, spoil):
    digest = tokenize().digest
    path = tmp_path / "shards" / "00003.safetensors"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=r"00003.safetensors is not as it was written: .* Remove the file"):
        tokenize()
    path.unlink()
    assert tokenize().digest == digest


def test_a_manifest_that_does_not_fit_its_shards(tokenize, tmp_path):
    tokenize()
    path = tmp_path / "shards" / "shards.json"
    manifest = json.loads(path.read_text())
    manifest["shards"][1]["rows"] = 15
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=r"00001.safetensors has 16 rows, its manifest says 15"):
        tokenize()
    path.write_text("{")
    with pytest.raises(InputError, match=r"shards.json.*Remove .*shards, and it is made anew"):
        tokenize()


@pytest.mark.parametrize("is_whole", [True, False])
def test_other_text_or_settings_are_refused_with_what_differs(tokenize, killed, files, tmp_path, tokenizer, is_whole):
    tokenize() if is_whole else killed(1)
    for changes, message in (
        ({"max_length": 7}, "max_length: 8 then, 7 now"),
        ({"pack": True}, "pack: False then, True now"),
        (
            {"tokenizer": BertTokenizer(Vocabulary((*VOCABULARY.tokens, "more")))},
            "tokenizer: [0-9a-f]{64} then, [0-9a-f]{64} now",
        ),
        ({"paths": files[:2]}, r"c.txt.gz, \d+ bytes, of 20.*: then$"),
        ({"paths": files[::-1]}, "the order of the files"),
    ):
        with pytest.raises(InputError, match=rf"(?ms)shards has other tokenized text:\n  {message}.*shards=") as caught:
            tokenize(**changes)
        assert caught.value.message.count("\n") == 2
    (tmp_path / "b.txt").write_text("the film\n")
    with pytest.raises(InputError, match=r"(?s)b.txt, \d+ bytes, of 20.*: then\n.*b.txt, 9 bytes, of .*: now"):
        tokenize()


def test_text_that_was_moved_is_the_same(tokenize, files, tmp_path):
    digest = tokenize().digest
    there = tmp_path / "there"
    there.mkdir()
    for path in files:
        (tmp_path / path).rename(there / path.rpartition("/")[2])
    assert tokenize(paths=[path.replace(str(tmp_path), str(there)) for path in files]).digest == digest


def test_another_order_or_choice_of_rows_is_another_training(tokenize, tokenizer, files):
    rows = ShardRows.of(tokenize(), 0)
    others = [rows.take(np.arange(79)), ShardRows.of(tokenize("reversed", paths=files[::-1]), 0)]
    assert len({each.digest for each in (rows, *others)}) == 3


def test_long_lines_end_a_block_early(tokenize, monkeypatch, files, lines):
    monkeypatch.setattr(texts, "CHARACTERS", 50)
    blocks = [*read_blocks(files)]
    assert [line for block in blocks for line in block.lines] == lines
    assert max(sum(map(len, block.lines[:-1])) for block in blocks) < 50
    assert tokenize().digest != tokenize("other", max_length=7).digest


def test_ids_beyond_uint16(tokenize, tokenizer, lines):
    many = BertTokenizer(Vocabulary((*(f"[unused{number}]" for number in range(1 << 16)), *VOCABULARY.tokens)))
    (ids,) = tokenize(tokenizer=many).read([5])
    assert (ids.astype(int) - (1 << 16)).tolist() == tokenizer([lines[5]], max_length=LENGTH).input_ids[0].tolist()


def test_lines_are_packed_as_long_as_they_fit(tokenizer):
    block = block_of("the film", "was good", "very", "a", "the book was bad", begins=(0, 3))
    rows = rows_of(Packing(tokenizer, 8, pack=True).rows(block))
    assert [tokenizer.decode(row) for row in rows] == ["the film was good very", "a the book was bad"]
    assert all((row[0], row[-1], row.count(CLS), row.count(SEP)) == (CLS, SEP, 1, 1) for row in rows)


def test_nothing_of_a_long_line_is_lost_where_lines_are_packed(tokenizer):
    text = "the film was very good a book is not bad"
    block = block_of(text, "fine", begins=(0,))
    rows = rows_of(Packing(tokenizer, 6, pack=True).rows(block))
    assert [tokenizer.decode(row) for row in rows] == ["the film was very", "good a book is", "not bad fine"]
    rows = rows_of(Packing(tokenizer, 6, pack=False).rows(block))
    assert [tokenizer.decode(row) for row in rows] == ["the film was very", "fine"]


def test_a_line_without_tokens(tokenizer):
    block = block_of("the film", "\u200b", "a book", begins=(0, 1))
    packed, single = (rows_of(Packing(tokenizer, 8, pack=pack).rows(block)) for pack in (True, False))
    assert [tokenizer.decode(row) for row in packed] == ["the film", "a book"]  # the empty one ended the first
    assert [tokenizer.decode(row) for row in single] == ["the film", "", "a book"]


def test_no_row_goes_beyond_a_file(tmp_path, tokenizer):
    for name, text in (("a.txt", "the film\n\n\nwas\ngood\n"), ("b.txt", "a book\n")):
        (tmp_path / name).write_text(text)
    found = tokenized([f"{tmp_path}/a.txt", f"{tmp_path}/b.txt"], tmp_path / "shards", Packing(tokenizer, 8, pack=True))
    assert [tokenizer.decode(row) for row in found.read(range(3))] == ["the film", "was good", "a book"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe is a pipe, and text is read more than once"):
        check_files([f"{tmp_path}/pipe"])


def test_files_are_checked_at_their_beginnings(tmp_path):
    (tmp_path / "a.txt").write_text("\n\n")
    with pytest.raises(InputError, match=r"a.txt has no text"):
        check_files([f"{tmp_path}/a.txt"])
