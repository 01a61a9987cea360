"""A stream takes no more memory for many texts than for a few."""

import os
import sys

import pytest

from tinybert import Classifier, Embedder, QuestionAnswerer, Tagger

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/statm"),
]
LINES = 12_000


def megabytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def lines(count):
    for index in range(count):
        yield f"line {index}: " + "one of the best known people in the history of the world, " * (index % 5)


def grown(results, warm_up):
    """Return by how many megabytes the process grew after the first results."""
    before = most = 0.0
    for index, _ in enumerate(results):
        if index == warm_up:
            before = megabytes()
        if index % 1000 == 0:
            most = max(most, megabytes())
    assert before
    return most - before


def test_embedding_a_stream(encoder):
    assert grown(Embedder(encoder)(lines(LINES)), LINES // 4) < 20


def test_classifying_a_stream(classifier):
    assert grown(Classifier(classifier)(lines(LINES)), LINES // 4) < 20


def test_tagging_a_stream_of_texts_long_and_short(tagger):
    texts = (line * 50 if index % 100 == 0 else line for index, line in enumerate(lines(LINES // 4)))
    assert grown(Tagger(tagger)(texts), LINES // 12) < 40


def test_answering_a_stream(answerer):
    pairs = (("where did it go?", line * 3) for line in lines(LINES // 10))
    assert grown(QuestionAnswerer(answerer)(pairs), LINES // 30) < 40


def test_bad_texts_leave_nothing_behind(encoder):
    texts = (line if index % 2 else 10_000 * [line] for index, line in enumerate(lines(LINES)))
    assert grown(Embedder(encoder)(texts, on_error="return"), LINES // 4) < 20
