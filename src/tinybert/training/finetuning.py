"""Fine-tuning from examples to a model folder."""

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
from ..modeling.dropout import seed_dropout
from ..modeling.network import Network
from ..runtime.mindspore import MindSporeRuntime
from ..task import KINDS, Task, kind_of_command
from ..tasks import TaskModel
from ..text import BertTokenizer
from ..weights import add_head, restore
from .best import BestModel
from .class_weights import check_task
from .distributed import World
from .features import weighted
from .identity import contents
from .learning import LEARNING, featurize
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
    """Trains a model on labelled examples, and writes the best network as a model folder.

    A run that was interrupted or killed goes on where its state was saved, if it is called again with the same
    arguments, and ends with the weights of an unbroken one. One that has ended is not done again: its metrics are
    returned, with a warning that says so.

    Args:
        source: The model whose encoder to start from, as for `tinybert.load`.
        train: The training data: a file, or examples. A file of questions is refused where an answer is not at its
            place; `read_squad(file, strict=False)` gives the examples without those.
        output: The folder of the model, with log and curves; while it trains, with the state, too.
        task: What to learn: `classify`, `tag`, `answer` or `embed`; or a `Task`, whose labels are by default those of
            the training data. For `embed` there is no head: what is trained are the embeddings, from pairs.
        dev: The dev set, by which the best network is chosen; or the share of the training data that is put aside for
            it, such as 0.1, see `tinybert.data.split`. None keeps the last network.
        table: How the files are read, such as `tinybert.data.Table(text="review", label="stars")`; by default their
            columns have names that are known.
        tokenizer: The encoder's tokenizer; by default the one of the source.
        config: Fields of `TinyBertConfig` that the source cannot tell, such as `head_act`.
        **settings: Fields of `TrainingSettings`, such as `epochs` and `learning_rate`.

    Returns:
        The metrics of the network that was kept, on the dev set; none without one.

    Raises:
        InputError: An example does not fit the task, or a file cannot be read.
        ConfigError: A setting is not allowed, or there is one label only; or the pairs have no scores, and a batch is
            one pair.
        CheckpointError: The folder has the state, or the result, of another training; says what differs.
        OutputError: The training has diverged, or its gradients overflow float16; says where.
        KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.

    Warns:
        UserWarning: The loss grew many times over, so that the learning rate is too high; or the training was finished
            before.

    Example:
        >>> finetune("all-MiniLM-L6-v2", "train.csv", "my-reviews", task="classify", dev="dev.csv", epochs=5)
    """
    chosen_settings = TrainingSettings.from_dict(settings)
    wanted = task if isinstance(task, Task) else Task(_kind(task))
    examples = examples_of(wanted, train, table, strict=True)  # a wrong place would be learned
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
    """A fine-tuning with all that it needs, checked; `run` does it.

    Args:
        encoder: The encoder, which becomes part of the network and is trained in place.
        tokenizer: The encoder's tokenizer.
        task: What to learn, with the names of all labels.
        train: The training data.
        folder: Where the model goes, with log and curves; while it trains, with the state, too.
        dev: The dev set, by which the best network is chosen; None keeps the last.
        settings: How to train.
        command: What to write down as the command; by default that of this process.
        sentence: How the encoder makes a vector of a text, as its checkpoint says. Training puts no prompt before
            texts, and so the model has none by default.
        source: Where the encoder is from, to be written down; a name on Hugging Face with its commit.

    Raises:
        InputError: An example does not fit the task.
        ConfigError: There is one label only, or there are no classes to weigh; or the pairs have no scores, and a batch
            is one pair.
    """

    def __init__(  # noqa: PLR0913 - what a training needs, by name
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
        self.encoder, self.tokenizer, self.task, self.train = encoder, tokenizer, task, train
        self.folder = path_of(folder)
        self.dev = None if dev is None else scorer_for(task, task.labels, dev)
        self.command, self.source = command or sys.argv, source
        sentence = SentenceSettings() if sentence is None or task.facts.has_head else sentence
        self.sentence = dataclasses.replace(sentence, default_prompt=None)

    def run(self, world: World | None = None) -> dict[str, float]:
        """Trains to the end, from the saved state if there is one; that is removed at the end.

        Args:
            world: The processes that train together, as `distributed.start` returns it; each calls this, and process 0
                writes the folder. None for this process alone.

        Returns:
            The metrics of the network that was kept, on the dev set; none without one.

        Raises:
            KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.
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
            learning.loss(self.task, features),
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
        # Whoever uses the model later, evaluation among them, cuts texts where they were cut in training.
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
    """An encoder with a fresh head, if the task has one; the head's weights and the dropout follow from the seed."""
    ms.set_seed(seed + 1)  # MindSpore takes no 0
    network = add_head(encoder, task)
    seed_dropout(network, seed)
    return network
