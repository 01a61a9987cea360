"""Examples of each task in which certain words must be found, and models that find given words."""

import numpy as np
from function_runtime import FunctionRuntime

from tinybert import Classifier, QuestionAnswerer, Tagger, metrics
from tinybert.config import TinyBertConfig
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample
from tinybert.task import Task
from tinybert.tasks import TaskModel

FOUND = {"good", "great", "fine"}
FILLERS = ("film", "book", "the", "a", "is", "was", "very", "not", "bad", "films", "books")
TAGGING = Task("token-classification", ("O", "B-X"))
ANSWERING = Task("question-answering")
HIDDEN_SIZE = 12


def sentences(count, seed, longest=12):
    """Words among which some are to be found."""
    random = np.random.default_rng(seed)
    vocabulary = [*FILLERS, *sorted(FOUND)]
    return [list(random.choice(vocabulary, random.integers(3, longest))) for _ in range(count)]


def texts(count, seed, labels):
    return [TextExample(" ".join(words), None, labels(words)) for words in sentences(count, seed)]


def tagged(words, until=None):
    """From a certain word on, nothing counts as found, which no model can know."""
    words = tuple(map(str, words))
    return TaggedExample(
        words,
        tuple("B-X" if word in FOUND and index < (until or len(words)) else "O" for index, word in enumerate(words)),
    )


def question(index, words, ending=""):
    """The answer is the one word to find; with an ending, it is only part of a word."""
    others = [word for word in words if word not in FOUND]
    answer = "good" if index % 4 else None
    if answer:
        others.insert(index % (len(others) + 1), answer + ending)
    context = " ".join(others)
    answers = (AnswerSpan(answer, context.index(answer)),) if answer else ()
    return QuestionExample(str(index), "what is", context, answers, is_impossible=answer is None)


CASES = {
    "single-label": (
        Task("sequence-classification", ("bad", "good")),
        lambda count, seed: texts(count, seed, lambda words: "good" if FOUND & set(words) else "bad"),
    ),
    "multi-label": (
        Task("sequence-classification", ("film", "book", "bad"), "multi-label"),
        lambda count, seed: texts(
            count, seed, lambda words: tuple(name for name in ("film", "book", "bad") if name in words)
        ),
    ),
    "regression": (
        Task("sequence-classification", (), "regression"),
        lambda count, seed: texts(count, seed, lambda words: float(sum(word in FOUND for word in words))),
    ),
    # Of the last sentences, most words are beyond the length of a row, and a model that learns says wrong ones there.
    "tag": (
        TAGGING,
        lambda count, seed: [
            tagged(words, until=14) for words in [*sentences(count - 4, seed), *sentences(4, seed, 60)]
        ],
    ),
    "answer": (
        ANSWERING,
        lambda count, seed: [
            question(index, words, "s" if index % 8 == 1 else "")
            for index, words in enumerate([*sentences(count - 4, seed), *sentences(4, seed, 60)])
        ],
    ),
}


def by_hand(model, examples):
    """Compute metrics from direct calls of the task objects, without the evaluation code."""
    if model.task == TAGGING:
        found = Tagger(model).label_words([list(e.words) for e in examples], is_split_into_words=True)
        said = [[word.label for word in words] for words in found]
        return metrics.entity_scores([list(e.labels) for e in examples], said)
    if model.task == ANSWERING:
        found = QuestionAnswerer(model)([(e.question, e.context) for e in examples], handle_impossible=True)
        said = {e.id: answer.text for e, answer in zip(examples, found, strict=True)}
        return metrics.squad_v2_scores({e.id: [answer.text for answer in e.answers] for e in examples}, said)
    found, true = Classifier(model)([e.text for e in examples]), [e.label for e in examples]
    if model.task.problem == "regression":
        return metrics.correlation_scores(true, [result.score for result in found])
    if model.task.problem == "multi-label":
        sets = [
            [[int(name in row) for name in model.labels] for row in rows]
            for rows in (true, [result.labels for result in found])
        ]
        return metrics.multilabel_scores(*sets)
    return metrics.classification_scores(true, [result.label for result in found])


def pretend(tokenizer, task, function):
    """A model that is a function of `input_ids` and truncates texts to 16 tokens."""
    config = TinyBertConfig(vocab_size=tokenizer.vocab_size, hidden_size=HIDDEN_SIZE, seq_length=16)
    outputs = task.num_outputs if task.facts.has_head else None
    return TaskModel(FunctionRuntime(lambda ids, *_: function(ids), config, task, outputs), tokenizer)


def make_finder(tokenizer):
    """A tagger that finds everything."""
    ids = tokenizer([sorted(FOUND)], is_split_into_words=True).input_ids[0, 1:-1]

    def logits(input_ids):
        found = np.isin(input_ids, ids).astype(np.float32)
        return np.stack([0.5 - found, found - 0.5], axis=-1)

    return pretend(tokenizer, TAGGING, logits)


def make_answerer(tokenizer):
    """Question answerer that answers with the piece `good`, or with nothing if there is none."""
    good = tokenizer.vocabulary.tokens.index("good")

    def logits(input_ids):
        found = np.where(input_ids == good, 5.0, -5.0).astype(np.float32)
        found[:, 0] = 0.0
        return found, found

    return pretend(tokenizer, ANSWERING, logits)
