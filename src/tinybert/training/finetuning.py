"""Fine-tuning: from labelled examples to a model folder."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import mindspore as ms

from ..arguments import path_of
from ..checkpoint.sentence import SentenceSettings
from ..data.labelled import Table
from ..data.split import split
from ..evaluation import scorer_for, task_for
from ..evaluation.examples import Data, examples_of
from ..evaluation.labels import Examples, check_kind
from ..hub.lookup import find_stored
from ..modeling import TinyBertModel
from ..modeling.base import Network
from ..modeling.dropout import seed_dropout
from ..runtime.mindspore import MindSporeRuntime
from ..task import KINDS, Task, kind_of_command
from ..tasks import TaskModel
from ..text import BertTokenizer
from ..weights import add_head, restore
from .best_model import BestModel
from .class_weights import check_task
from .distributed import World
from .features import weighted
from .identity import contents
from .learning import LEARNING, featurize
from .loss_choice import check_dims
from .once import train_once
from .record import write_record
from .settings import TrainingSettings
from .trainer import Trainer


def finetune(
    source: str | Path,
    train: Data,
    output: str | Path,
    *,
    task: str | Task,
    dev: Data | float | None = None,
    table: Table | None = None,
    tokenizer: BertTokenizer | None = None,
    config: Mapping[str, Any] | None = None,
    **settings: Any,
) -> dict[str, float]:
    """Fine-tune a model on labelled examples and write the best network as a model folder.

    To resume an interrupted or killed run from its saved state, call this again with the same arguments; the resulting
    weights are those of an uninterrupted run. A finished run is not repeated: its metrics are returned with a warning.

    Args:
        source: The model whose encoder to start from, as for `tinybert.load`.
        train: The training data: a file, or examples. A file of questions is rejected if an answer is not at its
            position; `read_squad(file, strict=False)` returns the examples without these.
        output: The folder for the model, log and curves, and for the saved state during training.
        task: What to learn: `classify`, `tag`, `answer` or `embed`; or a `Task`, whose labels are by default those of
            the training data. `embed` has no head and trains the embeddings on pairs of texts.
        dev: The dev set for choosing the best network; or the fraction of the training data to split off for it, such
            as 0.1 (see `tinybert.data.split`). None keeps the last network.
        table: How to read the files, such as `tinybert.data.Table(text="review", label="stars")`; by default columns
            are found by their well-known names.
        tokenizer: The encoder's tokenizer; by default that of the source.
        config: Fields of `TinyBertConfig` that the source does not define, such as `head_act`.
        **settings: Fields of `TrainingSettings`, such as `epochs` and `learning_rate`.

    Returns:
        The dev set metrics of the network that was kept; empty without a dev set.

    Raises:
        InputError: An example does not fit the task, or a file cannot be read.
        ConfigError: A setting is invalid or does not fit the data, or there is only one label.
        CheckpointError: The folder holds the state or result of another training; the message says what differs.
        OutputError: The training diverged, or its gradients overflow float16; the message says at which step.
        KeyboardInterrupt: Ctrl-C; the state was saved, and calling this again resumes from it.

    Warns:
        UserWarning: The loss grew many times over, which means that the learning rate is too high; or the training was
            already finished.

    Example:
        >>> finetune("tinybert/1.0/tinybert-en", "train.csv", "my-reviews", task="classify", dev="dev.csv", epochs=5)
    """
    chosen_settings = TrainingSettings.from_dict(settings)
    wanted = task if isinstance(task, Task) else Task(_kind(task))
    examples = examples_of(wanted, train, table, strict=True)  # training would learn wrong positions
    problem = task.problem if isinstance(task, Task) else None
    learned = wanted if wanted.labels else task_for(wanted.kind, examples, problem=problem)
    if isinstance(dev, int | float):
        examples, dev = split(learned.kind, examples, dev, seed=chosen_settings.seed)
    dev_examples = None if dev is None else examples_of(learned, dev, table)
    checkpoint, tokenizer = find_stored(source).open(tokenizer, **(config or {}))
    encoder = restore(checkpoint.encoder(), return_all_encoders=False)
    training = FineTuning(
        encoder,
        tokenizer,
        learned,
        examples,
        output,
        dev=dev_examples,
        settings=chosen_settings,
        sentence=checkpoint.sentence,
        source=checkpoint.source,
    )
    del checkpoint  # the encoder has its own copy of the weights
    return training.run()


def _kind(name: str) -> str:
    return name if name in KINDS else kind_of_command(name).name


class FineTuning:
    """A validated fine-tuning run; `run` executes it.

    Args:
        encoder: The encoder, which becomes part of the network and is trained in place.
        tokenizer: The encoder's tokenizer.
        task: What to learn, with the names of all labels.
        train: The training data.
        folder: The folder for the model, log and curves, and for the saved state during training.
        dev: The dev set for choosing the best network; None keeps the last network.
        settings: The training settings.
        command: The command to record; by default that of this process.
        sentence: The checkpoint's settings for embedding a text. Training uses no prompts, so the model will have no
            default prompt.
        source: Origin of the encoder to record; a name on Hugging Face includes its commit.

    Raises:
        InputError: An example does not fit the task.
        ConfigError: There is only one label, there are no classes to weight, or the loss does not fit the data.
    """

    def __init__(  # noqa: PLR0913 - a training needs all of these, by name
        self,
        encoder: TinyBertModel,
        tokenizer: BertTokenizer,
        task: Task,
        train: Examples,
        folder: str | Path,
        *,
        dev: Examples | None = None,
        settings: TrainingSettings | None = None,
        command: list[str] | None = None,
        sentence: SentenceSettings | None = None,
        source: str | None = None,
    ) -> None:
        self.settings = settings or TrainingSettings()
        check_kind(train, task.kind)
        check_task(task, self.settings.class_weights)
        LEARNING[task.kind].check(train, task, self.settings)
        check_dims(self.settings.matryoshka, encoder.config.hidden_size)
        self.encoder, self.tokenizer, self.task, self.train = encoder, tokenizer, task, train
        self.folder = path_of(folder)
        self.dev = None if dev is None else scorer_for(task, task.labels, dev)
        self.command, self.source = command or sys.argv, source
        sentence = SentenceSettings() if sentence is None or task.facts.has_head else sentence
        self.sentence = dataclasses.replace(sentence, default_prompt=None)

    def run(self, world: World | None = None) -> dict[str, float]:
        """Train to the end, starting from the saved state if there is one; remove the state at the end.

        Args:
            world: The training processes, as returned by `distributed.start`. Each calls this method, and process 0
                writes the folder. None for this process alone.

        Returns:
            The dev set metrics of the network that was kept; empty without a dev set.

        Raises:
            KeyboardInterrupt: Ctrl-C; the state was saved, and calling this again resumes from it.
        """
        world = world or World()
        network = self._network()
        features = featurize(self.train, self.task, self.tokenizer, network.config.seq_length)
        features = weighted(features, self.task, self.settings.class_weights)
        self.folder.mkdir(parents=True, exist_ok=True)
        model = TaskModel(MindSporeRuntime(network), self.tokenizer, "the model in training", sentence=self.sentence)
        best = BestModel(model, self.folder, world)
        learning = LEARNING[self.task.kind]
        trainer = Trainer(
            learning.trained(network, self.sentence),
            learning.loss(self.task, features, self.settings),
            features,
            self.settings,
            self.folder,
            evaluate=partial(best.evaluate, self.dev) if self.dev else None,
            metric=self.dev.key_metric if self.dev else "",
            keep=partial(self._keep, best),
            identity=self._identity(features),
            world=world,
        )
        train_once(trainer, self.command, self.source)
        return world.share(best.metrics)

    def _network(self) -> Network:
        # Later uses of the model, including evaluation, truncate texts to the same length as in training.
        positions = self.encoder.config.max_position_embeddings
        length = min(self.settings.max_length, positions, self.tokenizer.model_max_length)
        self.encoder.config = self.encoder.config.replace(seq_length=length)
        return fresh_network(self.encoder, self.task, self.settings.seed)

    def _keep(self, best: BestModel) -> None:
        best.keep()
        write_record(self.folder, self.command, self.source, self.settings)

    def _identity(self, features: Any) -> dict[str, Any]:
        dev = None if self.dev is None else self.dev.examples
        return {
            "task": self.task.to_dict(),
            "encoder": self.encoder.config.to_dict(),
            **contents(self.encoder, features, dev),
        }


def fresh_network(encoder: TinyBertModel, task: Task, seed: int) -> Network:
    """Add a fresh head to an encoder if the task has one; the head's weights and the dropout depend on the seed."""
    ms.set_seed(seed + 1)  # MindSpore does not accept 0
    network = add_head(encoder, task)
    seed_dropout(network, seed)
    return network
