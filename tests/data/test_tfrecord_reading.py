"""Verification of TFRecord files: any changed byte and any truncation is detected and located."""

from __future__ import annotations

import struct

import mindspore.dataset as ds
import numpy as np
import pytest
from tfrecord import TFRecordWriter

from tinybert.data import check_tfrecord, read_records, write_tfrecord
from tinybert.data.record_columns import RecordColumn
from tinybert.data.tfrecord_frames import record_offsets
from tinybert.errors import InputError


@pytest.fixture
def path(tmp_path, columns):
    """Four rows of six tokens."""
    path = tmp_path / "data.tfrecord"
    write_tfrecord(path, columns(4))
    return path


def write_rows(path, *rows):
    """Write rows as other programs might."""
    writer = TFRecordWriter(str(path))
    for row in rows:
        writer.write(row)
    writer.close()
    return path


def test_what_was_written_is_read(path, columns):
    records = read_records(path, batch_size=3, rows=4)
    assert records.columns == {
        "input_ids": RecordColumn(6, np.int32),
        "input_mask": RecordColumn(6, np.int32),
        "label_ids": RecordColumn(1, np.int32),
        "segment_ids": RecordColumn(6, np.int32),
    }
    batches = list(records)
    assert [len(batch["label_ids"]) for batch in batches] == [3, 1]
    for name, array in columns(4).items():
        found = np.concatenate([batch[name] for batch in batches])
        assert found.dtype == np.int32
        np.testing.assert_array_equal(found, array)


def test_mindspore_reads_it_as_int32(tmp_path, columns):
    written = columns(4) | {"label_ids": np.array([0.5, 1, 2, 4.75])}
    write_tfrecord(tmp_path / "a", written)
    schema = ds.Schema()
    for name, array in written.items():
        schema.add_column(name, "float32" if array.dtype.kind == "f" else "int32", [array.size // 4])
    rows = list(ds.TFRecordDataset(str(tmp_path / "a"), schema, shuffle=False).create_dict_iterator(output_numpy=True))
    for name, array in written.items():
        np.testing.assert_array_equal(np.stack([row[name] for row in rows]), array.reshape(4, -1))


def test_any_changed_byte_is_found(path):
    content = path.read_bytes()
    offsets = record_offsets(path)
    for position in range(len(content)):
        for change in (0x01, 0xFF):
            damaged = bytearray(content)
            damaged[position] ^= change
            path.write_bytes(damaged)
            number = int(np.searchsorted(offsets, position, side="right")) - 1
            with pytest.raises(InputError) as caught:
                check_tfrecord(path)
            assert f"data.tfrecord, record {number} (at byte {offsets[number]}): " in str(caught.value)


def test_any_cut_is_found(path):
    content = path.read_bytes()
    offsets = record_offsets(path).tolist()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        if length in offsets:
            assert check_tfrecord(path) == offsets.index(length)
        else:
            with pytest.raises(InputError, match="the file ends inside the record"):
                check_tfrecord(path)
        with pytest.raises(InputError):
            check_tfrecord(path, rows=4)


def test_a_cut_between_two_rows_is_found_by_the_number_of_rows(path):
    path.write_bytes(path.read_bytes()[: record_offsets(path)[3]])
    with pytest.raises(InputError, match=r"There are 3 rows, but 4 were written: .*data.tfrecord 3"):
        read_records(path, batch_size=2, rows=4)


def test_the_reader_refuses_a_damaged_file(path):
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"record 3 .*the checksum of the content is wrong. The file is damaged"):
        read_records(path, batch_size=2)


def test_a_file_that_is_damaged_while_it_is_read(path):
    batches = iter(read_records(path, batch_size=1))
    next(batches)
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="record 3"):
        list(batches)


def test_a_forged_length_asks_for_no_memory(tmp_path):
    length = struct.pack("<Q", 2**62)
    (tmp_path / "a").write_bytes(length + TFRecordWriter.masked_crc(length) + b"x" * 100)
    with pytest.raises(InputError, match="ends inside the record, which has 4611686018427387904 bytes"):
        check_tfrecord(tmp_path / "a")


def test_scores_are_floats_and_other_integers_int64(tmp_path):
    scores = np.array([0.5, 2, 4.75], np.float64)
    write_tfrecord(tmp_path / "a", {"label_ids": scores, "numbers": np.array([1, 2**40, -3])})
    (batch,) = read_records(tmp_path / "a", batch_size=8)
    assert batch["label_ids"].dtype == np.float32
    np.testing.assert_array_equal(batch["label_ids"], scores)
    assert batch["numbers"].dtype == np.int64
    np.testing.assert_array_equal(batch["numbers"], [[1], [2**40], [-3]])


def test_int64_that_int32_cannot_hold(tmp_path):
    with pytest.raises(InputError, match="column input_ids, row 1: a value is outside int32"):
        write_tfrecord(tmp_path / "a", {"input_ids": np.array([[1, 2], [3, 2**31]])})
    assert not list(tmp_path.iterdir())
    write_rows(tmp_path / "a", {"input_ids": ([1], "int")}, {"input_ids": ([2**31], "int")})
    with pytest.raises(InputError, match=r"a, record 1 \(at byte \d+\): input_ids has a value outside int32"):
        list(read_records(tmp_path / "a", batch_size=2))


@pytest.mark.parametrize("label", [np.nan, np.inf, 1e300])
def test_scores_that_are_none(tmp_path, label):
    with pytest.raises(InputError, match=r"column label_ids, row 0: .* is not a number that float32 can hold"):
        write_tfrecord(tmp_path / "a", {"label_ids": np.array([label])})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"input_ids": ([1], "int")}, "input_ids has 1 value of int64_list; the first row has 2 of int64_list"),
        ({"input_ids": ([1.0, 2.0], "float")}, "input_ids has 2 values of float_list; the first row has 2 of int64"),
        ({"input_ids": ([b"ab"], "byte")}, "input_ids has 1 value of bytes_list"),
        ({"input_mask": ([1, 1], "int")}, "there is no column 'input_ids'; there are input_mask"),
        ({}, "there is no column 'input_ids'; there are none"),
    ],
)
def test_rows_that_differ_from_the_first(tmp_path, row, message):
    path = write_rows(tmp_path / "a", {"input_ids": ([1, 2], "int")}, row)
    with pytest.raises(InputError, match=rf"a, record 1 \(at byte \d+\): {message}"):
        list(read_records(path, batch_size=2))


def test_columns_are_chosen(tmp_path):
    row = {"input_ids": ([1, 2], "int"), "text": ([b"ab"], "byte"), "label_ids": ([3], "int")}
    path = write_rows(tmp_path / "a", row)
    assert [sorted(batch) for batch in read_records(path, batch_size=1)] == [["input_ids", "label_ids"]]
    assert [list(batch) for batch in read_records(path, batch_size=1, columns=["label_ids"])] == [["label_ids"]]
    for name, problem in (("segment_ids", "is not there"), ("text", "holds no numbers")):
        with pytest.raises(InputError, match=f"a: the column '{name}' {problem}; there are input_ids, label_ids"):
            read_records(path, batch_size=1, columns=["input_ids", name])


def test_a_record_that_is_no_example(tmp_path):
    content = b"\xff\xff\xff"
    length = struct.pack("<Q", len(content))
    parts = (length, TFRecordWriter.masked_crc(length), content, TFRecordWriter.masked_crc(content))
    (tmp_path / "a").write_bytes(b"".join(parts))
    with pytest.raises(InputError, match=r"a, record 0 \(at byte 0\): the content is not a tf.train.Example"):
        read_records(tmp_path / "a", batch_size=1)
