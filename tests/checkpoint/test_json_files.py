"""Files beside a checkpoint: every JSON parser takes them, and a crash leaves what was there."""

import json
import math

import pytest

from tinybert.checkpoint.json_files import to_json, write_json


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
