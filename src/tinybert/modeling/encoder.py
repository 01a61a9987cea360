"""The stack of Transformer layers."""

from __future__ import annotations

import mindspore as ms
from mindspore import Tensor, nn

from ..config import TinyBertConfig
from .attention import Attention, ResidualOutput
from .layers import ACTIVATIONS, Linear


class EncoderLayer(nn.Cell):
    """Transformer layer: attention, then a feed-forward network, each with residual connection and LayerNorm.

    Inputs:
        x: (B*T, H) float32.
        bias: (A*B, T, T) float32, see `AttentionBias`.

    Outputs:
        (B*T, H) float32; (A*B, T, T) float32, the attention scores before the softmax.
    """

    def __init__(self, config: TinyBertConfig, compute_type: ms.Type) -> None:
        super().__init__()
        self.attention = Attention(config, compute_type)
        self.intermediate = Linear(config.hidden_size, config.intermediate_size, config.initializer_range, compute_type)
        self.activation = ACTIVATIONS[config.hidden_act]()
        self.output = ResidualOutput(config.intermediate_size, config, compute_type)

    def construct(self, x: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        x, scores = self.attention(x, bias)
        return self.output(self.activation(self.intermediate(x)), x), scores


class Encoder(nn.Cell):
    """Stack of `num_hidden_layers` encoder layers.

    Inputs:
        x: (B*T, H) float32, the embeddings.
        bias: (A*B, T, T) float32, see `AttentionBias`.

    Outputs:
        Tuple of L+1 hidden states (B*T, H), the embeddings first; tuple of L attention scores (A*B, T, T).
    """

    def __init__(self, config: TinyBertConfig, compute_type: ms.Type) -> None:
        super().__init__()
        self.layers = nn.CellList([EncoderLayer(config, compute_type) for _ in range(config.num_hidden_layers)])

    def construct(self, x: Tensor, bias: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        hidden_states: tuple[Tensor, ...] = (x,)
        attention_scores: tuple[Tensor, ...] = ()
        for layer in self.layers:
            x, scores = layer(x, bias)
            hidden_states += (x,)
            attention_scores += (scores,)
        return hidden_states, attention_scores
