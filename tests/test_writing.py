"""Files are written atomically, with the permissions of the user's other files; and writing of JSON."""

from __future__ import annotations

import json
import math
import os

import pytest

from tinybert.writing import replacing, to_json, write_json


@pytest.fixture(params=[0o022, 0o077, 0o002])
def mode(request):
    """What a new file's permissions are, under several umasks."""
    before = os.umask(request.param)
    yield 0o666 & ~request.param
    os.umask(before)


def contents(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_files_laid_beside_it_are_moved_too_and_others_stay(tmp_path):
    folder = tmp_path / "new" / "folder"
    with replacing(folder / "a") as temporary:
        temporary.write_text("1")
    with replacing(folder / "b") as temporary:
        temporary.write_text("2")
        temporary.with_name("c").write_text("3")
        assert contents(temporary.parent) == {"b": "2", "c": "3"}
    assert contents(folder) == {"a": "1", "b": "2", "c": "3"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("before", [{}, {"a": "old"}])
def test_half_a_file_takes_no_place_and_leaves_nothing(tmp_path, before, error):
    for name, text in before.items():
        (tmp_path / name).write_text(text)

    def interrupted():
        with replacing(tmp_path / "a") as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(type(error)):
        interrupted()
    assert contents(tmp_path) == before


@pytest.mark.parametrize("written", [0o600, 0o400, 0o666])
def test_permissions_are_those_of_any_new_file(tmp_path, mode, written):
    with replacing(tmp_path / "a") as temporary:
        for file in (temporary, temporary.with_name("b")):
            file.touch()
            file.chmod(written)
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [mode, mode]


def test_what_is_no_number_is_null():
    text = to_json({"metrics": {"pearson": math.nan, "f1": 0.5}, "all": (math.inf, 1, "a")})
    assert json.loads(text, parse_constant=pytest.fail) == {
        "metrics": {"pearson": None, "f1": 0.5},
        "all": [None, 1, "a"],
    }


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "metrics.json"
    write_json(path, {"f1": 1})
    with pytest.raises(TypeError):
        write_json(path, {"f1": object()})
    assert json.loads(path.read_text()) == {"f1": 1}
    assert list(tmp_path.iterdir()) == [path]
