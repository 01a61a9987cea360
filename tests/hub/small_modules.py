"""Tiny models to publish, made without MindSpore; each seed has its own weights and vocabulary."""

from __future__ import annotations

import numpy as np

from tinybert import TinyBertConfig
from tinybert.checkpoint import Checkpoint
from tinybert.checkpoint.shapes import expected_shapes
from tinybert.task import ENCODER
from tinybert.text import BertTokenizer, Vocabulary

_WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "rain", "snow", "falls")


def small_model(seed=0):
    """A checkpoint and its tokenizer, as the arguments of `publish`."""
    words = (*_WORDS, f"word{seed}")
    config = TinyBertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
        seq_length=16,
    )
    random = np.random.default_rng(seed)
    tensors = {
        name: random.normal(size=shape).astype(np.float32)
        for name, shape in expected_shapes(config, ENCODER, None, pooler=True).items()
    }
    checkpoint = Checkpoint(f"model {seed}", "v1.0", config, tensors, {name: name for name in tensors}, {})
    return {"source": checkpoint, "tokenizer": BertTokenizer(Vocabulary(words))}
