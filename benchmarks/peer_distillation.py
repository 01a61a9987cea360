"""The peer's distillation: the same losses in PyTorch, over the modules of transformers' BERT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import BertModel


def encode(torch: Any, model: BertModel, ids: Any, mask: Any) -> tuple[list[Any], list[Any]]:
    """Return hidden states, the embeddings first, and attention scores before the softmax."""
    heads = model.config.num_attention_heads
    x = model.embeddings(input_ids=ids, token_type_ids=torch.zeros_like(ids))
    rows, length, width = x.shape
    bias = (1.0 - mask)[:, None, None, :] * -10000.0
    hidden, all_scores = [x], []
    for layer in model.encoder.layer:
        own = layer.attention.self
        query, key, value = (
            part(x).view(rows, length, heads, -1).transpose(1, 2) for part in (own.query, own.key, own.value)
        )
        scores = query @ key.transpose(-1, -2) * (width // heads) ** -0.5 + bias
        context = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, length, width)
        attended = layer.attention.output(context, x)
        x = layer.output(layer.intermediate(attended), attended)
        hidden.append(x)
        all_scores.append(scores)
    return hidden, all_scores


def distillation_step(
    torch: Any, folder: Path, kept: Sequence[int], rate: float, max_norm: float
) -> Callable[..., float]:
    """Return a function that trains a student on a batch: its layers are some of the teacher's.

    Args:
        torch: The library.
        folder: The teacher's Hugging Face folder.
        kept: The teacher's layers that the student starts with, and learns from.
        rate: The learning rate.
        max_norm: The gradients' highest norm.
    """
    teacher, student = (BertModel.from_pretrained(folder).eval() for _ in range(2))  # without dropout
    layers = student.encoder.layer
    student.encoder.layer = torch.nn.ModuleList(layers[layer] for layer in kept)
    teacher.requires_grad_(False)
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=0.01, fused=True)

    def vectors(last: Any, shares: Any) -> Any:
        return torch.nn.functional.normalize((last * shares[:, :, None]).sum(1), dim=-1)

    def step(input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> float:
        del segment_ids  # all zeros
        ids, mask = torch.from_numpy(input_ids).long(), torch.from_numpy(input_mask).float()
        shares = mask / mask.sum(1, keepdim=True)
        with torch.no_grad():
            their_hidden, their_scores = encode(torch, teacher, ids, mask)
        hidden, scores = encode(torch, student, ids, mask)
        pairs = [(hidden[0], their_hidden[0])]
        pairs += [(hidden[number + 1], their_hidden[layer + 1]) for number, layer in enumerate(kept)]
        loss = sum(((ours - theirs).square().mean(-1) * shares).sum(1).mean() for ours, theirs in pairs)
        both = shares[:, None, :, None] * shares[:, None, None, :]
        for number, layer in enumerate(kept):
            loss = loss + ((scores[number] - their_scores[layer]).square() * both).sum((2, 3)).mean()
        loss = loss + 1 - (vectors(hidden[-1], shares) * vectors(their_hidden[-1], shares)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), max_norm)
        optimizer.step()
        return loss.item()

    return step
