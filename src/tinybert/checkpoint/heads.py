"""The parameters of each kind's head: their names and shapes, and which of a head's arrays repeat others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..config import TinyBertConfig
from ..task import KINDS, MASKED_LANGUAGE_MODELING, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION

WORD_EMBEDDINGS = "tinybert_embedding_lookup.embedding_table"
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Head:
    """The parameters of a kind's head.

    Attributes:
        names: For each parameter by the network's own name, which the published files use as well, Hugging Face's name.
        outputs: The parameter that has one row for each output.
        shapes: Returns the shape of each parameter, in the network's order, given configuration and number of outputs.
        tied: Further names at Hugging Face, each of an array that repeats the network's parameter of the given name.
    """

    names: Mapping[str, str]
    outputs: str
    shapes: Callable[[TinyBertConfig, int], Shapes]
    tied: Mapping[str, str] = field(default_factory=dict)


def dense_shapes(name: str, out_size: int, in_size: int) -> Shapes:
    """Return the shapes of a dense layer's parameters."""
    return {f"{name}.weight": (out_size, in_size), f"{name}.bias": (out_size,)}


def norm_shapes(name: str, size: int) -> Shapes:
    """Return the shapes of a LayerNorm's parameters."""
    return {f"{name}.gamma": (size,), f"{name}.beta": (size,)}


def _dense(theirs: str) -> Head:
    """Return the head of a single dense layer; `theirs` is Hugging Face's name of it."""
    return Head(
        {f"dense_1.{part}": f"{theirs}.{part}" for part in ("weight", "bias")},
        "dense_1.weight",
        lambda config, outputs: dense_shapes("dense_1", outputs, config.hidden_size),
    )


def _prediction_shapes(config: TinyBertConfig, outputs: int) -> Shapes:
    return {
        "cls1.output_bias": (outputs,),
        **dense_shapes("cls1.dense", config.hidden_size, config.hidden_size),
        **norm_shapes("cls1.layernorm", config.hidden_size),
    }


HEADS: Mapping[str, Head] = {
    SEQUENCE_CLASSIFICATION.name: _dense("classifier"),
    TOKEN_CLASSIFICATION.name: _dense("classifier"),
    QUESTION_ANSWERING.name: _dense("qa_outputs"),
    # The names of the model zoo's pre-training: official/nlp/bert, bert_for_pre_training.py, BertPreTraining.cls1.
    MASKED_LANGUAGE_MODELING.name: Head(
        {
            "cls1.output_bias": "cls.predictions.bias",
            "cls1.dense.weight": "cls.predictions.transform.dense.weight",
            "cls1.dense.bias": "cls.predictions.transform.dense.bias",
            "cls1.layernorm.gamma": "cls.predictions.transform.LayerNorm.weight",
            "cls1.layernorm.beta": "cls.predictions.transform.LayerNorm.bias",
        },
        "cls1.output_bias",
        _prediction_shapes,
        {"cls.predictions.decoder.weight": WORD_EMBEDDINGS, "cls.predictions.decoder.bias": "cls1.output_bias"},
    ),
}
"""The head of each kind that has one."""

TIED: Mapping[str, str] = {name: own for head in HEADS.values() for name, own in head.tied.items()}
"""Names at Hugging Face of arrays that repeat a parameter of the network, with that parameter's own name."""


def head_of(own_name: str) -> str | None:
    """Return the name of the head, as in `Kind.head`, that a network's parameter is part of; None for the encoder."""
    begin = own_name.partition(".")[0]
    return begin if any(begin == kind.head for kind in KINDS.values()) else None


def heads_among(own_names: Iterable[str]) -> dict[str, list[str]]:
    """Return the heads among a network's parameters, in the order of `KINDS`, each with the names of its parameters."""
    names = list(own_names)
    heads = dict.fromkeys(kind.head for kind in KINDS.values() if kind.head is not None)
    found = {head: [name for name in names if head_of(name) == head] for head in heads}
    return {head: inside for head, inside in found.items() if inside}


def found_head(tensors: Mapping[str, np.ndarray]) -> tuple[str | None, int | None]:
    """Return the name of the head among a network's parameters, as in `Kind.head`, and its number of outputs (C).

    Args:
        tensors: Parameters by the network's own names.

    Returns:
        Both None if there is no head.
    """
    for kind, head in HEADS.items():
        if head.outputs in tensors:
            return KINDS[kind].head, len(tensors[head.outputs])
    return None, None
