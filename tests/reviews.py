"""A tiny encoder, its vocabulary, and reviews that it learns in seconds."""

import csv

import numpy as np

from tinybert.config import TinyBertConfig
from tinybert.data import TextExample
from tinybert.text import Vocabulary

WORDS = ("good", "great", "fine", "bad", "awful", "poor", "film", "book", "the", "a", "is", "was", "very", "not")
VOCABULARY = Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, "##s", "what"))


def tiny_encoder():
    """One layer with dropout, always with the same weights."""
    import mindspore as ms

    from tinybert import TinyBertModel

    ms.set_seed(1)
    config = TinyBertConfig(
        vocab_size=VOCABULARY.size,
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=16,
        seq_length=16,
    )
    return TinyBertModel(config, return_all_encoders=False)


def reviews(count: int, seed: int) -> list[TextExample]:
    """Sentences that contain one good or bad word, which determines the label."""
    random = np.random.default_rng(seed)
    examples = []
    for _ in range(count):
        label = int(random.integers(2))
        words = [WORDS[int(random.integers(3)) + 3 * (1 - label)], *random.choice(WORDS[6:], random.integers(1, 8))]
        random.shuffle(words)
        examples.append(TextExample(" ".join(words), None, "good" if label else "bad"))
    return examples


def write_csv(path, examples):
    """Write texts with their labels as a table; return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((example.text, example.label) for example in examples)])
    return path
