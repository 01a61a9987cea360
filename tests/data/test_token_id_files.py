"""Labelled rows of token ids from record files: one file or a folder, compressed or not, with located errors."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from tinybert.data import Table, read_examples, read_records, write_tfrecord
from tinybert.data.token_id_files import are_records, record_files
from tinybert.errors import InputError

CLASSIFY, TAG, ANSWER = "sequence-classification", "token-classification", "question-answering"
IDS = np.array([[2, 7, 8, 3, 9, 3, 0, 0], [2, 7, 3, 9, 9, 9, 9, 3]])
SEGMENTS = np.array([[0, 0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 1, 1]])
COLUMNS = {"input_ids": IDS, "input_mask": (IDS != 0).astype(int), "segment_ids": SEGMENTS}


def written(path, **columns):
    write_tfrecord(path, {**COLUMNS, **columns})
    return path


def test_a_class_without_the_padding(tmp_path):
    first, second = read_examples(CLASSIFY, written(tmp_path / "a.tf_record", label_ids=np.array([1, 0])))
    assert first.input_ids.tolist() == [2, 7, 8, 3, 9, 3]
    assert first.segment_ids.tolist() == [0, 0, 0, 0, 1, 1]
    assert first.counted.tolist() == [False, True, True, False, True, False]
    assert (first.label, second.label) == (1, 0)
    assert second.place == f"{tmp_path / 'a.tf_record'}, record 1"


def test_scores_tokens_and_answers(tmp_path):
    path = written(tmp_path / "scores", label_ids=np.array([0.5, 2.0]))
    assert [row.label for row in read_examples(CLASSIFY, path, Table(regression=True))] == [0.5, 2.0]
    tags = np.array([[0, 1, -100, 0, 2, 0, 0, 0], [0, 1, 0, 0, 0, 0, 2, 0]])
    first, _ = read_examples(TAG, written(tmp_path / "tags", label_ids=tags))
    assert first.label.tolist() == [0, 1, -100, 0, 2, 0]
    assert first.counted.tolist() == [False, True, False, False, True, False]
    ends = {"start_positions": np.array([4, 0]), "end_positions": np.array([4, 0]), "unique_ids": np.array([5, 6])}
    assert [row.label for row in read_examples(ANSWER, written(tmp_path / "squad", **ends))] == [(4, 4), (0, 0)]


def test_a_folder_and_gzip(tmp_path):
    folder = tmp_path / "train"
    folder.mkdir()
    plain = written(folder / "b-00001-of-00002", label_ids=np.array([2, 3]))
    (folder / "a-00000-of-00002.gz").write_bytes(
        gzip.compress(written(tmp_path / "other", label_ids=np.array([0, 1])).read_bytes())
    )
    for name in ("_SUCCESS", ".crc", "schema.json", "x.db"):
        (folder / name).write_text("{}")
    assert [row.label for row in read_examples(CLASSIFY, folder)] == [0, 1, 2, 3]
    assert read_examples(CLASSIFY, folder)[3].place == f"{plain}, record 1"
    assert read_examples(CLASSIFY, folder)[1].place == f"{folder / 'a-00000-of-00002.gz'}, record 1"
    for empty in (tmp_path / "nothing", tmp_path / "marks"):
        empty.mkdir()
    (tmp_path / "marks" / "_SUCCESS").touch()
    for empty in (tmp_path / "nothing", tmp_path / "marks"):
        with pytest.raises(InputError, match="without TFRecord"):
            record_files(empty)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:40] + b"XXXXX" + data[45:], lambda data: data[:11]]
)
def test_a_damaged_packed_file(tmp_path, damage):
    whole = gzip.compress(written(tmp_path / "plain", label_ids=np.array([0, 1])).read_bytes())
    path = tmp_path / "damaged.tfrecord.gz"
    path.write_bytes(damage(whole))
    with pytest.raises(InputError, match=r"damaged\.tfrecord\.gz"):
        read_examples(CLASSIFY, path)


def test_rows_that_fill_the_last_batch_are_left_out(tmp_path):
    path = written(tmp_path / "filled", label_ids=np.array([1, 0]), is_real_example=np.array([1, 0]))
    assert [row.label for row in read_examples(CLASSIFY, path)] == [1]


def test_an_empty_list_that_nobody_asked_for(tmp_path):
    from tfrecord import TFRecordWriter

    path = tmp_path / "empty.tfrecord"
    writer = TFRecordWriter(str(path))
    for row in range(2):
        values = {name: (column[row].tolist(), "int") for name, column in COLUMNS.items()}
        writer.write({**values, "label_ids": ([row], "int"), "guid": ([], "int"), "weights": ([], "float")})
    writer.close()
    assert [row.label for row in read_examples(CLASSIFY, path)] == [0, 1]
    assert "guid" not in next(iter(read_records(path, batch_size=2)))


@pytest.mark.parametrize(
    ("changes", "kind", "problem"),
    [
        ({"label_ids": np.array([0, -1])}, CLASSIFY, r"record 1: the label is -1"),
        ({"label_ids": np.array([0.5, 1])}, CLASSIFY, r"record 0: the label is a float"),
        ({"label_ids": np.zeros((2, 8), int)}, CLASSIFY, r"record 0: the label has 8 values"),
        ({"label_ids": np.zeros((2, 3), int)}, TAG, r"record 0: 3 labels .* for 6 tokens"),
        ({}, CLASSIFY, "'label_ids' is not there; there are input_ids"),
        ({"label_ids": np.array([0, 1])}, ANSWER, "'start_positions' is not there"),
        ({"start_positions": np.array([1, 7]), "end_positions": np.array([1, 8])}, ANSWER, "record 1: .* 7 to 8"),
        ({"start_positions": np.array([3, 7]), "end_positions": np.array([1, 7])}, ANSWER, "record 0: .* 3 to 1"),
        ({"label_ids": np.array([0, 1]), "input_mask": np.zeros((2, 8), int)}, CLASSIFY, "record 0: input_mask"),
        ({"label_ids": np.array([0, 1]), "input_mask": np.ones((2, 7), int)}, CLASSIFY, "8, 7, 8 values"),
        ({"label_ids": np.array([0, 1]), "segment_ids": 1 - SEGMENTS}, CLASSIFY, "record 0: segment_ids"),
        ({"label_ids": np.array([0, 1])}, "encoder", "pairs of texts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, kind, problem):
    path = written(tmp_path / "wrong.tfrecord", **changes)
    with pytest.raises(InputError, match=rf"wrong\.tfrecord.*{problem}"):
        read_examples(kind, path)


def test_columns_of_texts_do_not_apply(tmp_path):
    path = written(tmp_path / "a.tfrecord", label_ids=np.array([1, 0]), verdict=np.array([0, 1]))
    assert [row.label for row in read_examples(CLASSIFY, path, Table(label="verdict"))] == [0, 1]
    with pytest.raises(InputError, match="token ids, which have no text"):
        read_examples(CLASSIFY, path, Table(text="sentence"))


def test_texts_are_not_taken_for_records(tmp_path):
    for name, content in (
        ("a.csv", b"text,label\nfine,1\n"),
        ("b", b""),
        ("c.jsonl", b'{"text": "a"}\n'),
        ("d", b"\x1f\x8b"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert not are_records(path)
    assert not are_records(tmp_path / "missing")
    assert not are_records("a\0b")
    assert are_records(tmp_path)
