"""The kinds of task with their properties, and `Task`: a kind with labels.

Each layer above keeps its own table by kind: networks (modeling), examples and their readers (data), scores
(evaluation), losses (training), classes (tasks), commands (cli). A new kind needs a row here, an entry in each of those
tables, and its own files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import CheckpointError, InputError

PROBLEMS = ("single-label", "multi-label", "regression")
"""What a text head predicts: one label, any number of labels, or a number."""


@dataclass(frozen=True)
class Kind:
    """The properties of a kind of task.

    Attributes:
        name: Its name in cards and folders.
        command: Its name on the command line: `tinybert COMMAND`, `tinybert finetune COMMAND`.
        used_by: Name of the class that runs models of this kind.
        head: Name of the head's layers, on top of the encoder, in our networks and in the published files; None if
            there is no head.
        is_pretraining: Whether its head belongs to pre-training. Such a head is not learned from labelled examples, and
            models that have one serve as encoders to start from.
        uses_pooler: Whether it needs the pooled output of the encoder.
        has_labels: Whether the outputs of the head have names.
        outputs: Number of head outputs, if it is the same for all models of this kind.
        problems: What the head may predict, the default first; empty if there is no choice.
        key_metrics: The metric that decides which of two models is better, by the form of the labels: for texts the
            problem; for pairs `scores` or `matches`; for words `tags` (of spans) or `words`; for questions `answers`.
    """

    name: str
    command: str
    used_by: str
    head: str | None = "dense_1"
    is_pretraining: bool = False
    uses_pooler: bool = False
    has_labels: bool = False
    outputs: int | None = None
    problems: tuple[str, ...] = ()
    key_metrics: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def has_head(self) -> bool:
        """Whether its network has a head on top of the encoder."""
        return self.head is not None

    def usual_problem(self, outputs: int | None) -> str | None:
        """Return the default problem of a head: regression if it has a single output.

        Args:
            outputs: Number of head outputs (C); None if unknown.

        Returns:
            One of `PROBLEMS`; None if the kind has no choice.
        """
        if not self.problems:
            return None
        return "regression" if outputs == 1 else self.problems[0]


ENCODER = Kind(
    "encoder",
    "embed",
    "Embedder",
    head=None,
    uses_pooler=True,
    key_metrics={"scores": "spearman", "matches": "mrr"},
)
SEQUENCE_CLASSIFICATION = Kind(
    "sequence-classification",
    "classify",
    "Classifier",
    uses_pooler=True,
    has_labels=True,
    problems=PROBLEMS,
    key_metrics={"single-label": "accuracy", "multi-label": "micro_f1", "regression": "spearman"},
)
TOKEN_CLASSIFICATION = Kind(
    "token-classification", "tag", "Tagger", has_labels=True, key_metrics={"tags": "f1", "words": "accuracy"}
)
QUESTION_ANSWERING = Kind("question-answering", "answer", "QuestionAnswerer", outputs=2, key_metrics={"answers": "f1"})
MASKED_LANGUAGE_MODELING = Kind("masked-language-modeling", "fill", "MaskFiller", head="cls1", is_pretraining=True)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        ENCODER,
        SEQUENCE_CLASSIFICATION,
        TOKEN_CLASSIFICATION,
        QUESTION_ANSWERING,
        MASKED_LANGUAGE_MODELING,
    )
}
"""All kinds by name."""
LEARNED: Mapping[str, Kind] = {name: kind for name, kind in KINDS.items() if not kind.is_pretraining}
"""The kinds that are learned from labelled examples, by name."""


def kind_of_command(command: str) -> Kind:
    """Return the kind with this name on the command line, such as `classify`.

    Raises:
        CheckpointError: There is no such command; the message lists the names.
    """
    commands = {kind.command: kind for kind in KINDS.values()}
    if command not in commands:
        raise CheckpointError(f"task is {command!r}: it must be one of {', '.join(commands)}", argument="task")
    return commands[command]


def check_learned(kind: str) -> None:
    """Raise InputError if a kind of task is not learned from labelled examples, nor evaluated on them.

    Args:
        kind: A key of `KINDS`.
    """
    if kind not in LEARNED:
        raise InputError(
            f"{kind} is not learned from labelled examples, nor evaluated on them: it is pre-training. To train an "
            "encoder on raw text, distil one from another: tinybert distill general --teacher MODEL --text FILES"
        )


@dataclass(frozen=True)
class Task:
    """The task of a network: its kind, its labels and its problem.

    Args:
        kind: A key of `KINDS`.
        labels: Names of the head's outputs, in order; empty if they have none.
        problem: For sequence classification one of `PROBLEMS`; None means `single-label`. Other kinds take None only.

    Raises:
        CheckpointError: A value is not allowed; the message says which ones are.

    Example:
        >>> Task("sequence-classification", ("negative", "positive")).problem
        'single-label'
    """

    kind: str = "encoder"
    labels: tuple[str, ...] = ()
    problem: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise CheckpointError(f"task is {self.kind!r}: it must be one of {', '.join(KINDS)}", argument="kind")
        self._check_labels()
        if self.problem is None:
            object.__setattr__(self, "problem", self.facts.usual_problem(None))
        elif self.problem not in PROBLEMS:
            raise CheckpointError(
                f"problem is {self.problem!r}: it must be one of {', '.join(PROBLEMS)}", argument="problem"
            )
        elif self.problem not in self.facts.problems:
            kinds = ", ".join(kind.name for kind in KINDS.values() if kind.problems)
            raise CheckpointError(
                f"the problem is {self.problem}, which only {kinds} has; the task is {self.kind}", argument="problem"
            )

    def _check_labels(self) -> None:
        if isinstance(self.labels, str) or not all(isinstance(label, str) for label in self.labels):
            raise CheckpointError(f"labels are {self.labels!r}: they must be strings", argument="labels")
        object.__setattr__(self, "labels", tuple(self.labels))
        if len(set(self.labels)) < len(self.labels):
            raise CheckpointError(f"labels are {', '.join(self.labels)}: each must be different", argument="labels")
        if self.labels and not self.facts.has_labels:
            raise CheckpointError(f"labels are given, but the outputs for {self.kind} have no names", argument="labels")

    @property
    def facts(self) -> Kind:
        """The properties of its kind."""
        return KINDS[self.kind]

    @property
    def num_outputs(self) -> int | None:
        """Number of outputs that its head must have (C); None without a head, or if the task does not determine it."""
        if self.facts.outputs is not None:
            return self.facts.outputs
        return 1 if self.problem == "regression" else len(self.labels) or None

    def fitted(self, head: str | None, outputs: int | None) -> Task:
        """Return this task, or the task that the head of a network requires instead.

        The head found in a checkpoint takes precedence over the declared task: a network without a head is an encoder,
        and one with a head that this task cannot have gets the first kind that has such a head.

        Args:
            head: Name of the head's layers, as in `Kind.head`; None without a head.
            outputs: Number of head outputs (C); None without a head.
        """
        facts = self.facts
        if head == facts.head and facts.outputs in (None, outputs):
            return self
        kind = next(kind for kind in KINDS.values() if kind.head == head and kind.outputs in (None, outputs))
        return Task(kind.name, problem=kind.usual_problem(outputs))

    def changed(self, kind: str | None = None, labels: Sequence[str] = (), problem: str | None = None) -> Task:
        """Return a copy with some values replaced.

        The problem is kept only if the kind stays the same, the labels only if the new kind has labels.

        Args:
            kind: A key of `KINDS`; None keeps the kind.
            labels: New labels; none keeps the labels.
            problem: One of `PROBLEMS`; None keeps the problem.

        Raises:
            CheckpointError: The values do not fit together.
        """
        facts = Task(kind or self.kind).facts
        kept = self.labels if facts.has_labels else ()
        kept_problem = self.problem if facts is self.facts else None
        return Task(facts.name, labels or kept, problem or kept_problem)  # type: ignore[arg-type]  # `__post_init__` makes it a tuple

    @classmethod
    def usual(cls, kind: str, head: str | None, outputs: int | None) -> Task:
        """Return the default task of a network of which only kind and head are known.

        Args:
            kind: A key of `KINDS`.
            head: As for `fitted`.
            outputs: As for `fitted`.
        """
        return cls(kind, problem=cls(kind).facts.usual_problem(outputs)).fitted(head, outputs)

    def to_dict(self) -> dict[str, Any]:
        """Return the task as JSON-serializable values; fields that the kind does not have are left out."""
        values: dict[str, Any] = {"task": self.kind}
        if self.facts.has_labels:
            values["labels"] = list(self.labels)
        if self.facts.problems:
            values["problem"] = self.problem
        return values
