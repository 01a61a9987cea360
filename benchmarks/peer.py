"""The peer: the same fine-tuning in PyTorch and transformers, with its own training loop.

Its network is transformers' own class for the task, with the same encoder weights and the same initial weights of the
head as ours. Rows, batches, order, padding and learning rates are the same; dropout draws different numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cosine_similarity, mse_loss
from torch.nn.utils import clip_grad_norm_
from transformers import BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification, BertModel

NETWORKS = {
    "encoder": BertModel,
    "sequence-classification": BertForSequenceClassification,
    "token-classification": BertForTokenClassification,
    "question-answering": BertForQuestionAnswering,
}


class Peer:
    """A transformers network with its optimizer.

    Args:
        folder: The encoder's Hugging Face folder.
        kind: The task.
        ours: Our untrained network for the task; the initial weights of its head, if any, are copied.
        settings: `TrainingSettings`.
        total_steps: Number of steps of the whole training.
    """

    def __init__(self, folder: Path, kind: str, ours: Any, settings: Any, total_steps: int) -> None:
        torch.manual_seed(settings.seed)
        self.kind = kind
        options = {"num_labels": ours.num_labels} if kind.endswith("classification") else {}
        if kind == "sequence-classification" and ours.num_labels == 1:
            options["problem_type"] = "regression"
        self.network = NETWORKS[kind].from_pretrained(folder, **options)
        if kind != "encoder":
            head = self.network.qa_outputs if kind == "question-answering" else self.network.classifier
            with torch.no_grad():
                head.weight.copy_(torch.from_numpy(ours.dense_1.weight.asnumpy()))
                head.bias.zero_()
        named = list(self.network.named_parameters())
        decayed = [p for name, p in named if not _is_free(name)]
        free = [p for name, p in named if _is_free(name)]
        # `fused` is the default of transformers' Trainer, and the fastest on CPU.
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}],
            lr=settings.learning_rate,
            fused=True,
        )
        self.settings, self.total_steps, self.done = settings, total_steps, 0

    def step(self, input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray, labels: np.ndarray) -> float:
        """Train on one batch of arrays from `Features.batch`; return the loss."""
        from tinybert.training.schedule import linear_warmup_decay

        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = linear_warmup_decay(self.done, self.total_steps, self.settings)
        loss = self._loss(_inputs(input_ids, input_mask, segment_ids), labels)
        loss.backward()
        clip_grad_norm_(self.network.parameters(), self.settings.max_grad_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.done += 1
        return loss.item()

    def outputs(self, input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the outputs: logits; start and end logits for questions; the sequence output for an encoder."""
        self.network.eval()
        with torch.inference_mode():
            outputs = self.network(**_inputs(input_ids, input_mask, segment_ids))
        if self.kind == "encoder":
            return (outputs.last_hidden_state.numpy(),)
        if self.kind == "question-answering":
            return outputs.start_logits.numpy(), outputs.end_logits.numpy()
        return (outputs.logits.numpy(),)

    def _loss(self, inputs: dict[str, torch.Tensor], labels: np.ndarray) -> torch.Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(labels))
        if self.kind == "encoder":
            # A batch of pairs has all first texts before all second ones; labels are the target cosines.
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            vectors = (self.network(**inputs).last_hidden_state * mask).sum(1) / mask.sum(1)
            first, second = vectors.chunk(2)
            return mse_loss(cosine_similarity(first, second), tensor)
        if self.kind == "question-answering":
            start, end = tensor.long().unbind(1)
            return self.network(**inputs, start_positions=start, end_positions=end).loss
        return self.network(**inputs, labels=tensor if tensor.is_floating_point() else tensor.long()).loss


def _inputs(input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> dict[str, torch.Tensor]:
    arrays = {"input_ids": input_ids, "attention_mask": input_mask, "token_type_ids": segment_ids}
    return {name: torch.from_numpy(np.ascontiguousarray(array)).long() for name, array in arrays.items()}


def _is_free(name: str) -> bool:
    return name.endswith(".bias") or "LayerNorm" in name
