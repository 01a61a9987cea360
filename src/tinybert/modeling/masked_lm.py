"""The head of pre-training that predicts masked tokens, Devlin et al. 2018 (arXiv:1810.04805), section 3.1."""

from __future__ import annotations

from typing import Any

import mindspore as ms
import numpy as np
from mindspore import Tensor, nn, ops

from ..compat import graph_runs
from ..config import TinyBertConfig
from ..errors import InputError
from ..task import MASKED_LANGUAGE_MODELING, Task
from .base import CompiledGraph, as_array, computed
from .layers import ACTIVATIONS, LayerNorm, Linear, parameter
from .model import TinyBertModel
from .task_network import TaskNetwork


class PredictionHead(nn.Cell):
    """Logits of all tokens: LayerNorm(act(dense(x))) times the word embeddings, plus a bias; float32.

    The names are those of the model zoo's `GetMaskedLMOutput` (official/nlp/bert, bert_for_pre_training.py).

    Inputs:
        x: (N, H) float32, rows of the encoder's sequence output.
        embedding_table: (V, H) float32, the word embeddings, to which the output layer is tied.

    Outputs:
        (N, V) float32.
    """

    def __init__(self, config: TinyBertConfig) -> None:
        super().__init__()
        self.dense = Linear(config.hidden_size, config.hidden_size, config.initializer_range, ms.float32)
        self.activation = ACTIVATIONS[config.hidden_act]()
        self.layernorm = LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.output_bias = parameter((config.vocab_size,), "zeros")
        self.matmul = ops.MatMul(transpose_b=True)
        self.bias_add = ops.BiasAdd()

    def construct(self, x: Tensor, embedding_table: Tensor) -> Tensor:
        x = self.layernorm(self.activation(self.dense(x)))
        return self.bias_add(self.matmul(x, embedding_table), self.output_bias)


class TinyBertForMaskedLM(TaskNetwork):
    """Masked language model: predicts the tokens that [MASK] stands for.

    The logits of all positions are a large tensor (500 MB for 32 rows of 128 tokens and 30,522 words). To get those of
    a few positions, call the encoder, `network.bert`, and `predict` with the rows of its sequence output.

    Args:
        bert: The encoder, used in place, not copied; the output layer shares its word embeddings.

    Inputs:
        As for `TinyBertModel`.

    Outputs:
        (B, T, V) float32 logits.
    """

    def __init__(self, bert: TinyBertModel) -> None:
        super().__init__(bert, Task(MASKED_LANGUAGE_MODELING.name), bert.config.vocab_size)
        self.cls1 = PredictionHead(bert.config)
        self.set_train(bert.training)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        del task, num_labels  # the outputs are the words of the vocabulary
        return cls(bert)

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> Tensor:
        batch_size, length, size = sequence_output.shape
        return self.head(sequence_output.reshape((-1, size))).reshape((batch_size, length, self.num_labels))

    def head(self, rows: Tensor) -> Tensor:
        """Compute the head for single positions; called inside a graph.

        Args:
            rows: (N, H) float32, rows of the encoder's sequence output.

        Returns:
            (N, V) float32 logits.
        """
        return self.cls1(rows, self.bert.tinybert_embedding_lookup.embedding_table)

    def predict(self, rows: Any) -> Tensor:
        """Compute the logits of single positions.

        Args:
            rows: (N, H) float32 with N of at least 1, rows of the encoder's sequence output.

        Returns:
            (N, V) float32 logits.

        Raises:
            InputError: The rows have another shape.
        """
        array = np.asarray(as_array(rows), np.float32)
        if array.ndim != 2 or array.shape[1] != self.config.hidden_size or not len(array):
            raise InputError(
                f"rows have shape {array.shape}, but must be (N, {self.config.hidden_size}), with N of at least 1"
            )
        with graph_runs():
            output: Tensor = computed(self.graph(CompiledHead)(Tensor(array)))
        return output


class CompiledHead(CompiledGraph):
    """The compiled graph of the head for single positions; on CPU one compilation serves any number of rows."""

    def placeholders(self) -> list[Tensor]:
        """See `CompiledGraph`."""
        return [Tensor(shape=[None, self.network.config.hidden_size], dtype=ms.float32)]

    @ms.jit
    def construct(self, rows: Tensor) -> Tensor:
        return self.network.head(rows)
