"""Messages use the correct singular and plural: 1 row, 2 rows."""

from __future__ import annotations

import ast
import doctest
from pathlib import Path

import numpy as np
import pytest

import tinybert
from tinybert import counting
from tinybert.counting import counted, there_are
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample, read_texts
from tinybert.data.batches import restore_order
from tinybert.errors import InputError
from tinybert.evaluation.summary import summary

NOUNS = (
    "rows",
    "sentences",
    "questions",
    "contexts",
    "labels",
    "outputs",
    "pairs",
    "words",
    "texts",
    "results",
    "tags",
)


def test_one_is_not_several():
    assert doctest.testmod(counting).failed == 0
    assert (counted(1, "query", "queries"), counted(0, "query", "queries")) == ("1 query", "0 queries")
    assert there_are(0, "row") == "There are 0 rows"
    assert counted(np.int64(1), "row") == "1 row"


@pytest.mark.parametrize(
    ("examples", "line"),
    [
        ([TextExample("a", label="x")], "1 row: x 1"),
        ([TextExample("a", label=0.5)], "1 row: scores from 0.5 to 0.5, mean 0.5"),
        ([TextExample("a", "b")], "1 pair, each a match"),
        ([TaggedExample(("a",), ("X",))], "1 sentence, 1 word: X 1"),
        ([QuestionExample("1", "q", "c", (AnswerSpan("c", 0),))], "1 question: answerable 1, not answerable 0"),
        ([TextExample("a", label=str(number)) for number in range(21)], " and 1 more label"),
    ],
)
def test_data_are_counted(examples, line):
    assert summary(examples).endswith(line)


def test_what_is_wrong_is_counted(tmp_path):
    with pytest.raises(InputError, match="There is 1 batch and 0 results"):
        restore_order([np.array([0])], [])
    (tmp_path / "a.csv").write_text("text,label\na,x\nb,-\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="1 row without a label is left out"):
        list(read_texts(tmp_path / "a.csv", skip_unlabelled=True))


def test_no_message_counts_by_hand():
    """Check that messages use `counted` for a number before a plural noun."""
    found = []
    for path in Path(tinybert.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            for value, text in zip(node.values, node.values[1:], strict=False):
                if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                    continue
                if str(text.value).lstrip(" ").split(" ")[0].rstrip(",.:;") in NOUNS and str(text.value)[:1] == " ":
                    found.append(f"{path.name}: {ast.unparse(value.value)}{text.value[:12]}")
    assert not found
