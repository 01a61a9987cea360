"""A network and its tokenizer, known to fit each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..checkpoint.restore import task_of_network
from ..checkpoint.task import Task
from ..config import TinyBertConfig
from ..errors import ConfigError, InputError
from ..text import BertTokenizer
from ..text.inputs import check_integer

if TYPE_CHECKING:
    from ..modeling.network import Network

USED_BY = {
    "encoder": "Embedder",
    "sequence-classification": "Classifier",
    "token-classification": "Tagger",
    "question-answering": "QuestionAnswerer",
}
"""The class that uses a network of each kind."""


@dataclass(frozen=True, eq=False)
class TaskModel:
    """A network, its tokenizer and what it is for: what the task objects work with.

    Args:
        network: `TinyBertModel` or a task network, in inference mode.
        tokenizer: The tokenizer that it was trained with.
        task: What the network is for; the names of its outputs are those of the network where it has none.
        source: Where the model came from; errors name it.

    Raises:
        InputError: The tokenizer knows more ids than the network has embeddings.
        ConfigError: The task names more or fewer labels than the network has outputs.
    """

    network: Network
    tokenizer: BertTokenizer
    task: Task
    source: str = "the model"

    def __post_init__(self) -> None:
        size = self.config.vocab_size
        if self.tokenizer.vocab_size > size:
            raise InputError(
                f"{self.tokenizer.vocabulary.source} has {self.tokenizer.vocab_size} tokens, but the embedding table "
                f"of {self.source} has {size} rows: it is another model's vocabulary. Give the model's own: "
                "vocabulary=..."
            )
        if self.task.labels and self.num_labels not in (None, len(self.task.labels)):
            raise ConfigError(
                f"{len(self.task.labels)} labels are given, but {self.source} has {self.num_labels} outputs: "
                "labels must name each of them"
            )

    @property
    def config(self) -> TinyBertConfig:
        """The network's configuration."""
        return self.network.config

    @property
    def num_labels(self) -> int | None:
        """Outputs of the head (C); None for an encoder alone."""
        return getattr(self.network, "num_labels", None)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the head's outputs; "0", "1" and so on where they have none."""
        names = self.task.labels or getattr(self.network, "labels", ())
        return names or tuple(map(str, range(self.num_labels or 0)))

    @property
    def encoder(self) -> Network:
        """The network without its head."""
        return self.network.bert if self.num_labels else self.network

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
            InputError: It is no integer of at least 3.
        """
        wanted = self.config.seq_length if max_length is None else check_integer(max_length, "max_length", 3)
        return min(wanted, self.most_tokens)

    def require(self, kind: str) -> None:
        """Raises InputError, with what to do instead, unless the network is one of a kind.

        Args:
            kind: One of `tinybert.checkpoint.task.TASKS`.
        """
        actual = task_of_network(self.network).kind
        if actual == kind:
            return
        if actual == "encoder":
            raise InputError(
                f"{self.source} is an encoder: it has no head for {kind}. Fine-tune it first (tinybert finetune), or "
                "use Embedder"
            )
        raise InputError(
            f"{self.source} is a model for {actual}, and {USED_BY[kind]} needs one for {kind}. Use {USED_BY[actual]}"
        )
