"""A runtime paired with its tokenizer, checked to fit each other, and the origin of a model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..arguments import check_integer
from ..checkpoint.folder import check_vocabulary
from ..checkpoint.sentence import SentenceSettings
from ..config import TinyBertConfig
from ..counting import counted
from ..errors import ConfigError, InputError, TinyBertError
from ..runtime import Runtime
from ..task import KINDS, Task
from ..text import BertTokenizer


class Description(Protocol):
    """Protocol of a description of a model's origin, from which it can be loaded again."""

    @property
    def source(self) -> str:
        """Location of the model, as for `tinybert.load`."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The other arguments of `tinybert.tasks.load_model`."""

    def load(self) -> TaskModel:
        """Load the model again."""


@dataclass(frozen=True, eq=False)
class TaskModel:
    """A runtime and a tokenizer, as used by the task objects.

    A loaded model can be pickled: only its description is stored, and unpickling loads the model again.

    Args:
        runtime: The runtime that computes the model.
        tokenizer: The tokenizer that it was trained with.
        source: Origin of the model, for error messages.
        description: What the model was loaded from; None for a network created in this process.
        sentence: Settings for embedding a text as a vector.

    Raises:
        InputError: The tokenizer has more ids than the network has embeddings.
        ConfigError: The number of labels differs from the number of outputs, or a regression has several outputs.
    """

    runtime: Runtime
    tokenizer: BertTokenizer
    source: str = "the model"
    description: Description | None = None
    sentence: SentenceSettings = field(default_factory=SentenceSettings)

    def __post_init__(self) -> None:
        check_vocabulary(self.tokenizer, self.config, self.source)
        check_outputs(self.task, self.num_labels, self.source)

    def __copy__(self) -> TaskModel:
        return self

    def __deepcopy__(self, memo: Any) -> TaskModel:
        return self

    def __reduce__(self) -> Any:
        if self.description is None:
            raise TinyBertError(
                f"{self.source} cannot be pickled: it was made of a network. Save it as a folder, and load that"
            )
        return self.description.load, ()

    @property
    def config(self) -> TinyBertConfig:
        """The network's configuration."""
        return self.runtime.config

    @property
    def task(self) -> Task:
        """The task of the model."""
        return self.runtime.task

    @property
    def num_labels(self) -> int | None:
        """Number of outputs of the head (C); None for an encoder alone."""
        return self.runtime.num_labels

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the head's outputs; "0", "1" and so on if they have no names."""
        return self.task.labels or tuple(map(str, range(self.num_labels or 0)))

    def truncated(self, truncate_dim: int) -> TaskModel:
        """Return the same model with its vectors cut off, as `truncate_dim` does in `Embedder`.

        Args:
            truncate_dim: The number of leading numbers of a vector to keep.

        Raises:
            InputError: It is not an integer from 1 to the size of the vectors.
        """
        sentence = self.sentence.truncated(truncate_dim, self.config.hidden_size)
        return dataclasses.replace(self, sentence=sentence, description=None)

    @property
    def most_tokens(self) -> int:
        """Maximum number of tokens in a row, limited by the network's positions and the tokenizer."""
        return min(self.config.max_position_embeddings, self.tokenizer.model_max_length)

    def row_length(self, max_length: int | None) -> int:
        """Return the maximum number of tokens in a row, including [CLS] and [SEP].

        Args:
            max_length: The requested length, capped at the number of positions; None for the `seq_length` of the
                configuration.

        Raises:
            InputError: `max_length` is not an integer of at least 3.
        """
        wanted = self.config.seq_length if max_length is None else check_integer(max_length, "max_length", 3)
        return min(wanted, self.most_tokens)


def require_kind(task: Task, kind: str, source: str, reason: str | None = None) -> None:
    """Raise InputError, with advice, unless a model is of the given kind.

    Args:
        task: The task of the model.
        kind: Name of the required kind of task; every model qualifies as an encoder.
        source: Origin of the model, for the message.
        reason: Why the head for this kind was left aside, if the model's files have one.
    """
    wanted, actual = KINDS[kind], task.facts
    if not wanted.has_head or actual is wanted:
        return
    use = f"use {actual.used_by} (tinybert {actual.command})"
    if actual.has_head and not actual.is_pretraining:
        raise InputError(f"{source} is a model for {actual.name}, not for {kind}: {use}")
    what = f"a model for {actual.name}" if actual.has_head else "an encoder"
    if wanted.is_pretraining:
        because = f" ({reason})" if reason else ""
        remedy = f"Take a model that was saved with the head of its pre-training, or {use}"
    else:
        because, remedy = "", f"Fine-tune one first (tinybert finetune {wanted.command}), or {use}"
    raise InputError(f"{source} is {what}: it has no head for {kind}{because}. {remedy}")


def check_outputs(task: Task, outputs: int | None, source: str) -> None:
    """Raise ConfigError unless the number of outputs (C; None without a head) fits the task."""
    if task.labels and outputs not in (None, len(task.labels)):
        raise ConfigError(
            f"{counted(len(task.labels), 'label is', 'labels are')} given, but {source} has "
            f"{counted(outputs or 0, 'output')}: labels must name each of them"
        )
    if task.problem == "regression" and outputs not in (None, 1):
        raise ConfigError(f"{source} has {counted(outputs or 0, 'output')}; a regression has 1")
