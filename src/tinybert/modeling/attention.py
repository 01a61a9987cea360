"""Multi-head self-attention (Vaswani et al. 2017), with the published parameter names."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, nn, ops

from ..config import TinyBertConfig
from .dropout import Dropout
from .layers import LayerNorm, Linear


class SplitHeads(nn.Cell):
    """Reshape (N, A*D) to (A*N, D), with one block of rows for each head.

    Split and concatenation replace a transposition, which on CPU is five times slower than a copy if one graph serves
    all shapes.
    """

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        self.split = ops.Split(1, num_heads)
        self.concat = ops.Concat(0)

    def construct(self, x: Tensor) -> Tensor:
        return self.concat(self.split(x))


class MergeHeads(nn.Cell):
    """Reshape (A*N, D) to (N, A*D), the inverse of `SplitHeads`."""

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        self.split = ops.Split(0, num_heads)
        self.concat = ops.Concat(1)

    def construct(self, x: Tensor) -> Tensor:
        return self.concat(self.split(x))


class SelfAttention(nn.Cell):
    """Scaled dot-product attention, softmax(Q K^T / sqrt(D) + bias) V, for each head.

    Inputs:
        x: (B*T, H).
        bias: (A*B, T, T) float32, see `AttentionBias`.

    Outputs:
        (B*T, H), the concatenated results of the heads; (A*B, T, T) float32, the attention scores before the softmax.
    """

    def __init__(self, config: TinyBertConfig, compute_type: ms.Type) -> None:
        super().__init__()
        size = config.hidden_size
        self.head_size = config.head_size
        self.scale = config.head_size**-0.5
        self.compute_type = compute_type
        self.query_layer = Linear(size, size, config.initializer_range, compute_type)
        self.key_layer = Linear(size, size, config.initializer_range, compute_type)
        self.value_layer = Linear(size, size, config.initializer_range, compute_type)
        self.split_heads = SplitHeads(config.num_attention_heads)
        self.merge_heads = MergeHeads(config.num_attention_heads)
        self.query_key = ops.BatchMatMul(transpose_b=True)
        self.probs_value = ops.BatchMatMul()
        self.softmax = ops.Softmax()
        self.dropout = Dropout(config.attention_probs_dropout_prob)
        self.cast = ops.Cast()

    def construct(self, x: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        heads = (-1, bias.shape[1], self.head_size)
        query = self.split_heads(self.query_layer(x) * self.scale).reshape(heads)  # (A*B, T, D)
        key = self.split_heads(self.key_layer(x)).reshape(heads)
        value = self.split_heads(self.value_layer(x)).reshape(heads)
        # The softmax over up to 512 scores is computed in float32 even if the products are float16.
        scores = self.cast(self.query_key(query, key), ms.float32) + bias  # (A*B, T, T)
        probs = self.cast(self.dropout(self.softmax(scores)), self.compute_type)
        # With MindSpore's mixed precision (`to_float`, `amp`), each cell's inputs may have another type.
        context = self.probs_value(probs, self.cast(value, self.compute_type))  # (A*B, T, D)
        return self.merge_heads(context.reshape((-1, self.head_size))), scores


class ResidualOutput(nn.Cell):
    """LayerNorm(residual + dropout(dense(x))), the end of both sublayers of an encoder layer.

    Inputs:
        x: (B*T, in_size).
        residual: (B*T, H) float32.

    Outputs:
        (B*T, H) float32.
    """

    def __init__(self, in_size: int, config: TinyBertConfig, compute_type: ms.Type) -> None:
        super().__init__()
        self.dense = Linear(in_size, config.hidden_size, config.initializer_range, compute_type)
        self.dropout = Dropout(config.hidden_dropout_prob)
        self.layernorm = LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.cast = ops.Cast()

    def construct(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.layernorm(self.cast(self.dropout(self.dense(x)), ms.float32) + residual)


class Attention(nn.Cell):
    """The attention sublayer: self-attention, projection, residual connection, LayerNorm.

    Inputs and outputs are those of `SelfAttention`.
    """

    def __init__(self, config: TinyBertConfig, compute_type: ms.Type) -> None:
        super().__init__()
        self.attention = SelfAttention(config, compute_type)
        self.output = ResidualOutput(config.hidden_size, config, compute_type)

    def construct(self, x: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        context, scores = self.attention(x, bias)
        return self.output(context, x), scores
