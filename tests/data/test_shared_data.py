"""Real data sets are read completely: their numbers of rows, and one row of each."""

from __future__ import annotations

import pytest

from tinybert.data import TextExample, detect_scheme, read_conll, read_squad, read_texts


@pytest.mark.parametrize(("part", "rows"), [("train", 60_614), ("dev", 6_735)])
def test_sst2(shared, part, rows):
    examples = read_texts(shared / "sst2" / f"{part}.tsv")
    assert len(examples) == rows
    assert {example.label for example in examples} == {"0", "1"}


@pytest.mark.parametrize(("part", "rows"), [("train", 5_749), ("dev", 1_500)])
def test_stsb(shared, part, rows):
    path = shared / "stsb" / f"{part}.tsv"
    examples = read_texts(path, text=5, pair=6, label=4, regression=True, allow_extra_fields=True)
    assert len(examples) == rows
    assert all(0 <= example.label <= 5 and example.pair for example in examples)
    if part == "dev":
        assert examples[0] == TextExample(
            "A man with a hard hat is dancing.", "A man wearing a hard hat is dancing.", 5.0
        )


@pytest.mark.parametrize(("part", "rows"), [("train", 3_394), ("dev", 1_009)])
def test_wnut17(shared, part, rows):
    examples = read_conll(shared / "wnut17" / f"{part}.conll", scheme="IOB2", strict=True)
    assert len(examples) == rows
    assert detect_scheme(example.labels for example in examples) == "IOB2"


@pytest.mark.parametrize(("part", "rows", "impossible"), [("train", 3_605, 599), ("dev", 133, 33)])
def test_qa_en(shared, part, rows, impossible):
    questions = read_squad(shared / "qa_en" / f"{part}.json")
    assert len(questions) == rows
    assert sum(question.is_impossible for question in questions) == impossible


def test_cmrc2018(shared):
    path = shared / "cmrc2018" / "trial.json"
    with pytest.warns(UserWarning, match="5 of 1002 questions are left out; the first is 'TRIAL_210_QUERY_0'"):
        assert len(read_squad(path, strict=False)) == 997
