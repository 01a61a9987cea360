"""A user's script whose type assertions mypy checks in `test_types.py`. It is not run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

from tinybert import (
    BertTokenizer,
    Classifier,
    Embedder,
    MaskFiller,
    QuestionAnswerer,
    Reranker,
    Tagger,
    Task,
    TinyBertConfig,
    TinyBertModel,
    ZeroShotClassifier,
    evaluate,
    finetune,
    load,
    similarity,
    top_k,
)
from tinybert.hub import Module, find_module, publish
from tinybert.tasks import Answer, Classification, MultiLabel, Ranked, Regression, Span, TaskModel, Word, load_model
from tinybert.text import Encoding
from tinybert.training import TrainingSettings

Vector = NDArray[np.float32]
Classified = Classification | MultiLabel | Regression

embedder = Embedder.from_pretrained("x", vocabulary="vocab.txt", seq_length=64)
assert_type(embedder, Embedder)
assert_type(embedder.embedding_size, int)
assert_type(embedder("a"), Vector)
assert_type(embedder("a", pooling="first", normalize=True, max_length=9), Vector)
assert_type(embedder(["a"]), Vector)
assert_type(embedder(("a", "b"), batch_size=2, progress=False), Vector)
assert_type(embedder({"a", "b"}), Vector)
assert_type(embedder(iter(["a"])), Iterator[Vector])
assert_type(embedder(line.strip() for line in ["a"]), Iterator[Vector])
with open("lines.txt", encoding="utf-8") as lines:
    assert_type(embedder(lines), Iterator[Vector])

classifier = Classifier.from_pretrained("x", labels=["no", "yes"])
assert_type(classifier, Classifier)
assert_type(classifier.labels, tuple[str, ...])
assert_type(classifier("a"), Classified)
assert_type(classifier(("a", "b")), Classified)
assert_type(classifier(["a"], threshold=0.3), list[Classified])
assert_type(classifier([("a", "b"), "c"]), list[Classified])
assert_type(classifier(iter(["a"])), Iterator[Classified])
assert_type(classifier(iter([("a", "b")])), Iterator[Classified])
classified = classifier("a")
assert_type(classified.to_dict(), dict[str, Any])
if isinstance(classified, Classification):
    assert_type(classified.label, str)
    assert_type(classified.probability, float)
    assert_type(classified.probabilities["a"], float)
elif isinstance(classified, MultiLabel):
    assert_type(classified.labels, tuple[str, ...])
else:
    assert_type(classified.score, float)

tagger = Tagger.from_pretrained("x")
assert_type(tagger, Tagger)
assert_type(tagger("a"), list[Span])
assert_type(tagger(["a"], aggregation="max"), list[list[Span]])
assert_type(tagger(iter(["a"])), Iterator[list[Span]])
assert_type(tagger.label_words("a"), list[Word])
assert_type(tagger.label_words(["a"]), list[list[Word]])
for span in tagger("a"):
    assert_type((span.type, span.text, span.start, span.end, span.score), tuple[str, str, int, int, float])
    assert_type(span.to_dict(), dict[str, Any])
for word in tagger.label_words("a"):
    assert_type((word.text, word.label, word.score), tuple[str, str, float])

answerer = QuestionAnswerer.from_pretrained("x")
assert_type(answerer, QuestionAnswerer)
assert_type(answerer("q", "c"), Answer)
assert_type(answerer(("q", "c"), handle_impossible=True), Answer)
assert_type(answerer({"question": "q", "context": "c"}), Answer)
assert_type(answerer([("q", "c")]), list[Answer])
assert_type(answerer([{"question": "q", "context": "c"}]), list[Answer])
assert_type(answerer(["q"], ["c"]), list[Answer])
assert_type(answerer(iter([("q", "c")])), Iterator[Answer])
answer = answerer("q", "c")
assert_type((answer.text, answer.start, answer.end, answer.score), tuple[str, int, int, float])
assert_type(answer.to_dict(), dict[str, Any])

assert_type(load("x"), Embedder | Classifier | Tagger | QuestionAnswerer | MaskFiller)
assert_type(load_model("x"), TaskModel)
assert_type(evaluate("x", "dev.csv"), dict[str, float])
assert_type(evaluate(classifier, "dev.csv", batch_size=8), dict[str, float])
assert_type(finetune("x", "train.csv", "out", task="classify", dev="dev.csv", epochs=5), dict[str, float])
assert_type(TrainingSettings().learning_rate, float)

config = TinyBertConfig(hidden_size=96, num_attention_heads=4)
assert_type(config, TinyBertConfig)
assert_type(config.hidden_size, int)
assert_type(Task("sequence-classification", ("no", "yes")).labels, tuple[str, ...])
tokenizer = BertTokenizer.from_file("vocab.txt")
assert_type(tokenizer, BertTokenizer)
assert_type(tokenizer(["a"]), Encoding)
assert_type(tokenizer.tokenize("a"), list[str])
network = TinyBertModel(config)
assert_type(network, TinyBertModel)
assert_type(network.config, TinyBertConfig)
assert_type(similarity(embedder(["a"]), embedder("b")).shape, tuple[int, ...])
indices, scores = top_k(embedder("a"), embedder(["b"]), k=3)
assert_type(indices.shape, tuple[int, ...])
assert_type(find_module("x"), Module)
assert_type(publish("x", "me/1.0/x", task=Task()), Module)

# With an option that changes the result, its type is Any.
classifier(["a"], top_k=3, on_error="return")
tagger([["two", "words"]], is_split_into_words=True)
tagger(["two", "words"], is_split_into_words=True, on_error="return")
answerer([("q", "c")], top_k=3, on_error="return")
answerer("q", "c", top_k=3)
embedder(["a"], on_error="return")

reranker = Reranker.from_pretrained("x")
assert_type(reranker, Reranker)
assert_type(reranker("q", ["a", "b"], top_k=1, label="yes"), list[Ranked])
zero_shot = ZeroShotClassifier.from_pretrained("x", labels=["contradiction", "entailment", "neutral"])
assert_type(zero_shot("a", ["b", "c"]), Classification | MultiLabel)
assert_type(zero_shot(["a"], ["b", "c"], multi_label=True), list[Classification | MultiLabel])
assert_type(zero_shot(iter(["a"]), ["b", "c"]), Iterator[Classification | MultiLabel])
assert_type(embedder("a", truncate_dim=64), Vector)
