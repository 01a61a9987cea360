"""JSON is read in one defined way where parsers differ, and only values of the requested type are returned."""

import os
from typing import Any

import pytest

from tinybert.errors import CheckpointError, InputError
from tinybert.reading import parse_json, read_bytes, read_json
from tinybert.writing import to_json

BAD = {
    "": "not JSON: Expecting value at character 1",
    "[1": "not JSON: .* at character 3",
    '{"a": 1, "b": 2, "a": 3}': "the key 'a' occurs twice in one object",
    "1e999": "1e999 is larger",
    "[-1e999]": "-1e999 is larger",
    "9" * 309: "an integer of 309 digits",
    "9" * 100_000: "an integer of 100000 digits",
    "[" * 65 + "]" * 65: "deeper than 64 levels",
    '{"a":' * 100_000 + "1" + "}" * 100_000: "deeper than 64 levels",
    r'["\ud800"]': "half of a surrogate pair",
    r'{"\uDFFF": 1}': "half of a surrogate pair",
    b"\xff\xfe1\x00": "not UTF-8",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: repr(text)[:30])
def test_what_is_not_json_is_one_error_that_says_so(text):
    with pytest.raises(InputError, match=BAD[text]):
        parse_json(text)


FORMS = {
    "3": (dict[str, Any], "the whole: expected object, got int"),
    "null": (dict, "expected object, got null"),
    '{"a": true}': (dict[str, int], "expected int, got bool"),
    '{"a": "1"}': (dict[str, int], "expected int, got str"),
    '{"a": [1, 2.5]}': (dict[str, list[int]], r"\[...\]\[1\]: expected int, got float"),
}


@pytest.mark.parametrize("text", FORMS)
def test_a_value_of_another_type_is_an_error_that_says_where(text):
    form, message = FORMS[text]
    with pytest.raises(InputError, match=message):
        parse_json(text, form)


def test_numbers_that_json_has_not_are_null_as_they_are_written():
    assert parse_json("[NaN, Infinity, -Infinity, 1.5]") == [None, None, None, 1.5]
    assert parse_json(to_json([float("nan"), float("inf")])) == [None, None]


def test_what_is_unusual_and_right_is_read():
    assert parse_json("[" * 64 + "]" * 64)
    assert parse_json("1000000000000000019884624838656") == int(1e30)
    assert parse_json(r'"\ud83d\ude00"') == "😀"
    assert parse_json(r'"\ud800"', lone_surrogates=True) == "\ud800"
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse_json(r'"C:\\udir"') == r"C:\udir"


def test_a_file_is_named_with_the_line_in_the_class_that_is_asked_for(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"a": 1,\n "b": }', encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"config\.json, line 2: not JSON"):
        read_json(path, error=CheckpointError)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"config\.json: the whole: expected object, got array"):
        read_json(path, dict[str, Any], error=CheckpointError)


def test_a_file_that_is_too_large_says_so_and_is_not_read(tmp_path):
    path = tmp_path / "vocab.txt"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match=r"vocab\.txt has 1,099,511,627,776 bytes or more; .* at most 268,435,456"):
        read_bytes(path)
    path.write_bytes(b"12345")
    assert read_bytes(path, most=5) == b"12345"
    with pytest.raises(InputError, match="at most 4"):
        read_bytes(path, most=4)


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_bytes(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"cannot be read: Is a directory|Permission"):
        read_bytes(tmp_path)
    with pytest.raises(InputError, match="cannot be read: embedded null byte"):
        read_bytes("a\0b")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there are no such devices")
def test_a_device_that_never_ends_ends():
    with pytest.raises(InputError, match="1,001 bytes or more"):
        read_bytes("/dev/zero", most=1000)
    assert read_bytes("/dev/null") == b""
