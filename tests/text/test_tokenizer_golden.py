"""The tokenizer compared with `transformers`, with values from tests/golden/make_tokenizer_golden.py."""

import json

import pytest

from tinybert.text import BertTokenizer


@pytest.fixture(scope="module")
def golden(golden_folder):
    return json.loads((golden_folder / "tokenizer_golden.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:.*hardly knows Chinese")
@pytest.mark.parametrize(("vocabulary", "lower"), [("english", True), ("chinese", True), ("english", False)])
def test_ids_and_offsets_of_lines(golden, golden_folder, vocabulary, lower):
    cases = [case for case in golden["lines"] if (case["vocab"], case["lower"]) == (vocabulary, lower)]
    assert len(cases) >= 30
    tokenizer = BertTokenizer.from_file(golden_folder / f"{vocabulary}.vocab.txt", do_lower_case=lower)
    for case in cases:
        out = tokenizer(case["text"], max_length=None, return_offsets=True)
        assert out.input_ids[0].tolist() == case["ids"], case["text"]
        assert out.offsets.ravel().tolist() == case["offsets"], case["text"]


def test_one_batch_of_all_lines_gives_what_each_line_gives(golden, english):
    cases = [case for case in golden["lines"] if (case["vocab"], case["lower"]) == ("english", True)]
    out = english((case["text"] for case in cases), max_length=None)
    for row, case in enumerate(cases):
        assert out.input_ids[row, : out.lengths[row]].tolist() == case["ids"]


def test_pairs_truncation_and_windows(golden, english):
    assert len(golden["batches"]) > 20
    for case in golden["batches"]:
        out = english(**case["call"], return_offsets=True)
        assert out.input_ids.tolist() == case["ids"], case["call"]
        assert out.input_mask.tolist() == case["mask"], case["call"]
        assert out.segment_ids.tolist() == case["segments"], case["call"]
        assert out.offsets.tolist() == case["offsets"], case["call"]
        assert out.sequence_ids.tolist() == case["sequences"], case["call"]
        if "samples" in case:
            assert out.overflow_to_sample.tolist() == case["samples"], case["call"]


def test_lists_of_words(golden, english):
    for case in golden["words"]:
        out = english(case["words"], is_split_into_words=True)
        assert out.input_ids[0].tolist() == case["ids"], case["words"]
        assert out.word_ids[0].tolist() == case["word_ids"], case["words"]


def test_decode(golden, english):
    for case in golden["decode"]:
        assert english.decode(case["ids"]) == case["text"]
        assert english.decode(case["ids"], skip_special_tokens=False) == case["whole"]
