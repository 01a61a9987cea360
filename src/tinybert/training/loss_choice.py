"""The losses that embeddings can be trained with, by name, and whether one fits the data. No MindSpore."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ConfigError

if TYPE_CHECKING:
    from .settings import TrainingSettings


SCORES, MATCHES, TRIPLETS = "scores", "matches", "triplets"
"""The forms of training data, as `tinybert.evaluation.pairs.form_of` returns them."""


class LossFacts(NamedTuple):
    """What a loss of embeddings needs.

    Attributes:
        forms: The forms of data that it learns from.
        compares_rows: Whether it compares the rows of a batch with each other, so that one row is not enough.
        margin: Its margin unless another is given; None for a loss without one.
    """

    forms: tuple[str, ...]
    compares_rows: bool = False
    margin: float | None = None


LOSSES: dict[str, LossFacts] = {
    "cosine": LossFacts((SCORES,)),
    "cosent": LossFacts((SCORES,), compares_rows=True),
    "multiple-negatives": LossFacts((MATCHES, TRIPLETS), compares_rows=True),
    # The margins of sentence-transformers, and of Schroff et al.: 0.2 of squared distances of unit vectors, which are
    # twice the cosine distances.
    "triplet": LossFacts((TRIPLETS,), margin=5.0),
    "triplet-cosine": LossFacts((TRIPLETS,), margin=0.1),
}
"""The losses by the name that `TrainingSettings.loss` takes; the first for a form of data is the usual one."""

_WORDS = {
    SCORES: "pairs with scores",
    MATCHES: "pairs without scores",
    TRIPLETS: "pairs without scores that have negatives",
}


def losses_for(form: str) -> list[str]:
    """Return the names of the losses that learn from a form of data, the usual one first."""
    return [name for name, facts in LOSSES.items() if form in facts.forms]


def check_loss(settings: TrainingSettings, form: str) -> None:
    """Raise ConfigError unless the loss in the settings, or the usual one, fits the data and the other settings.

    Args:
        settings: The settings.
        form: The form of the training data.
    """
    name = settings.loss or losses_for(form)[0]
    facts = LOSSES[name]
    if form not in facts.forms:
        wanted = " or ".join(_WORDS[known] for known in facts.forms)
        raise ConfigError(
            f"the loss {name} learns from {wanted}; the training data are {_WORDS[form]}, for which there is "
            f"{' or '.join(losses_for(form))}",
            argument="loss",
        )
    if settings.margin is not None and facts.margin is None:
        raise ConfigError(f"a margin is given, but the loss {name} has none", argument="loss", example="triplet")
    if facts.compares_rows and settings.batch_size == 1:
        raise ConfigError(
            f"batch_size is 1: the loss {name} compares a row with the others in its batch; the more, the better"
        )


def check_dims(dims: str | None, hidden_size: int) -> None:
    """Raise ConfigError if a Matryoshka size is above the size of the vectors.

    Args:
        dims: The sizes as returned by `dims_text`; None for none.
        hidden_size: Width of the encoder (H).
    """
    largest = max(dims_of(dims), default=0)
    if largest > hidden_size:
        raise ConfigError(
            f"{largest} is above {hidden_size}, the size of the model's vectors",
            argument="matryoshka",
            example=hidden_size,
        )


def check_no_vector_loss(settings: TrainingSettings, what: str) -> None:
    """Raise ConfigError if a setting is given that only the training of embeddings has.

    Args:
        settings: The settings.
        what: What is trained instead, for the message.
    """
    for name in ("loss", "margin", "matryoshka"):
        if getattr(settings, name) is not None:
            raise ConfigError(f"{name} is for fine-tuning embeddings (tinybert finetune embed), not for {what}")


def dims_text(given: Any) -> str:
    """Normalize Matryoshka sizes to the form kept in settings: `384,192,96`, from the largest down.

    Args:
        given: Sizes as a sequence of integers, or as text, separated by commas.

    Raises:
        ConfigError: The value is neither, a size is below 1, or one appears twice.
    """
    is_sequence = isinstance(given, Sequence) and not isinstance(given, str)
    text = ",".join(map(str, given)) if is_sequence else str(given)
    if not re.fullmatch(r"\s*[0-9]{1,6}\s*(,\s*[0-9]{1,6}\s*)*", text):
        raise _wrong(f"{given!r}: give sizes of vectors, separated by commas")
    dims = dims_of(text)
    if min(dims) < 1 or len({*dims}) < len(dims):
        raise _wrong(f"{given!r}: each size must be at least 1, and different")
    return ",".join(map(str, sorted(dims, reverse=True)))


def dims_of(text: str | None) -> list[int]:
    """Return the sizes in a setting; none for None."""
    return [int(part) for part in text.split(",")] if text else []


def _wrong(problem: str) -> ConfigError:
    return ConfigError(f"matryoshka is {problem}", argument="matryoshka", example="384,192,96")
