"""Entity F1: known values, and seqeval's on any tags."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.errors import InputError
from tinybert.metrics import SCHEMES, LabelScores, entity_scores, entity_type_scores

check = settings(max_examples=40)


def test_known_values():
    y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"], ["O"]]
    y_pred = [["B-PER", "I-PER", "O", "B-PER"], ["B-LOC", "I-LOC"], ["B-LOC"]]
    # Only the first person is right, of 4 found and 3 true: the second place ends one word too late.
    assert entity_scores(y_true, y_pred) == pytest.approx({"precision": 1 / 4, "recall": 1 / 3, "f1": 2 / 7})
    assert entity_type_scores(y_true, y_pred) == {
        "LOC": LabelScores(0.0, 0.0, 0.0, 2),
        "PER": LabelScores(0.5, 1.0, 2 / 3, 1),
    }


def test_a_scheme_leaves_malformed_entities_out():
    y_true, y_pred = [["B-PER", "I-PER", "O"]], [["I-PER", "I-PER", "O"]]
    assert entity_scores(y_true, y_pred)["f1"] == 1.0
    assert entity_scores(y_true, y_pred, scheme="IOB2")["f1"] == 0.0


def test_an_entity_does_not_reach_into_the_next_sentence():
    y_true, y_pred = [["B-PER"], ["I-PER"]], [["B-PER"], ["O"]]
    assert entity_scores(y_true, y_pred) == pytest.approx({"precision": 1.0, "recall": 0.5, "f1": 2 / 3})


def test_the_same_place_in_another_sentence_is_another_entity():
    assert entity_scores([["B-PER"], ["O"]], [["O"], ["B-PER"]])["f1"] == 0.0


def test_no_entities_score_zero():
    assert entity_scores([["O"]], [["O"]]) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert entity_type_scores([["O"], []], [["O"], []]) == {}


def tagged(prefixes):
    """Sentences of true and predicted tags, malformed ones too."""
    tags = st.sampled_from(["O", *prefixes, *(f"{prefix}-{kind}" for prefix in prefixes for kind in ("A", "B-C"))])
    sentence = st.lists(st.tuples(tags, tags), max_size=7).map(
        lambda pairs: tuple(zip(*pairs, strict=True)) or ((), ())
    )
    return st.lists(sentence, min_size=1, max_size=3).map(
        lambda sentences: tuple([list(part) for part in side] for side in zip(*sentences, strict=True))
    )


def seqeval_scores(y_true, y_pred, **options):
    """seqeval's scores in our form: over all types, and of each."""
    metrics = pytest.importorskip("seqeval.metrics.sequence_labeling")
    strict = pytest.importorskip("seqeval.metrics.v1")
    call = strict if options else metrics
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = call.precision_recall_fscore_support(y_true, y_pred, **options)
        # The average over no entities at all fails there.
        mean = (
            call.precision_recall_fscore_support(y_true, y_pred, average="micro", **options)
            if len(each[0])
            else [0] * 3
        )
    return list(mean[:3]), [list(row) for row in zip(*each, strict=True)]


def our_scores(y_true, y_pred, scheme=None):
    each = entity_type_scores(y_true, y_pred, scheme=scheme).values()
    mean = entity_scores(y_true, y_pred, scheme=scheme)
    return list(mean.values()), [[s.precision, s.recall, s.f1, s.support] for s in each]


def agree(ours, theirs):
    assert ours[0] == pytest.approx(theirs[0])
    assert len(ours[1]) == len(theirs[1])
    for our_row, their_row in zip(ours[1], theirs[1], strict=True):
        assert our_row == pytest.approx(their_row)


@pytest.mark.parametrize("prefixes", ["BI", "BIES"])
@given(data=st.data())
@check
def test_equal_to_seqeval(prefixes, data):
    y_true, y_pred = data.draw(tagged(prefixes))
    agree(our_scores(y_true, y_pred), seqeval_scores(y_true, y_pred))


@given(data=st.data())
@check
def test_bilou_without_a_scheme_is_read_as_iobes(data):
    y_true, y_pred = data.draw(tagged("BIES"))
    renamed = [
        [[tag.replace("E", "L", 1).replace("S", "U", 1) for tag in tags] for tags in side] for side in (y_true, y_pred)
    ]
    assert our_scores(*renamed) == our_scores(y_true, y_pred)


# seqeval's table for IOE1 has no span of one word before another of its type, which is what E- is for there.
@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if scheme != "IOE1"])
@given(data=st.data())
@check
def test_equal_to_strict_seqeval(scheme, data):
    theirs = getattr(pytest.importorskip("seqeval.scheme"), scheme)
    y_true, y_pred = data.draw(tagged(SCHEMES[scheme]))
    agree(our_scores(y_true, y_pred, scheme), seqeval_scores(y_true, y_pred, scheme=theirs))


@pytest.mark.parametrize(
    ("y_true", "y_pred", "says"),
    [
        ([["O"], ["O"]], [["O"]], r"y_true has 2 sentences, y_pred has 1"),
        ([], [], r"no sentences"),
        ([["O"], ["O", "O"]], [["O"], ["O"]], r"y_true\[1\] has 2 tags, y_pred\[1\] has 1"),
        ([["O"], ["O", "B-A"]], [["O"], ["O", "A"]], r"y_pred\[1\], tags\[1\]: 'A' is not a tag"),
        (["O", "B-A"], ["O", "B-A"], r"give a list of tags for each sentence"),
    ],
)
def test_what_are_no_tagged_sentences_is_refused(y_true, y_pred, says):
    with pytest.raises(InputError, match=says):
        entity_scores(y_true, y_pred)
