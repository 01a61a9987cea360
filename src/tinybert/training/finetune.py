"""Fine-tuning from examples to a model folder."""

from __future__ import annotations

import json
import math
import sys
from importlib import metadata
from pathlib import Path

import mindspore as ms
from mindspore import nn

from ..checkpoint.folder import save_folder
from ..checkpoint.json_files import write_json
from ..checkpoint.restore import add_head
from ..checkpoint.task import Task
from ..errors import ConfigError
from ..modeling import TinyBertModel
from ..modeling.dropout import seed_dropout
from ..tasks import TaskModel
from ..text import BertTokenizer
from .distributed import World
from .embedding import MeanPooling
from .evaluation import evaluate
from .features import featurize
from .identity import contents
from .labels import Examples
from .log import draw_curves
from .losses import loss_of
from .pairs import are_matches
from .scores import check_examples, key_metric
from .settings import TrainingSettings
from .trainer import Trainer

METRICS = "metrics.json"
TRAINING = "training.json"


def finetune(  # noqa: PLR0913 -- each is a part that a caller may exchange
    encoder: TinyBertModel,
    tokenizer: BertTokenizer,
    task: Task,
    train: Examples,
    folder: str | Path,
    *,
    dev: Examples | None = None,
    settings: TrainingSettings | None = None,
    command: list[str] | None = None,
    world: World | None = None,
) -> dict[str, float]:
    """Trains an encoder with a fresh head, and writes the best network as a model folder.

    For `Task("encoder")` there is no head: what is trained are the embeddings, from pairs (see `docs/tasks/embed.md`).

    A run that was interrupted or killed goes on where its state was saved, if it is called again with the same
    arguments, and ends with the weights of an unbroken one.

    Args:
        encoder: The encoder, which becomes part of the network and is trained in place.
        tokenizer: The encoder's tokenizer.
        task: What to learn, with the names of all labels.
        train: The training data.
        folder: Where the model goes, with log, curves and state.
        dev: The dev set, by which the best network is chosen; None keeps the last.
        settings: How to train.
        command: What to write down as the command; by default that of this process.
        world: The processes that train together, as `distributed.start` returns it; each calls this with the same
            arguments, and process 0 writes the folder. None for this process alone.

    Returns:
        The metrics of the network that was kept, on the dev set; none without one.

    Raises:
        InputError: An example does not fit the task.
        ConfigError: There is one label only; or the pairs have no scores, and a batch is one pair.
        KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.
    """
    settings = settings or TrainingSettings()
    if task.kind == "encoder" and are_matches(train) and settings.batch_size == 1:
        raise ConfigError("batch_size is 1: a pair without a score needs others in its batch; the more, the better")
    if task.kind.endswith("classification") and task.problem == "single-label" and len(task.labels) == 1:
        raise ConfigError(f"all labels are {task.labels[0]!r}: there is nothing to tell apart")
    world = world or World()
    folder = Path(folder).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    # Whoever uses the model later, evaluation among them, cuts texts where they were cut in training.
    length = min(settings.max_length, encoder.config.max_position_embeddings, tokenizer.model_max_length)
    encoder.config = encoder.config.replace(seq_length=length)
    network = build_network(encoder, task, settings.seed)
    train_features = featurize(train, task, tokenizer, length)
    model = TaskModel(network, tokenizer, task, "the model in training")
    if dev:
        check_examples(model, dev)
    best = _read_metrics(folder / METRICS)
    facts = {"command": command or sys.argv, "settings": settings.to_dict(), "versions": _versions()}

    def score() -> dict[str, float]:
        assert dev is not None
        best_candidate.clear()
        best_candidate.update(evaluate(model, dev, world=world, progress=False))
        return best_candidate

    def keep() -> None:
        save_folder(network, folder, task=task, tokenizer=tokenizer)
        best.clear()
        best.update(best_candidate)
        write_json(folder / METRICS, best)
        write_json(folder / TRAINING, facts)

    best_candidate: dict[str, float] = {}
    trainer = Trainer(
        MeanPooling(network) if task.kind == "encoder" else network,
        loss_of(task, matches=are_matches(train)),
        train_features,
        settings,
        folder,
        evaluate=score if dev else None,
        metric=key_metric(task, matches=are_matches(dev or ())),
        keep=keep,
        identity={
            "task": task.to_dict(),
            "encoder": encoder.config.to_dict(),
            **contents(encoder, train_features, dev),
        },
        world=world,
    )
    progress = trainer.train()
    if world.is_first:
        write_json(
            folder / TRAINING,
            {**facts, "steps": progress.step, "best_step": progress.best_step, "seconds": progress.seconds},
        )
        draw_curves(folder)
    return world.share(best)


def build_network(encoder: TinyBertModel, task: Task, seed: int) -> nn.Cell:
    """An encoder with a fresh head, if the task has one; the head's weights and the dropout follow from the seed."""
    ms.set_seed(seed + 1)  # MindSpore takes no 0
    num_labels = 2 if task.kind == "question-answering" else len(task.labels) or 1
    network = encoder if task.kind == "encoder" else add_head(encoder, task, num_labels)
    seed_dropout(network, seed)
    return network


def _versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in ("mindspore", "numpy", "mindspore-tinybert")}


def _read_metrics(path: Path) -> dict[str, float]:
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: math.nan if value is None else value for name, value in values.items()}
