"""Answers: the best over all windows, their positions, and when there is none."""

import math
import re
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from awkward_texts import TEXTS
from function_runtime import FunctionRuntime

from tinybert import QuestionAnswerer
from tinybert.errors import InputError
from tinybert.task import Task
from tinybert.tasks import Answer, TaskModel
from tinybert.text import BertTokenizer, Vocabulary

CONTEXT = "The children walked to the river, and the king of the small country followed them into the old town. " * 4
QUESTION = "where did the king go?"


@pytest.fixture(scope="module")
def answer(answerer):
    return QuestionAnswerer(answerer)


def logits_of_tokens(input_ids, input_mask, segment_ids):
    """Logits that depend only on the token, so that its window does not matter."""
    return np.sin(input_ids * 7.0).astype(np.float32) * 3, np.cos(input_ids * 3.0).astype(np.float32) * 3


@pytest.fixture
def context_free(pretend):
    def context_free(positions, function=logits_of_tokens):
        return QuestionAnswerer(
            pretend(function, "question-answering", max_position_embeddings=positions, seq_length=positions)
        )

    return context_free


def pointing(tokenizer, start, end, null=0.0):
    """A network with a certain answer from one word to another, and a given score for "no answer"."""

    def logits(input_ids, *_):
        scores = [(input_ids == tokenizer.token_to_id(word)).astype(np.float32) * 9 for word in (start, end)]
        for array in scores:
            array[:, 0] = null / 2
        return tuple(scores)

    return logits


def by_loops(answerer, tokenizer, question, context, max_length, stride, longest=30):
    """Search all spans of all windows; return the characters and score of the best, and the best "no answer" score."""
    encoding = tokenizer(
        question,
        context,
        max_length=max_length,
        truncation="only_second",
        return_overflowing=True,
        stride=stride,
        return_offsets=True,
    )
    assert len(encoding) > 1
    starts, ends = (output.astype(np.float64) for output in answerer.runtime.logits(encoding.inputs))
    best, total, null = (-math.inf, 0, 0), 0.0, math.inf
    for row in range(len(encoding)):
        tokens = np.flatnonzero(encoding.sequence_ids[row] == 1)
        null = min(null, starts[row, 0] + ends[row, 0])
        total += np.exp(starts[row, tokens]).sum() * np.exp(ends[row, tokens]).sum()
        for i in tokens:
            for j in tokens:
                if i <= j < i + longest:
                    span = (starts[row, i] + ends[row, j], *encoding.offsets[row, [i, j], [0, 1]].tolist())
                    best = max(best, span)
    return *best, total, null


@pytest.mark.parametrize(("max_length", "stride"), [(64, 15), (40, 5), (48, 0)])
def test_the_answer_is_the_best_of_all_windows(answer, answerer, tokenizer, max_length, stride):
    found = answer(QUESTION, CONTEXT, max_length=max_length, stride=stride)
    score, start, end, total, _ = by_loops(answerer, tokenizer, QUESTION, CONTEXT, max_length, stride)
    assert found.text == CONTEXT[found.start : found.end]
    # The answer is extended to whole words.
    assert found.start <= start < end <= found.end
    assert len(found.text.split()) <= len(CONTEXT[start:end].split())
    assert found.score == pytest.approx(math.exp(score) / total, rel=1e-4)


def test_words_are_not_cut(context_free, tokenizer):
    pieces = tokenizer.tokenize("unbelievably")
    assert len(pieces) > 3
    answer = context_free(64, pointing(tokenizer, pieces[1], pieces[2]))
    assert answer("what?", "it was, unbelievably, over").text == "unbelievably"


