"""Embeddings: word, segment and position embeddings, summed and normalised, as input of the encoder."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, nn, ops
from mindspore.common.initializer import TruncatedNormal

from ..config import TinyBertConfig
from .dropout import Dropout
from .layers import LayerNorm, parameter


class EmbeddingLookup(nn.Cell):
    """The word embedding table.

    Inputs:
        input_ids: (N,) int32.

    Outputs:
        (N, H) float32.
    """

    def __init__(self, config: TinyBertConfig) -> None:
        super().__init__()
        shape = (config.vocab_size, config.hidden_size)
        self.embedding_table = parameter(shape, TruncatedNormal(config.initializer_range))
        self.gather = ops.Gather()

    def construct(self, input_ids: Tensor) -> Tensor:
        return self.gather(self.embedding_table, input_ids, 0)


class EmbeddingPostprocessor(nn.Cell):
    """Sum of word, segment and position embeddings, followed by LayerNorm and dropout.

    The attribute names determine the published parameter names, such as `embedding_table` for the segment embeddings.

    Inputs:
        words: (B*T, H) float32, the word embeddings.
        segment_ids: (B, T) int32.

    Outputs:
        (B*T, H) float32.
    """

    def __init__(self, config: TinyBertConfig) -> None:
        super().__init__()
        normal = TruncatedNormal(config.initializer_range)
        self.hidden_size = config.hidden_size
        self.embedding_table = parameter((config.type_vocab_size, config.hidden_size), normal)
        self.full_position_embeddings = parameter((config.max_position_embeddings, config.hidden_size), normal)
        self.layernorm = LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.dropout = Dropout(config.hidden_dropout_prob)
        self.gather = ops.Gather()

    def construct(self, words: Tensor, segment_ids: Tensor) -> Tensor:
        batch_size, length = segment_ids.shape
        x = words + self.gather(self.embedding_table, segment_ids.reshape((-1,)), 0)
        x = x.reshape((batch_size, length, self.hidden_size)) + self.full_position_embeddings[:length]
        return self.dropout(self.layernorm(x.reshape((-1, self.hidden_size))))


class AttentionBias(nn.Cell):
    """Bias added to the attention scores: 0 for real tokens, -10000 for padding.

    The bias is expanded over queries and heads once, so that each layer adds two tensors of equal shape: on CPU, a
    broadcasting addition costs four times as much.

    Inputs:
        input_mask: (B, T) int32, 1 = real token.

    Outputs:
        (A*B, T, T) float32, heads before rows, the layout of the scores in `SelfAttention`.
    """

    def __init__(self, config: TinyBertConfig) -> None:
        super().__init__()
        self.num_heads = config.num_attention_heads

    def construct(self, input_mask: Tensor) -> Tensor:
        batch_size, length = input_mask.shape
        bias = (1.0 - input_mask.astype(ms.float32)) * -10000.0
        bias = ops.broadcast_to(bias.reshape((batch_size, 1, length)), (batch_size, length, length))
        return ops.tile(bias, (self.num_heads, 1, 1))
