"""Properties that hold for any text."""

import tempfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers.normalizers import BertNormalizer

from tinybert.text import BertTokenizer

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    st.sampled_from("aeE éÉe\u0301İßﬁ中文。,.'-#[]MASK\u200b\u00ad\t\n한\u1112\u1161😀\u200d👍🏽"), max_size=40
)
LIMITS = st.integers(3, 24)
check = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("lower", [True, False])
@given(text=TEXT)
@check
def test_offsets_cut_each_token_out_of_the_text(golden_folder, lower, text):
    tokenizer = cached(golden_folder, lower)
    normalize = BertNormalizer(lowercase=lower).normalize_str
    out = tokenizer(text, max_length=None, return_offsets=True)
    tokens = [list(tokenizer.vocab)[index] for index in out.input_ids[0]]
    assert tokenizer.tokenize(text) == tokens[1:-1]
    previous = (0, 0)
    for token, (start, end) in zip(tokens[1:-1], out.offsets[0, 1:-1].tolist(), strict=True):
        assert 0 <= start < end <= len(text)
        # Tokens overlap only where one character decomposes into several, as 한 does.
        assert start >= previous[1] or (start, end) == (previous[1] - 1, previous[1])
        previous = (start, end)
        source, content = text[start:end], token.removeprefix("##")
        if token not in ("[UNK]", source):
            assert content == normalize(source).strip() or (len(source) == 1 and content in normalize(source))


_cache = {}


def cached(folder, lower):
    if lower not in _cache:
        _cache[lower] = BertTokenizer.from_file(folder / "english.vocab.txt", do_lower_case=lower)
    return _cache[lower]


@given(texts=st.lists(TEXT, max_size=4), others=st.none() | st.lists(TEXT, min_size=4, max_size=4), limit=LIMITS)
@check
def test_rows_are_well_formed_and_within_the_limit(english, texts, others, limit):
    pairs = None if others is None else others[: len(texts)]
    out = english(texts, pairs, max_length=limit, return_offsets=True)
    rows, width = out.input_ids.shape
    assert rows == len(texts)
    assert width <= limit
    assert out.input_mask.shape == out.segment_ids.shape == out.sequence_ids.shape == (rows, width)
    assert ((out.input_ids >= 0) & (out.input_ids < english.vocab_size)).all()
    for ids, mask, segments, sequence in zip(
        out.input_ids, out.input_mask, out.segment_ids, out.sequence_ids, strict=True
    ):
        length = mask.sum()
        assert mask[:length].all()
        assert ids[0] == english.token_to_id("[CLS]")
        assert ids[length - 1] == english.token_to_id("[SEP]")
        assert (ids[length:] == english.token_to_id("[PAD]")).all()
        assert (np.diff(segments[:length]) >= 0).all()
        assert segments[:length].max() == (pairs is not None)
        assert not segments[length:].any()
        assert (sequence < 0).sum() == width - length + (2 if pairs is None else 3)
        assert (segments[sequence >= 0] == sequence[sequence >= 0]).all()


@given(text=TEXT, limit=LIMITS, overlap=st.integers(0, 24))
@check
def test_windows_together_hold_all_tokens(english, text, limit, overlap):
    stride = min(overlap, limit - 3)
    whole = english(text, max_length=None).input_ids[0, 1:-1].tolist()
    out = english(text, max_length=limit, return_overflowing=True, stride=stride)
    joined: list[int] = []
    for ids, sequence in zip(out.input_ids, out.sequence_ids, strict=True):
        part = ids[sequence == 0].tolist()
        assert not joined or joined[len(joined) - stride :] == part[:stride]
        joined += part[stride if joined else 0 :]
    assert joined == whole


@given(text=TEXT, lower=st.booleans())
@settings(check, max_examples=10)
def test_saving_and_reading_back_changes_nothing(golden_folder, text, lower):
    tokenizer = cached(golden_folder, lower)
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save(folder)
        again = BertTokenizer.from_file(folder)
    assert again.vocab == tokenizer.vocab
    assert again(text).input_ids.tolist() == tokenizer(text).input_ids.tolist()
