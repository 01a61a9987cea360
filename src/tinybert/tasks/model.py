"""A runtime and its tokenizer, known to fit each other; and what a model was loaded from."""

from __future__ import annotations

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
    """What a model was loaded from."""

    @property
    def source(self) -> str:
        """Where the model is, as for `tinybert.load`."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The other arguments of `tinybert.tasks.load_model`."""

    def load(self) -> TaskModel:
        """Loads the model again."""


@dataclass(frozen=True, eq=False)
class TaskModel:
    """A runtime and a tokenizer: what the task objects work with.

    A model that was loaded can be pickled: what is written is its description, and it is loaded again from there.

    Args:
        runtime: Computes the model.
        tokenizer: The tokenizer that it was trained with.
        source: Where the model came from; errors name it.
        description: What it was loaded from; None for a network that was made here.
        sentence: How it makes a vector of a text.

    Raises:
        InputError: The tokenizer knows more ids than the network has embeddings.
        ConfigError: The task names more or fewer labels than the network has outputs, or is a regression with several.
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
        """What the model is for."""
        return self.runtime.task

    @property
    def num_labels(self) -> int | None:
        """Outputs of the head (C); None for an encoder alone."""
        return self.runtime.num_labels

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the head's outputs; "0", "1" and so on where they have none."""
        return self.task.labels or tuple(map(str, range(self.num_labels or 0)))

    @property
    def most_tokens(self) -> int:
        """Tokens of the longest row that the network has positions for."""
        return min(self.config.max_position_embeddings, self.tokenizer.model_max_length)

    def row_length(self, max_length: int | None) -> int:
        """Tokens that a row may have, [CLS] and [SEP] included.

        Args:
            max_length: What the caller asks for. More than the network has positions for counts as that many; None
                is `seq_length` of the configuration, the length that the model is used at.

        Raises:
            InputError: It is not an integer of at least 3.
        """
        wanted = self.config.seq_length if max_length is None else check_integer(max_length, "max_length", 3)
        return min(wanted, self.most_tokens)


def require_kind(task: Task, kind: str, source: str) -> None:
    """Raises InputError, with what to do instead, unless a model is one of a kind.

    Args:
        task: What the model is for.
        kind: The name of a kind of task; any model has an encoder.
        source: Where the model came from, for the message.
    """
    wanted, actual = KINDS[kind], task.facts
    if not wanted.has_head or actual is wanted:
        return
    if not actual.has_head:
        raise InputError(
            f"{source} is an encoder: it has no head for {kind}. Fine-tune one first "
            f"(tinybert finetune {wanted.command}), or use {actual.used_by} (tinybert {actual.command})"
        )
    raise InputError(
        f"{source} is a model for {actual.name}, not for {kind}: use {actual.used_by} (tinybert {actual.command})"
    )


def check_outputs(task: Task, outputs: int | None, source: str) -> None:
    """Raises ConfigError unless the outputs of a head (C; None without one) are as many as its task needs."""
    if task.labels and outputs not in (None, len(task.labels)):
        raise ConfigError(
            f"{counted(len(task.labels), 'label is', 'labels are')} given, but {source} has "
            f"{counted(outputs or 0, 'output')}: labels must name each of them"
        )
    if task.problem == "regression" and outputs not in (None, 1):
        raise ConfigError(f"{source} has {counted(outputs or 0, 'output')}; a regression has 1")
