"""The peer: the same fine-tuning in PyTorch and transformers, with a loop of its own.

Its network is transformers' own class for the task, with the same encoder weights; its head starts with the weights
that ours starts with. Rows, batches, order, padding and learning rates are ours; dropout draws other numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_
from transformers import BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification

NETWORKS = {
    "sequence-classification": BertForSequenceClassification,
    "token-classification": BertForTokenClassification,
    "question-answering": BertForQuestionAnswering,
}


class Peer:
    """A network of transformers and its optimizer.

    Args:
        folder: The encoder's Hugging Face folder.
        kind: The task.
        ours: Our network for the task, untrained, from which the head's weights are taken.
        settings: `TrainingSettings`.
        total_steps: Steps of the whole training.
    """

    def __init__(self, folder: Path, kind: str, ours: Any, settings: Any, total_steps: int) -> None:
        torch.manual_seed(settings.seed)
        options = {} if kind == "question-answering" else {"num_labels": ours.num_labels}
        if kind == "sequence-classification" and ours.num_labels == 1:
            options["problem_type"] = "regression"
        self.network = NETWORKS[kind].from_pretrained(folder, **options)
        head = self.network.qa_outputs if kind == "question-answering" else self.network.classifier
        with torch.no_grad():
            head.weight.copy_(torch.from_numpy(ours.dense_1.weight.asnumpy()))
            head.bias.zero_()
        named = list(self.network.named_parameters())
        decayed = [p for name, p in named if not _is_free(name)]
        free = [p for name, p in named if _is_free(name)]
        # `fused` is what transformers' Trainer takes by default, and the fastest on CPU.
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}],
            lr=settings.learning_rate,
            fused=True,
        )
        self.settings, self.total_steps, self.done = settings, total_steps, 0

    def step(self, input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray, labels: np.ndarray) -> float:
        """Trains on a batch of arrays as `Features.batch` gives them; returns the loss."""
        from tinybert.training.schedule import linear_warmup_decay

        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = linear_warmup_decay(self.done, self.total_steps, self.settings)
        loss = self.network(**_inputs(input_ids, input_mask, segment_ids), **self._labels(labels)).loss
        loss.backward()
        clip_grad_norm_(self.network.parameters(), self.settings.max_grad_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.done += 1
        return loss.item()

    def logits(self, input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> Any:
        """What the network says: an array of logits, or for questions a tuple of two."""
        self.network.eval()
        with torch.inference_mode():
            outputs = self.network(**_inputs(input_ids, input_mask, segment_ids))
        if isinstance(self.network, BertForQuestionAnswering):
            return outputs.start_logits.numpy(), outputs.end_logits.numpy()
        return outputs.logits.numpy()

    def _labels(self, labels: np.ndarray) -> dict[str, torch.Tensor]:
        if isinstance(self.network, BertForQuestionAnswering):
            tensor = torch.from_numpy(labels).long()
            return {"start_positions": tensor[:, 0].contiguous(), "end_positions": tensor[:, 1].contiguous()}
        tensor = torch.from_numpy(np.ascontiguousarray(labels))
        return {"labels": tensor if tensor.is_floating_point() else tensor.long()}


def _inputs(input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> dict[str, torch.Tensor]:
    arrays = {"input_ids": input_ids, "attention_mask": input_mask, "token_type_ids": segment_ids}
    return {name: torch.from_numpy(np.ascontiguousarray(array)).long() for name, array in arrays.items()}


def _is_free(name: str) -> bool:
    return name.endswith(".bias") or "LayerNorm" in name
