"""Ranking of texts for a query by a classifier of pairs, which reads both together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from ..arguments import check_choice, check_integer
from ..errors import InputError
from ..task import SEQUENCE_CLASSIFICATION
from .checks import check_text
from .classify import Classifier
from .pipeline import BATCH_SIZE, OnError
from .results import Classification, MultiLabel, Ranked, Regression
from .text_task import TextTask

_YES = "1"
"""The label of a match where classes are numbered."""


class Reranker(TextTask):
    """Ranker of texts for a query: a cross-encoder, as CrossEncoder in sentence-transformers.

    The score of a text is what a classifier of pairs says of (query, text): the number of a regression, or the
    probability of one label. That is more exact than comparing the vectors of `Embedder`, and slower, since each text
    is read again for each query: search with vectors, and rerank what is found. Nogueira and Cho 2019
    (arXiv:1901.04085).

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for classification; the message says what to do.

    Example:
        >>> reranker = Reranker.from_pretrained("my-pairs")  # a classifier of pairs, fine-tuned with --regression
        >>> reranker("When is it open?", ["The door is blue.", "It opens at nine."], top_k=1)[0].text
        'It opens at nine.'
    """

    kind = SEQUENCE_CLASSIFICATION.name

    def __call__(
        self,
        query: str,
        documents: Iterable[str],
        *,
        top_k: int | None = None,
        label: str | None = None,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        progress: bool | None = None,
    ) -> list[Ranked]:
        """Rank texts for a query.

        Args:
            query: The query.
            documents: The texts.
            top_k: Number of texts to return; None for all.
            label: For a model with several labels, the one whose probability is the score; not needed where there are
                two, called 0 and 1.
            max_length: Maximum tokens per row, as in `Classifier`.
            batch_size: Maximum number of rows per forward pass.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            The texts, best first, ties in the order given.

        Raises:
            InputError: The query or a text is not a string, or an argument is invalid.
        """
        if isinstance(documents, str):
            raise InputError("documents is one string; give a list of them.")
        if not isinstance(documents, Iterable):
            raise InputError(f"documents is {documents!r}; give a list of texts.")
        texts = [check_text(text, f"documents[{index}]") for index, text in enumerate(documents)]
        if top_k is not None:
            check_integer(top_k, "top_k", 1)
        options: dict[str, Any] = {"max_length": max_length, "batch_size": batch_size, "progress": progress}
        scores = self.scores(query, texts, label=label, **options)
        order = sorted(range(len(texts)), key=lambda index: -scores[index])
        return [Ranked(index, scores[index], texts[index]) for index in order[:top_k]]

    def scores(
        self,
        query: str,
        documents: Iterable[str],
        *,
        label: str | None = None,
        on_error: OnError = "raise",
        **options: Any,
    ) -> Any:
        """Return the score of each text for a query, in the order of the texts.

        Args:
            query: The query.
            documents: The texts: a list, or an iterator.
            label: As in the call.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of its score.
            **options: `max_length`, `batch_size` and `progress`, as in the call.

        Returns:
            A list of floats for a list; for an iterator, an iterator in constant memory.

        Raises:
            InputError: As for the call.
        """
        if not check_text(query, "query").strip():
            raise InputError("the query is empty.")
        score_of = self._score_of(label)
        pairs = ((query, text) for text in documents)
        found = Classifier(self.model)(pairs, on_error=on_error, **options)
        scores = (result if isinstance(result, Exception) else score_of(result) for result in found)
        return list(scores) if isinstance(documents, Collection) else scores

    def _score_of(self, label: str | None) -> Callable[[Classification | MultiLabel | Regression], float]:
        """Return the function that reads the score off a result."""
        labels, is_regression = self.model.labels, self.model.task.problem == "regression"
        if is_regression and label is not None:
            raise InputError(f"{self.model.source} predicts a number, and has no labels", argument="label")
        if label is None and not is_regression:
            label = _usual(labels, self.model.source)
        elif label is not None:
            check_choice(label, "label", labels)

        def score_of(result: Classification | MultiLabel | Regression) -> float:
            return result.score if isinstance(result, Regression) else result.probabilities[str(label)]

        return score_of


def _usual(labels: tuple[str, ...], source: str) -> str:
    if len(labels) == 1:
        return labels[0]
    if labels == ("0", _YES):
        return _YES
    raise InputError(
        f"{source} has the labels {', '.join(labels)}. Say whose probability is the score",
        argument="label",
        example=labels[0],
    )
