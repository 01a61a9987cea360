"""What a student starts from: a model of its own, layers of its teacher, or random weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..checkpoint import Checkpoint
from ..errors import ConfigError, InputError
from ..hub.lookup import find_stored
from ..modeling import TinyBertModel
from ..modeling.dropout import seed_dropout
from ..text import BertTokenizer
from ..weights import restore
from .checks import check_same_vocabulary
from .student import fresh_student


@dataclasses.dataclass(frozen=True)
class StudentChoice:
    """What a student starts from.

    Attributes:
        student: A model, as for `tinybert.load`, with the teacher's vocabulary; None for one of the teacher's
            configuration.
        from_layers: The teacher's layers that it starts with, from 0; None for random weights.
        config: Fields of `TinyBertConfig` that take precedence; without a model, `num_hidden_layers` is by default the
            number of `from_layers`.
        vocabulary: The vocabulary of teacher and student, if the models come without one.
    """

    student: str | Path | None = None
    from_layers: Sequence[int] | None = None
    config: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    vocabulary: str | Path | None = None


def start_student(
    teacher: Checkpoint, tokenizer: BertTokenizer, choice: StudentChoice, seed: int, say: Callable[[str], None]
) -> TinyBertModel:
    """Return the encoder that is to be trained.

    Args:
        teacher: The teacher's weights.
        tokenizer: The teacher's tokenizer.
        choice: What the student starts from.
        seed: Of random weights and dropout.
        say: Called with what did not fit, if anything.

    Raises:
        InputError: The model has another vocabulary than the teacher; or both a model and layers are given.
        ConfigError: A layer does not exist, their number is not that of the configuration, or an embedding table is too
            small.
    """
    source, layers, config = choice.student, choice.from_layers, choice.config
    if source is not None:
        if layers is not None:
            raise InputError("a student is either a model or layers of the teacher, not both", argument="from_layers")
        stored, own = find_stored(source).open(choice.vocabulary, **config)
        check_same_vocabulary(own, tokenizer)
        network: TinyBertModel = restore(stored.encoder(), return_all_encoders=False)
        seed_dropout(network, seed)
        return network
    depth = {} if layers is None else {"num_hidden_layers": len(layers)}
    changed = teacher.config.replace(**{**depth, **config})
    for name, least in (("vocab_size", tokenizer.vocab_size), ("type_vocab_size", teacher.config.type_vocab_size)):
        if getattr(changed, name) < least:
            raise ConfigError(f"{name} is {getattr(changed, name)}: the teacher's texts have ids for {least}")
    network, misfits = fresh_student(teacher, changed, layers=layers, seed=seed)
    if misfits:
        say(f"random, since the teacher's are of another shape: {', '.join(misfits)}")
    return network
