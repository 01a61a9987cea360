"""Classification with labels that the model was not trained for, by natural language inference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, overload

import numpy as np

from ..errors import InputError
from ..task import SEQUENCE_CLASSIFICATION
from ..text import Encoding
from .checks import check_text
from .classify import check_threshold, results_of, softmax
from .model import TaskModel
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .results import Classification, MultiLabel
from .stream import run
from .text_task import TextTask

if TYPE_CHECKING:
    from typing_extensions import Unpack

ZeroShotResult = Classification | MultiLabel
_BESIDE = 4
"""Tokens of a row beside its hypothesis: [CLS], at least one of the text, and two [SEP]."""
HYPOTHESIS = "This example is {}."
"""The usual template of hypotheses, as in transformers."""


class ZeroShotOptions(TypedDict, total=False):
    """The options of `ZeroShotClassifier.__call__`, for type checkers."""

    hypothesis_template: str
    multi_label: bool
    threshold: float
    max_length: int | None
    batch_size: int
    progress: bool | None


class ZeroShotClassifier(TextTask):
    """Classifier of texts with any labels, by a model for natural language inference such as the published MNLI ones.

    For each label, the model says whether the text entails a hypothesis about it, such as "This example is sport.". Yin
    et al. 2019 (arXiv:1909.00161), as the pipeline `zero-shot-classification` of transformers.

    Args:
        model: The model, whose labels must name entailment; `from_pretrained(source, labels=...)` names them where the
            model does not.

    Raises:
        InputError: The model has no head for classification, or none of its labels is entailment.

    Example:
        >>> mnli = "mindspore/1.10/tinybert_enwiki128_mnli"
        >>> classifier = ZeroShotClassifier.from_pretrained(mnli, vocabulary="vocab.txt")
        >>> classifier("The striker scored twice.", ["sport", "politics"]).label
        'sport'
    """

    kind = SEQUENCE_CLASSIFICATION.name

    def __init__(self, model: TaskModel) -> None:
        super().__init__(model)
        self._outputs = _outputs(self.model.labels, self.model.source)

    # A string is also a collection of strings, but this overload comes first.
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, texts: str, candidate_labels: Sequence[str], **options: Unpack[ZeroShotOptions]
    ) -> ZeroShotResult: ...

    @overload
    def __call__(
        self, texts: Iterator[str], candidate_labels: Sequence[str], **options: Unpack[ZeroShotOptions]
    ) -> Iterator[ZeroShotResult]: ...

    @overload
    def __call__(
        self, texts: Collection[str], candidate_labels: Sequence[str], **options: Unpack[ZeroShotOptions]
    ) -> list[ZeroShotResult]: ...

    @overload
    def __call__(
        self,
        texts: Iterable[str],
        candidate_labels: Sequence[str],
        *,
        on_error: OnError,
        **options: Unpack[ZeroShotOptions],
    ) -> Any: ...

    def __call__(  # noqa: PLR0913 -- all but two have defaults that suit most callers
        self,
        texts: str | Iterable[str],
        candidate_labels: Sequence[str],
        *,
        hypothesis_template: str = HYPOTHESIS,
        multi_label: bool = False,
        threshold: float = 0.5,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Classify one text, many, or a stream of them.

        Args:
            texts: A string, a list of strings, or an iterator over strings.
            candidate_labels: The labels; words that fit into the template.
            hypothesis_template: The hypothesis, with {} for the label.
            multi_label: Whether any number of labels may apply. Then the probability of each is that of entailment
                against contradiction; else the labels' logits of entailment compete in one softmax.
            threshold: With `multi_label`, the probability above which a label applies.
            max_length: Maximum tokens per row, as in `Classifier`.
            batch_size: Maximum number of rows per forward pass; each text has a row for each label.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of the
                result.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            For one text a `Classification`, or a `MultiLabel`; for a list, a list of these; for an iterator, an
            iterator in constant memory.

        Raises:
            InputError: A text is not a string, there are no labels or one twice, or an argument is invalid.
        """
        labels = _checked(candidate_labels)
        if len(labels) == 1 and not multi_label:
            raise InputError(
                f"every text would be {labels[0]!r}, the only label. Give several, or let any number of them apply",
                argument="multi_label",
                example=True,
            )
        check_threshold(threshold)
        if not isinstance(hypothesis_template, str) or hypothesis_template.count("{}") != 1:
            raise InputError(
                f"the template is {hypothesis_template!r}: it needs one {{}}, for the label",
                argument="hypothesis_template",
                example=HYPOTHESIS,
            )
        hypotheses = tuple(hypothesis_template.replace("{}", label) for label in labels)
        length = self.model.row_length(max_length)
        longest = max(len(self.model.tokenizer.tokenize(hypothesis)) for hypothesis in hypotheses)
        if longest > length - _BESIDE:
            raise InputError(
                f"a hypothesis has {longest} tokens, which leaves no room for a text in rows of {length}",
                argument="max_length",
            )
        pipeline = _ZeroShotPipeline(self.model, labels, hypotheses, self._outputs, multi_label, threshold, length)
        return run(pipeline, texts, Options(batch_size, on_error, progress), single=isinstance(texts, str))


