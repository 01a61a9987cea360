"""Exact match and F1 of answers: cases worked out by hand, and an independent implementation of the definitions."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.errors import InputError
from tinybert.metrics import squad_scores, squad_v2_scores
from tinybert.metrics.answer_rules import chinese_tokens

check = settings(max_examples=60)


@pytest.mark.parametrize(
    ("answers", "prediction", "exact", "f1"),
    [
        (["Norman"], "norman", 1, 1),
        (["The Normans'  Duchy!"], "normans duchy", 1, 1),
        (["10th and 11th centuries"], "in the 10th century", 0, 2 / 7),
        (["Ulm", "in Ulm"], "in Ulm", 1, 1),  # the best answer counts
        (["Ulm", "near Ulm or Bonn"], "near Bonn", 0, 2 / 3),
        (["red red blue"], "red red red", 0, 2 / 3),  # words count as often as both have them
        (["theatre"], "the atre", 0, 0),  # articles are whole words
        (["well-known"], "well known", 0, 0),  # punctuation leaves no space
        (["the"], "a", 1, 0),  # nothing is left of either: v1.1 calls that exact, with F1 0
        (["Ulm"], "", 0, 0),
        (["«Ulm»"], "Ulm", 0, 0),  # only ASCII punctuation is taken out
    ],
)
def test_english_answers(answers, prediction, exact, f1):
    scores = squad_scores({"q": answers}, {"q": prediction})
    assert scores == pytest.approx({"exact_match": 100 * exact, "f1": 100 * f1, "total": 1})


@pytest.mark.parametrize(
    ("answers", "prediction", "exact", "f1"),
    [
        (["踢爆"], "踢爆。", 1, 1),
        (["光荣和ω-force"], "光荣和Ω-Force", 1, 1),
        (["1963年"], "在1963年", 0, 4 / 5),
        (["北京大学"], "北京的大学", 0, 4 / 9),  # the longest run counts, not all characters in common
        (["盛大游戏", "游戏橘子"], "游戏橘子运营", 0, 4 / 5),
        (["，"], "。", 1, 0),
        (["3 : 2"], "3:2", 0, 0),  # the space that punctuation leaves matters, as in the official script
        (["踢爆"], "", 0, 0),
    ],
)
def test_chinese_answers(answers, prediction, exact, f1):
    scores = squad_scores({"q": answers}, {"q": prediction}, language="zh")
    assert scores == pytest.approx({"exact_match": 100 * exact, "f1": 100 * f1, "total": 1})


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        ("Guido的Python 3", ["guido", "的", "python", "3"]),
        ("2,000元", ["2,000", "元"]),
        ("r&b", ["r", "&", "b"]),
        ("s.g. tallentyre", ["s.g.", "tallentyre"]),
        ("putnam's sons", ["putnam", "'s", "sons"]),
        ("4×50米", ["4×50", "米"]),
        ("50％", ["50％"]),
        ("7.5%.", ["7.5", "%", "."]),
        ("等等...", ["等", "等", "..."]),
        ("1284–1314", ["1284", "–", "1314"]),
        ("(dr. apgar)", ["(", "dr.", "apgar", ")"]),
        (".net framework", [".net", "framework"]),
        ("オルガニック／maverick", ["オルガニック／maverick"]),
    ],
)
def test_words_among_chinese_are_those_of_nltk(answer, tokens):
    assert chinese_tokens(answer) == tokens


def test_every_question_counts():
    references = {"q1": ["Ulm"], "q2": ["Bonn"], "q3": ["Rome"]}
    scores = squad_scores(references, {"q3": "", "q2": "Bonn", "q1": "Ulm or Bonn", "other": "Rome"})
    assert scores == pytest.approx({"exact_match": 100 / 3, "f1": 50, "total": 3})


REFERENCES = {
    "q1": ["The Norman Conquest", "conquest of England"],
    "q2": ["10th and 11th centuries"],
    "q3": [],
    "q4": [],
}
PREDICTIONS = {"q1": "norman conquest", "q2": "in the 10th century", "q3": "", "q4": "Rollo"}
NA_PROBS = {"q1": 0.1, "q2": 0.4, "q3": 0.8, "q4": 0.6}


def test_questions_without_an_answer():
    assert squad_v2_scores(REFERENCES, PREDICTIONS) == pytest.approx(
        {
            "exact_match": 50,
            "f1": 100 * (1 + 2 / 7 + 1) / 4,
            "total": 4,
            "HasAns_exact": 50,
            "HasAns_f1": 100 * (1 + 2 / 7) / 2,
            "HasAns_total": 2,
            "NoAns_exact": 50,
            "NoAns_f1": 50,
            "NoAns_total": 2,
        }
    )


def test_a_threshold_takes_predictions_back():
    scores = squad_v2_scores(REFERENCES, PREDICTIONS, na_probs=NA_PROBS, na_threshold=0.3)
    assert (scores["exact_match"], scores["HasAns_exact"], scores["NoAns_exact"]) == (75, 50, 100)
    assert scores["f1"] == 75  # the answer to q2 is taken back, so is the one to q4
    at_the_value = squad_v2_scores(REFERENCES, PREDICTIONS, na_probs=NA_PROBS, na_threshold=0.4)
    assert at_the_value["f1"] == pytest.approx(100 * (3 + 2 / 7) / 4)  # only above the threshold


def test_the_best_thresholds():
    scores = squad_v2_scores(REFERENCES, PREDICTIONS, na_probs=NA_PROBS)
    # From 2 questions right without any prediction: q1 gives 1, q2 gives 0 exact and 2/7 F1, q4 costs 1.
    assert (scores["best_exact"], scores["best_exact_thresh"]) == (75, 0.1)
    assert scores["best_f1"] == pytest.approx(100 * (3 + 2 / 7) / 4)
    assert scores["best_f1_thresh"] == 0.4
    assert scores["exact_match"] == 50  # all the while nothing is above the threshold of 1


def test_predicting_nothing_may_be_best():
    scores = squad_v2_scores({"q1": ["Ulm"], "q2": []}, {"q1": "Bonn", "q2": "Bonn"}, na_probs={"q1": 0.1, "q2": 0.2})
    assert (scores["best_f1"], scores["best_f1_thresh"], scores["f1"]) == (50, 0.0, 0)


def test_parts_that_are_empty_are_left_out():
    assert "NoAns_total" not in squad_v2_scores({"q": ["Ulm"]}, {"q": "Ulm"})
    assert "HasAns_total" not in squad_v2_scores({"q": []}, {"q": ""})


def test_an_answer_of_which_nothing_is_left_is_no_answer():
    # But the question still counts among those with an answer.
    scores = squad_v2_scores({"q1": ["the"], "q2": ["...", "Ulm"]}, {"q1": "an", "q2": ""})
    assert (scores["exact_match"], scores["f1"], scores["HasAns_total"]) == (50, 50, 2)


def oracle_words(text):
    kept = "".join(" " if character.isspace() else character for character in text.lower())
    words = ["".join(character for character in word if character not in string.punctuation) for word in kept.split()]
    return [word for word in words if word not in ("", "a", "an", "the")]


def oracle_english(gold, predicted):
    gold, predicted = oracle_words(gold), oracle_words(predicted)
    rest, shared = list(gold), 0
    for word in predicted:
        if word in rest:
            rest.remove(word)
            shared += 1
    precision, recall = shared / max(len(predicted), 1), shared / max(len(gold), 1)
    return gold == predicted, 2 * precision * recall / (precision + recall) if shared else 0.0


def oracle_chinese(gold, predicted):
    sides = []
    for answer in (gold, predicted):
        kept = "".join(character for character in answer.strip().lower() if character not in "-:，。《》")
        spaced = "".join(f" {character} " if "\u4e00" <= character <= "\u9fa5" else character for character in kept)
        sides.append((kept, spaced.split()))
    (gold, gold_tokens), (predicted, tokens) = sides
    runs = {tuple(gold_tokens[i:j]) for i in range(len(gold_tokens)) for j in range(i + 1, len(gold_tokens) + 1)}
    lengths = [j - i for i in range(len(tokens)) for j in range(i + 1, len(tokens) + 1) if tuple(tokens[i:j]) in runs]
    if not lengths:
        return gold == predicted, 0.0
    precision, recall = max(lengths) / len(tokens), max(lengths) / len(gold_tokens)
    return gold == predicted, 2 * precision * recall / (precision + recall)


def texts(characters):
    return st.lists(st.sampled_from(characters), max_size=5).map("".join)


LANGUAGES = {
    "en": (oracle_english, texts(["the ", "The", "a ", "Ulm ", "ulm", "an", " red ", "- ", "'s ", "\t", "né ", "."])),
    "zh": (oracle_chinese, texts(["北", "京", "大", "，", "。", "-", "《", "Py ", "py", "3", " ", "３"])),
}


def drawn(data, text, fewest):
    golds = data.draw(st.lists(st.lists(text, min_size=fewest, max_size=3), min_size=1, max_size=5))
    references = {f"q{index}": answers for index, answers in enumerate(golds)}
    return references, {name: data.draw(text) for name in references}


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
@check
def test_v1_by_a_second_reading(language, data):
    oracle, text = LANGUAGES[language]
    references, predictions = drawn(data, text, 1)
    pairs = {name: [oracle(gold, predictions[name]) for gold in golds] for name, golds in references.items()}
    scores = squad_scores(references, predictions, language=language)
    total = len(references)
    assert scores["exact_match"] == pytest.approx(100 * sum(any(e for e, _ in p) for p in pairs.values()) / total)
    assert scores["f1"] == pytest.approx(100 * sum(max(f for _, f in p) for p in pairs.values()) / total)


@given(data=st.data())
@check
def test_v2_by_a_second_reading(data):
    references, predictions = drawn(data, LANGUAGES["en"][1], 0)
    names = list(references)
    # Different values: with equal ones the official script's order decides.
    order = data.draw(st.permutations(names))
    na_probs = {name: (1 + order.index(name)) / 8 for name in names}
    threshold = data.draw(st.sampled_from([0.0, 0.2, 0.25, 0.6, 1.0]))

    def compare(name, prediction):
        golds = [gold for gold in references[name] if oracle_words(gold)] or [""]
        pairs = [oracle_english(gold, prediction) for gold in golds]
        neither = any(not oracle_words(gold) for gold in golds) and not oracle_words(prediction)
        return any(e for e, _ in pairs), 1.0 if neither else max(f for _, f in pairs)

    def at(threshold, names=names):
        """Return the means when predictions above the threshold become "no answer", correct if there is none."""
        rows = [
            (float(not references[name]),) * 2 if na_probs[name] > threshold else compare(name, predictions[name])
            for name in names
        ]
        return [100 * sum(column) / len(rows) for column in zip(*rows, strict=True)]

    scores = squad_v2_scores(references, predictions, na_probs=na_probs, na_threshold=threshold)
    assert [scores["exact_match"], scores["f1"]] == pytest.approx(at(threshold))
    for part, members in (
        ("HasAns", [name for name in names if references[name]]),
        ("NoAns", [name for name in names if not references[name]]),
    ):
        if members:
            assert [scores[f"{part}_exact"], scores[f"{part}_f1"]] == pytest.approx(at(threshold, members))
            assert scores[f"{part}_total"] == len(members)
    # A prediction of punctuation alone, to a question without an answer, is right when scored, but counts against the
    # threshold in the official script.
    if not any(not references[name] and predictions[name] and not oracle_words(predictions[name]) for name in names):
        for index, key in enumerate(("exact", "f1")):
            best = max(at(value)[index] for value in [0.0, *na_probs.values()])
            assert scores[f"best_{key}"] == pytest.approx(best)
            assert at(scores[f"best_{key}_thresh"])[index] == pytest.approx(best)


@pytest.mark.parametrize(
    ("references", "predictions", "says"),
    [
        ({}, {}, "no questions"),
        ({"q1": ["Ulm"]}, {"q2": "Ulm"}, "Question 'q1' has no prediction"),
        ({name: ["Ulm"] for name in "abcd"}, {}, r"4 questions \('a', 'b', 'c', \.\.\.\) have no prediction"),
        ({"q1": "Ulm"}, {"q1": "Ulm"}, "right answers of question 'q1' must be a list of strings"),
        ({"q1": ["Ulm"]}, {"q1": None}, "prediction for question 'q1' is None"),
    ],
)
@pytest.mark.parametrize("metric", [squad_scores, squad_v2_scores])
def test_what_are_no_answers_is_refused(metric, references, predictions, says):
    with pytest.raises(InputError, match=says):
        metric(references, predictions)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: squad_scores({"q": []}, {"q": ""}), "'q' has no right answer.*squad_v2_scores"),
        (lambda: squad_scores({"q": ["Ulm"]}, {"q": ""}, language="de"), "language is 'de'.*'en', 'zh'"),
        (lambda: squad_v2_scores({"q": []}, {"q": ""}, na_probs={}), "na_probs of question 'q' is None"),
        (
            lambda: squad_v2_scores({"q": []}, {"q": ""}, na_probs={"q": float("nan")}),
            "na_probs of question 'q' is nan",
        ),
        (lambda: squad_v2_scores({"q": []}, {"q": ""}, na_threshold=0.5), "na_threshold is compared with na_probs"),
    ],
)
def test_calls_that_contradict_themselves_are_refused(call, says):
    with pytest.raises(InputError, match=says):
        call()
