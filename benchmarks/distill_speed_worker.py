"""Measure milliseconds per distillation step in this process, ours or the peer's: the worker of distill_speed.py."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from processes import peak_memory
from weights import minilm

SIDES = ("ours", "peer")
WARM_UP = 5
STUDENT_LAYERS = (0, 2, 3, 5)
RATE, MAX_NORM = 2e-5, 1.0


def batches(rows: int, length: int) -> list[tuple[np.ndarray, ...]]:
    """Return batches of random ids in which a part of most rows is padding."""
    random = np.random.default_rng(1)
    made: list[tuple[np.ndarray, ...]] = []
    for _ in range(4):
        ids = random.integers(1000, 30000, (rows, length)).astype(np.int32)
        lengths = random.integers(length // 2, length + 1, rows)
        lengths[0] = length
        mask = (np.arange(length) < lengths[:, None]).astype(np.int32)
        made.append((ids, mask, np.zeros_like(ids)))
    return made


def ours() -> Callable[..., float]:
    """Return our step: the graph that `tinybert distill` runs."""
    import mindspore as ms
    from mindspore import Tensor

    from tinybert.checkpoint import read_checkpoint
    from tinybert.distillation.layer_map import LayerMap
    from tinybert.distillation.loss import DistillationLoss
    from tinybert.distillation.networks import Student, as_teacher
    from tinybert.distillation.settings import Objectives
    from tinybert.distillation.student import fresh_student
    from tinybert.training import TrainingSettings
    from tinybert.training.optimizer import AdamW
    from tinybert.training.steps import Steps
    from tinybert.weights import restore

    ms.set_context(mode=ms.GRAPH_MODE)
    checkpoint = read_checkpoint(minilm(6)).encoder()
    settings = TrainingSettings(learning_rate=RATE, max_grad_norm=MAX_NORM)
    objectives = Objectives(directions=1.0, dropout=False)
    encoder, _ = fresh_student(checkpoint, checkpoint.config.replace(num_hidden_layers=4), layers=STUDENT_LAYERS)
    layer_map = LayerMap.of("uniform", student_layers=4, teacher_layers=6)
    loss = DistillationLoss(as_teacher(restore(checkpoint)), objectives, layer_map)
    student = Student(encoder, objectives, checkpoint.config.hidden_size)
    optimizer = AdamW(list(student.trainable_params()), settings)
    steps = Steps(student, loss, optimizer, settings, Tensor(np.zeros(1, np.int32)))

    def step(*inputs: np.ndarray) -> float:
        optimizer.set_rate(RATE, 0)
        return steps.run([*map(Tensor, inputs), Tensor(np.zeros(len(inputs[0]), np.int32))])

    return step


def peer() -> Callable[..., float]:
    """Return the same step in PyTorch, on transformers' modules and with the same losses."""
    import torch
    from peer_distillation import distillation_step

    return distillation_step(torch, minilm(6), STUDENT_LAYERS, RATE, MAX_NORM)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--steps", type=int, default=20)
    args = parser.parse_args()
    step = {"ours": ours, "peer": peer}[args.side]()
    made = batches(args.rows, args.length)
    seconds, losses = [], []
    for number in range(WARM_UP + args.steps):
        began = time.perf_counter()
        losses.append(step(*made[number % len(made)]))
        seconds.append(time.perf_counter() - began)
    print(
        json.dumps(
            {"ms": 1000 * statistics.median(seconds[WARM_UP:]), "memory": peak_memory(), "first_loss": losses[0]}
        )
    )


if __name__ == "__main__":
    main()