@pytest.mark.parametrize(
    ("context", "pieces", "found"),
    [
        ("カメラを買う", ("カ", "##メ"), "カメ"),
        ("私はiPhoneを買う", ("##iPhone", "##iPhone"), "iPhone"),
        ("ไปตลาดมา", ("##ป", "##ต"), "ปต"),
        ("학교에서 본다", ("학", "##교"), "학교에서"),
        ("the iphones of カメ", ("iphone", "iphone"), "iphones"),
    ],
)
def test_words_end_between_characters_where_the_script_has_no_blanks(config, context, pieces, found):
    tokens = list("カメラを買う私はปไตลาดม학교에서본다")
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "what", "?", "the", "of", "iphone", "##iPhone", "##s", *tokens)
    tokenizer = BertTokenizer(Vocabulary((*words, *(f"##{token}" for token in tokens)), do_lower_case=False))
    task = Task("question-answering")
    model = TaskModel(FunctionRuntime(pointing(tokenizer, *pieces), config, task, 2), tokenizer)
    answer = QuestionAnswerer(model)
    assert answer("what?", context).text == found
    whole, exact = (answer("what?", context, align_to_words=choice).text for choice in (True, False))
    assert exact in found
    assert found in whole
    assert re.fullmatch(r"[カメラを]+|[私はをiPhone]+|ไปตลาดมา|학교에서|iphones", whole)


def test_further_answers_do_not_overlap(answer):
    answers = answer(QUESTION, CONTEXT, top_k=8)
    assert len(answers) == 8
    assert [found.score for found in answers] == sorted((found.score for found in answers), reverse=True)
    taken = set()
    for found in answers:
        assert found.text == CONTEXT[found.start : found.end]
        assert not taken & set(range(found.start, found.end))
        taken |= set(range(found.start, found.end))
    assert answers[0] == answer(QUESTION, CONTEXT)
    assert sum(found.score for found in answers) <= 1


def test_fewer_answers_where_there_are_fewer(answer):
    assert len(answer(QUESTION, "the cat", top_k=8, max_answer_length=1)) == 2


@pytest.mark.parametrize(("max_length", "stride"), [(64, 20), (40, 16), (30, 10)])
def test_windows_change_nothing_that_depends_on_the_token_alone(context_free, max_length, stride):
    text = " ".join(TEXTS) + CONTEXT
    whole = context_free(512)(QUESTION, text, top_k=5, max_length=512, max_answer_length=8)
    windows = context_free(64)(QUESTION, text, top_k=5, max_length=max_length, stride=stride, max_answer_length=8)
    assert [(found.start, found.end) for found in windows] == [(found.start, found.end) for found in whole]


def test_no_answer(context_free, tokenizer):
    context = "the king lives in the old town"
    sure = context_free(64, pointing(tokenizer, "king", "king", null=10.0))
    unsure = context_free(64, pointing(tokenizer, "king", "king", null=19.0))
    assert sure("who?", context, handle_impossible=True).text == "king"
    assert unsure("who?", context).text == "king"
    nothing = unsure("who?", context, handle_impossible=True)
    assert (nothing.text, nothing.start, nothing.end) == ("", 0, 0)
    assert 0.3 < nothing.score < 0.5  # of "no answer", "king", and a start at one with an end at the other
    # Logits of 19 exceed those of the answer, 18, by 1.
    assert unsure("who?", context, handle_impossible=True, threshold=1.5).text == "king"
    assert sure("who?", context, handle_impossible=True, threshold=-9).text == ""
    assert [found.text for found in unsure("who?", context, handle_impossible=True, top_k=2)] == ["", "king"]


def test_a_threshold_below_all_numbers_is_always_no_answer(context_free, tokenizer):
    sure = context_free(64, pointing(tokenizer, "king", "king", null=-99.0))
    found = sure("who?", "the king lives in the old town", top_k=2, handle_impossible=True, threshold=-np.inf)
    assert [answer.text for answer in found] == ["", "king"]
    assert all(0 <= answer.score <= 1 for answer in found)


def test_no_answer_counts_as_in_the_least_sure_window(context_free, tokenizer):
    def logits(input_ids, *_):
        starts, ends = pointing(tokenizer, "king", "king")(input_ids)
        without = ~(input_ids == tokenizer.token_to_id("king")).any(axis=1)
        starts[without, 0] = ends[without, 0] = 50
        return starts, ends

    context = "the king lives in the old town " + "and so on " * 30
    assert context_free(40, logits)("who?", context, handle_impossible=True, stride=5).text == "king"


@pytest.mark.parametrize("context", ["", " \n", "\x00\u200b"])
def test_a_context_without_words_has_no_answer(answer, context):
    assert answer(QUESTION, context) == Answer("", 0, 0, 1.0)
    assert answer([(QUESTION, context), (QUESTION, "the cat")])[1].text


