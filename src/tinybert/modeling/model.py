"""The complete encoder, TinyBertModel."""

from __future__ import annotations

from typing import Any

import mindspore as ms
from mindspore import Tensor

from ..compat import device_target
from ..config import TinyBertConfig
from ..errors import InputError
from ..task import Task
from .attention import MergeHeads
from .base import Network
from .embeddings import AttentionBias, EmbeddingLookup, EmbeddingPostprocessor
from .encoder import Encoder
from .layers import Linear, exact_tanh


class TinyBertModel(Network):
    """A BERT-style encoder; the default configuration is the published TinyBERT network.

    Follows Devlin et al. 2018 (arXiv:1810.04805) and the published model-zoo code: tanh approximation of GELU,
    LayerNorm epsilon 1e-7, -10000 added to the attention scores of padding. Used for both student and teacher.

    Args:
        config: Sizes and constants.
        is_training: Whether to start in training mode, with dropout. `set_train` changes the mode at any time.
        return_all_encoders: Whether to return hidden states and attention scores too.
        pooler: Whether the encoder has a pooler. Hugging Face's networks for token classification and question
            answering have none; an encoder without one is only usable inside such a network.

    Inputs:
        input_ids: (B, T) int32 or int64, T up to `max_position_embeddings`.
        input_mask: (B, T) int32 or int64, 1 = real token.
        segment_ids: (B, T) int32 or int64, 0 = first text, 1 = second. Mask and segments are accepted in either order.

    Outputs:
        Tuple of: sequence output (B, T, H); pooled output (B, H); word embedding table (V, H); tuple of L+1 hidden
        states (B, T, H), the embeddings first; tuple of L attention scores (B, A, T, T) before the softmax. All are
        float32. The last two are omitted with `return_all_encoders=False`.

    Raises:
        InputError: Called directly with inputs of a wrong shape, type or range, or without a pooler. Inside another
            compiled network nothing is checked.

    Example:
        >>> import numpy as np
        >>> from tinybert import TinyBertConfig, TinyBertModel
        >>> network = TinyBertModel(TinyBertConfig(vocab_size=100, num_hidden_layers=2))
        >>> network(np.array([[1, 2, 3]]))[0].shape
        (1, 3, 384)
    """

    def __init__(
        self,
        config: TinyBertConfig,
        is_training: bool = False,
        *,
        return_all_encoders: bool = True,
        pooler: bool = True,
    ) -> None:
        super().__init__(config, Task())
        compute_type = _compute_type(config)
        self.return_all_encoders = return_all_encoders
        self.hidden_size = config.hidden_size
        self.num_heads = config.num_attention_heads
        self.tinybert_embedding_lookup = EmbeddingLookup(config)
        self.tinybert_embedding_postprocessor = EmbeddingPostprocessor(config)
        self.tinybert_encoder = Encoder(config, compute_type)
        self.has_pooler = pooler
        if pooler:
            self.dense = Linear(config.hidden_size, config.hidden_size, config.initializer_range, compute_type)
        self.attention_bias = AttentionBias(config)
        self.merge_heads = MergeHeads(config.num_attention_heads)
        self.set_train(is_training)

    def __call__(self, input_ids: Any, input_mask: Any = None, segment_ids: Any = None) -> Any:
        if not self.has_pooler:
            raise InputError(
                "this encoder has no pooler, since its checkpoint has none, and so no pooled output to return: call "
                "the network for tokens or answers that it is part of"
            )
        return super().__call__(input_ids, input_mask, segment_ids)

    @property
    def embedding_table(self) -> Tensor:
        """(V, H) float32, the word embedding table itself, not a copy."""
        return self.tinybert_embedding_lookup.embedding_table

    def assemble(self, outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Add the word embedding table outside the graph, which would copy its 47 MB at each call."""
        return outputs[:2] + (self.tinybert_embedding_lookup.embedding_table,) + outputs[2:]

    def compute(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> tuple[Any, ...]:
        """Return all outputs except the word embedding table."""
        outputs = self.encode(input_ids, input_mask, segment_ids, self.return_all_encoders)
        return outputs if self.return_all_encoders else outputs[:2]

    def encode(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, all_encoders: bool) -> tuple[Any, ...]:
        """Compute the encoder's outputs for heads and for losses over hidden states; called inside a graph.

        Args:
            input_ids: (B, T) int32.
            input_mask: (B, T) int32, 1 = real token; here the order of mask and segments is fixed.
            segment_ids: (B, T) int32.
            all_encoders: Whether to return hidden states and attention scores; otherwise these are empty tuples.

        Returns:
            Sequence output (B, T, H); pooled output (B, H), or None without a pooler; tuple of hidden states; tuple of
            attention scores.
        """
        batch_size, length = input_ids.shape
        words = self.tinybert_embedding_lookup(input_ids.reshape((-1,)))
        x = self.tinybert_embedding_postprocessor(words, segment_ids)  # (B*T, H)
        encoded = self.tinybert_encoder(x, self.attention_bias(input_mask))
        hidden_states = encoded[0]

        rows = (batch_size, length, self.hidden_size)
        sequence_output = hidden_states[-1].reshape(rows)
        pooled_output = None
        if self.has_pooler:
            pooled_output = exact_tanh(self.dense(sequence_output[:, 0]).astype(ms.float32))

        all_hidden: tuple[Tensor, ...] = ()
        all_scores: tuple[Tensor, ...] = ()
        if all_encoders:
            for hidden in hidden_states:
                all_hidden += (hidden.reshape(rows),)
            for scores in encoded[1]:  # (A*B, T, T), heads before rows
                merged = self.merge_heads(scores.reshape((self.num_heads * batch_size, length * length)))
                all_scores += (merged.reshape((batch_size, self.num_heads, length, length)),)
        return sequence_output, pooled_output, all_hidden, all_scores


def _compute_type(config: TinyBertConfig) -> ms.Type:
    if config.compute_type is None:
        return ms.float32 if device_target() == "CPU" else ms.float16
    return {"float32": ms.float32, "float16": ms.float16}[config.compute_type]
