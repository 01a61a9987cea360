"""The configuration of the tiny teacher."""

from reviews import VOCABULARY

from tinybert import TinyBertConfig

CONFIG = TinyBertConfig(
    vocab_size=len(VOCABULARY.tokens),
    hidden_size=24,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=32,
    max_position_embeddings=24,
    seq_length=24,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    initializer_range=0.3,
)
