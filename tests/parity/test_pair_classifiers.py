"""Rankings are those of CrossEncoder in sentence-transformers, labels of one's own those of transformers' pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from tinybert import BertTokenizer, Reranker, Task, ZeroShotClassifier
from tinybert.checkpoint import save_huggingface
from tinybert.text import Vocabulary

pytestmark = pytest.mark.parity

KIND = "sequence-classification"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (*SPECIAL, "rain", "falls", "snow", "in", "the", "north", "this", "is", "an", "example", "wet", "cold", ".")
TEXTS = ["rain falls", "snow", "snow falls in the north", "rain in the north"]


@pytest.fixture
def folder(tmp_path, make_checkpoint):
    """A function that writes a classifier for a task as a Hugging Face folder."""

    def folder(task):
        checkpoint = make_checkpoint(
            task=task, vocab_size=len(WORDS), head_act="none", hidden_act="gelu_erf", seq_length=16
        )
        return save_huggingface(checkpoint, tmp_path / "model", tokenizer=BertTokenizer(Vocabulary(WORDS)))

    return folder


def test_a_ranking(folder):
    library = pytest.importorskip("sentence_transformers")
    torch = pytest.importorskip("torch")
    path = folder(Task(KIND, problem="regression"))
    model = library.CrossEncoder(str(path), device="cpu", activation_fn=torch.nn.Identity())
    theirs = model.rank("rain", TEXTS, top_k=3, return_documents=True)
    ours = [found.to_dict() for found in Reranker.from_pretrained(path)("rain", TEXTS, top_k=3)]
    for found, expected in zip(ours, theirs, strict=True):
        assert found.keys() == expected.keys()
        assert (found["corpus_id"], found["text"]) == (expected["corpus_id"], expected["text"])
        assert found["score"] == pytest.approx(float(expected["score"]), abs=1e-4)


@pytest.mark.parametrize("multi_label", [False, True])
def test_labels_of_ones_own(folder, multi_label):
    transformers = pytest.importorskip("transformers")
    path = folder(Task(KIND, ("contradiction", "entailment", "neutral")))
    pipeline = transformers.pipeline("zero-shot-classification", model=str(path), device="cpu")
    labels = ["wet", "cold", "snow"]
    classify = ZeroShotClassifier.from_pretrained(path)
    for text in TEXTS:
        theirs = pipeline(text, labels, multi_label=multi_label)
        ours = classify(text, labels, multi_label=multi_label).probabilities
        expected = dict(zip(theirs["labels"], theirs["scores"], strict=True))
        np.testing.assert_allclose([ours[label] for label in labels], [expected[label] for label in labels], atol=1e-4)