@dataclass(frozen=True)
class _ZeroShotPipeline(Pipeline):
    labels: tuple[str, ...]
    hypotheses: tuple[str, ...]
    outputs: tuple[int, int]
    multi_label: bool
    threshold: float
    max_length: int

    def check(self, item: Any, name: str) -> str:
        return check_text(item, name)

    def characters(self, item: str) -> int:
        return (len(item) + len(self.hypotheses[0])) * len(self.hypotheses)

    def encode(self, items: list[str]) -> Encoding:
        premises = [item for item in items for _ in self.hypotheses]
        hypotheses = list(self.hypotheses) * len(items)
        # A hypothesis that is cut has no label any more.
        return self.model.tokenizer(premises, hypotheses, max_length=self.max_length, truncation="only_first")

    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[np.ndarray]:
        return outputs[:, list(self.outputs)].copy()

    def finish(self, items: list[str], encoding: Encoding, rows: list[Any]) -> list[Any]:
        logits = np.array(rows).reshape(len(items), len(self.labels), 2)  # contradiction, entailment
        problem = "multi-label" if self.multi_label else "single-label"
        probabilities = softmax(logits)[..., 1] if self.multi_label else softmax(logits[..., 1])
        return results_of(problem, self.labels, probabilities.tolist(), self.threshold)


def _outputs(labels: tuple[str, ...], source: str) -> tuple[int, int]:
    """Return the indices of the outputs for contradiction (or anything but entailment) and entailment."""
    names = [label.casefold() for label in labels]
    entails = [index for index, name in enumerate(names) if name.startswith("entail")]
    contradicts = [index for index, name in enumerate(names) if name.startswith("contradict")]
    if len(names) == 2:
        contradicts = [1 - index for index in entails]
    if len(entails) != 1 or len(contradicts) != 1:
        raise InputError(
            f"{source} has the labels {', '.join(labels)}: to classify with any labels takes a model for natural "
            "language inference, with the labels entailment and contradiction. If it is one, name its outputs when it "
            "is loaded (labels=...) or published (tinybert hub publish --labels)"
        )
    return contradicts[0], entails[0]


def _checked(labels: Any) -> tuple[str, ...]:
    if isinstance(labels, str) or not isinstance(labels, Sequence) or not labels:
        raise InputError("candidate_labels must be a list of at least one label.")
    found = tuple(check_text(label, f"candidate_labels[{index}]") for index, label in enumerate(labels))
    if len({*found}) < len(found) or not all(label.strip() for label in found):
        raise InputError(
            f"the labels are {', '.join(found)}: each must be different, and none empty", argument="candidate_labels"
        )
    return found
