"""From start and end logits to the answers of questions, and their scores."""

from __future__ import annotations

import numpy as np

from .. import metrics
from ..data import QuestionExample
from .features import Features

LONGEST = 30
"""Tokens of the longest answer considered, as in Devlin et al. 2018's code."""


def answer_scores(logits: np.ndarray, features: Features, examples: list[QuestionExample]) -> dict[str, float]:
    """Exact match and F1 in percent, by the rules of SQuAD v2 where a question has no answer, else of v1.1."""
    texts = best_answers(logits, features, examples)
    references = {example.id: [answer.text for answer in example.answers] for example in examples}
    predictions = {example.id: text for example, text in zip(examples, texts, strict=True)}
    if any(example.is_impossible for example in examples):
        return metrics.squad_v2_scores(references, predictions)
    return metrics.squad_scores(references, predictions)


def best_answers(logits: np.ndarray, features: Features, examples: list[QuestionExample]) -> list[str]:
    """The best answer to each question over all windows of its context; "" where none scores highest.

    Args:
        logits: (N, T, 2) start and end logits of the windows.
        features: The windows.
        examples: The questions.
    """
    encoding = features.encoding
    assert encoding.offsets is not None
    assert encoding.overflow_to_sample is not None
    impossible = any(example.is_impossible for example in examples)
    best = [(-np.inf, "")] * len(examples)
    nulls = np.full(len(examples), np.inf)
    for row, sample in enumerate(encoding.overflow_to_sample):
        start, end = logits[row, :, 0], logits[row, :, 1]
        nulls[sample] = min(nulls[sample], start[0] + end[0])
        score, first, last = _best_span(start, end, encoding.sequence_ids[row] == 1)
        if score > best[sample][0]:
            begin, finish = encoding.offsets[row, first, 0], encoding.offsets[row, last, 1]
            best[sample] = (score, examples[sample].context[begin:finish])
    return ["" if impossible and nulls[i] > score else text for i, (score, text) in enumerate(best)]


def _best_span(start: np.ndarray, end: np.ndarray, allowed: np.ndarray) -> tuple[float, int, int]:
    tokens = np.flatnonzero(allowed)
    if not len(tokens):
        return -np.inf, 0, 0
    scores = start[tokens][:, None] + end[tokens][None, :]
    length = tokens[None, :] - tokens[:, None]
    scores[(length < 0) | (length >= LONGEST)] = -np.inf
    first, last = np.unravel_index(scores.argmax(), scores.shape)
    return float(scores[first, last]), int(tokens[first]), int(tokens[last])
