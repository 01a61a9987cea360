"""Predictions equal the results of the task objects, however many processes share the examples."""

import dataclasses
import json

import numpy as np
import pytest
from processes import in_processes
from to_find import CASES, tagged

from tinybert import Embedder, QuestionAnswerer, top_k
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample, TripletExample
from tinybert.evaluation import evaluate, predictions, scorer_for
from tinybert.evaluation.predicting import PREDICTORS
from tinybert.task import LEARNED


def test_each_kind_that_is_learned_says_something():
    assert PREDICTORS.keys() == LEARNED.keys()


def test_a_sentence_of_several_rows_is_scored_to_its_end(finder):
    example = tagged(["the", "film", "was"] * 12 + ["good"])
    assert evaluate(finder, [example]) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert predictions(finder, [example]) == [list(example.labels)]


def test_a_word_without_tokens_counts_as_the_tagger_says_it(finder):
    """The tokenizer leaves nothing of a control character, so its label is missed."""
    words = ("good", "\x01", "film")
    assert predictions(finder, [TaggedExample(words)]) == [["B-X", "O", "O"]]
    found = evaluate(finder, [TaggedExample(words, ("B-X", "B-X", "O"))])
    assert (found["precision"], found["recall"]) == (1.0, 0.5)


def test_an_answer_that_is_half_a_word_is_scored_as_it_is_given(answerer):
    whole = QuestionExample("1", "what", "the goods was fine", (AnswerSpan("goods", 4),))
    half = dataclasses.replace(whole, answers=(AnswerSpan("good", 4),))
    assert QuestionAnswerer(answerer)("what", whole.context).text == "goods"
    assert evaluate(answerer, [whole])["exact_match"] == 100
    assert evaluate(answerer, [half])["exact_match"] == 0


def test_no_answer_is_one_where_a_question_has_none(answerer):
    there = QuestionExample("1", "what", "the film " * 20 + "good", (AnswerSpan("good", 180),))
    nowhere = QuestionExample("2", "what", "the film " * 20, (), is_impossible=True)
    assert predictions(answerer, [there, nowhere]) == ["good", ""]
    found = evaluate(answerer, [there, nowhere])
    assert (found["f1"], found["NoAns_exact"]) == (100, 100)
    assert predictions(answerer, [there, dataclasses.replace(nowhere, is_impossible=False)])[1] != ""


def matches(count, seed):
    """Pairs of texts with the same word, whatever the words around it."""
    words = ["good", "great", "fine", "bad", "awful", "poor", "not"]
    chosen = np.random.default_rng(seed).integers(len(words), size=count)
    return [TextExample(f"the film is very {words[index]}", f"a {words[index]} book") for index in chosen]


def test_negatives_are_ranked_among_the_second_texts(encoder):
    """The first text itself is nearer to it than any positive, and the same again is no further text."""
    pair, other = TextExample("a good film", "the book was poor"), TextExample("not", "not")
    triplets = [TripletExample(pair.text, pair.pair, negatives=("a good film", "a good film")), other]
    (before, _), (after, last) = predictions(encoder, [pair, other]), predictions(encoder, triplets)
    assert (after, last) == (before + 1, 1)


def test_the_rank_is_that_among_all_distinct_second_texts(encoder):
    examples = matches(24, 2)
    candidates = sorted({example.pair for example in examples})
    embedder = Embedder(encoder)
    order, _ = top_k(embedder([example.text for example in examples]), embedder(candidates), k=99)
    expected = [
        1 + [candidates[index] for index in row].index(example.pair)
        for row, example in zip(order, examples, strict=True)
    ]
    assert len(set(expected)) > 1
    assert predictions(encoder, examples) == expected
    results, _ = in_processes(2, lambda world: predictions(encoder, examples, world=world))
    assert results == [expected] * 2


def test_of_several_partners_the_nearest_counts(encoder):
    """For a text in several pairs, each partner counts as correct."""
    pairs = [TextExample("the film", "the film"), TextExample("the film", "awful"), TextExample("a book", "a book")]
    assert predictions(encoder, pairs) == [1, 1, 1]


@pytest.mark.parametrize("size", [2, 3])
def test_processes_share_the_examples_and_each_has_all_metrics(size, finder, answerer):
    sets = [(finder, CASES["tag"][1](19, 3)), (answerer, CASES["answer"][1](19, 3))]
    for model, examples in sets:
        alone = predictions(model, examples)
        results, values = in_processes(size, lambda world, m=model, e=examples: predictions(m, e, world=world))
        assert results == [alone] * size
        assert sorted(len(json.loads(value)) for value in values.values())[-1] <= len(examples) // size + 1
        assert sum(len(json.loads(value)) for value in values.values()) == len(examples)
        results, _ = in_processes(size, lambda world, m=model, e=examples: evaluate(m, e, world=world))
        assert results == [scorer_for(model.task, model.labels, examples).score(alone)] * size


def test_each_process_does_all_where_there_are_too_few(finder):
    results, values = in_processes(3, lambda world: predictions(finder, [tagged(["good", "film"])] * 2, world=world))
    assert results == [[["B-X", "O"]] * 2] * 3
    assert not values