def test_one_pair_many_pairs_and_streams(answer):
    one = answer(QUESTION, CONTEXT)
    both = [(QUESTION, CONTEXT), ("who?", "the king")]
    assert answer((QUESTION, CONTEXT)).text == one.text
    assert answer({"question": QUESTION, "context": CONTEXT}).text == one.text
    expected = [one.text, answer("who?", "the king").text]
    for pairs in (both, [{"question": q, "context": c} for q, c in both], [list(pair) for pair in both]):
        assert [found.text for found in answer(pairs)] == expected
    assert [found.text for found in answer(iter(both))] == expected
    assert [found.text for found in answer([QUESTION, "who?"], [CONTEXT, "the king"])] == expected
    assert answer([]) == []


def test_many_pairs_give_what_each_gives_alone(answer):
    pairs = [(question, context) for question in ("who?", TEXTS[3]) for context in (*TEXTS, CONTEXT)]
    together = answer(pairs, batch_size=5, handle_impossible=True)
    for (question, context), found in zip(pairs, together, strict=True):
        alone = answer(question, context, handle_impossible=True)
        assert (found.text, found.start, found.end) == (alone.text, alone.start, alone.end)
        assert found.score == pytest.approx(alone.score, abs=1e-5)


@pytest.mark.parametrize(("options", "width"), [({}, 384), ({"max_length": 100}, 100), ({"max_length": 9999}, 512)])
def test_windows_are_384_tokens_unless_told_otherwise(pretend, options, width):
    shapes = []

    def logits(input_ids, *others):
        shapes.append(input_ids.shape)
        return logits_of_tokens(input_ids, *others)

    model = pretend(logits, "question-answering", max_position_embeddings=512, seq_length=512)
    QuestionAnswerer(model)(QUESTION, CONTEXT * 20, **options)
    assert max(shape[1] for shape in shapes) == width


def test_a_question_counts_up_to_its_64th_token(pretend, tokenizer):
    widths = []

    def logits(input_ids, input_mask, segment_ids):
        widths.append(int(np.flatnonzero(segment_ids[0])[0]))
        return logits_of_tokens(input_ids, input_mask, segment_ids)

    answer = QuestionAnswerer(pretend(logits, "question-answering", max_position_embeddings=512, seq_length=512))
    answer("why, " * 50_000, CONTEXT)
    answer("why?", CONTEXT)
    assert widths == [66, 4]


def test_a_long_context_takes_little_besides_the_network(context_free):
    """Python executes fewer instructions per window than a loop over its tokens would."""
    context = " ".join(TEXTS) * 150
    assert len(context) > 100_000
    answer = context_free(512)
    with instructions() as counted:
        answers = answer(QUESTION, context, top_k=3)
    assert len(answers) == 3
    windows = sum(rows for rows, _ in answer.model.runtime.shapes)
    assert windows > 80
    assert sum(counted) < 3000 * windows  # 384 tokens each


@contextmanager
def instructions():
    """Collect a 1 for each Python bytecode instruction that is executed."""
    counted, before = [], sys.gettrace()

    def trace(frame, event, _):
        frame.f_trace_opcodes = True
        if event == "opcode":
            counted.append(1)
        return trace

    sys.settrace(trace)
    try:
        yield counted
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(
    "bad", [("why?", None), (None, "text"), ("why?",), None, ("why?", "\ud800"), {"question": "a"}]
)
def test_bad_pairs(context_free, bad):
    answer = context_free(64)
    with pytest.raises(InputError, match=r"pairs\[1\]"):
        answer([("who?", "the king"), bad])
    good, error = answer([("who?", "the king"), bad], on_error="return")
    assert isinstance(good, Answer)
    assert isinstance(error, InputError)


@pytest.mark.parametrize(
    ("question", "context"), [("why?", None), ("why?", 3), (["why?"], ["a", "b"]), (["why?"], "a")]
)
def test_what_is_no_pair(context_free, question, context):
    with pytest.raises(InputError):
        context_free(64)(question, context)


@pytest.mark.parametrize(
    "options", [{"top_k": 0}, {"max_answer_length": 0}, {"stride": -1}, {"threshold": "a"}, {"max_length": 4}]
)
def test_options_that_are_not_allowed(context_free, options):
    with pytest.raises(InputError, match=next(iter(options))):
        context_free(64)("why?", "so", **options)
