"""Whether what a student is to learn can be compared with what its teacher has."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..checkpoint.sentence import SentenceSettings
from ..config import TinyBertConfig
from ..counting import counted
from ..errors import ConfigError, InputError
from ..text import BertTokenizer
from .layer_map import LayerMap
from .settings import WEIGHTS, Objectives

_POOLINGS = ("mean",), ("first",)
"""Those whose vectors can be learned."""


def check_fit(
    objectives: Objectives, student: TinyBertConfig, teacher: TinyBertConfig, sentence: SentenceSettings
) -> LayerMap:
    """Return the layer map of two networks, if the objectives fit them; an empty one where no layers are compared.

    Args:
        objectives: What the student is to learn.
        student: The student's configuration.
        teacher: The teacher's.
        sentence: How the teacher makes vectors of texts.

    Raises:
        ConfigError: They do not, or the layer map names layers that are not there; says what would fit.
    """
    depths = student.num_hidden_layers, teacher.num_hidden_layers
    layer_map = LayerMap((), depths[1])
    if objectives.needs_layers:
        layer_map = LayerMap.of(objectives.layer_map, student_layers=depths[0], teacher_layers=depths[1])
    heads = student.num_attention_heads, teacher.num_attention_heads
    if objectives.attention and heads[0] != heads[1]:
        raise ConfigError(
            f"the student has {heads[0]} attention heads, the teacher {heads[1]}: their scores cannot be compared. Set "
            "attention to 0 and learn relations, which need no equal numbers of heads",
            argument="relations",
            example=1,
        )
    widths = student.hidden_size, teacher.hidden_size
    for name in ("directions", "vectors"):
        if getattr(objectives, name) and widths[0] != widths[1]:
            raise ConfigError(
                f"the student's vectors have {counted(widths[0], 'number')}, the teacher's {widths[1]}: they cannot be "
                "compared. Give the student the teacher's width, or leave this part out",
                argument=name,
                example=0,
            )
    if objectives.needs_vectors and (sentence.refused or sentence.dense or sentence.pooling not in _POOLINGS):
        what = sentence.refused or "it has dense layers, or a pooling that is neither mean nor first"
        raise ConfigError(f"the teacher's vectors cannot be learned: {what}")
    for width in widths:
        if objectives.relations and width % objectives.relation_heads:
            raise ConfigError(
                f"relation_heads is {objectives.relation_heads}, which does not divide the width {width}: give a "
                "divisor of both widths",
                argument="relation_heads",
            )
    return layer_map


def check_output(folder: Path, *models: str | Path | None) -> None:
    """Raise InputError if a student would overwrite one of the models it learns from or starts from."""
    for model in models:
        if model is not None and Path(model).resolve() == folder.resolve():
            raise InputError(f"{folder} is where {model} is, which would be overwritten", argument="output")


def check_parts(objectives: Objectives, learned: Collection[str], what: str) -> None:
    """Raise ConfigError if a part has a weight that is not among those which this kind of distillation learns."""
    for name in WEIGHTS:
        if getattr(objectives, name) and name not in learned:
            raise ConfigError(
                f"{name} has a weight, but a distillation for {what} does not learn it", argument=name, example=0
            )


def check_same_vocabulary(student: BertTokenizer, teacher: BertTokenizer) -> None:
    """Raise InputError unless two vocabularies have the same tokens; how text is split is up to the teacher's."""
    ours, theirs = student.vocabulary.tokens, teacher.vocabulary.tokens
    if ours != theirs:
        raise InputError(
            f"the student's vocabulary has {counted(len(ours), 'token')}, the teacher's {len(theirs)}, and they are "
            "not the same: a student learns from a teacher with its own vocabulary. Start it from layers of the "
            "teacher, or from random weights with the teacher's vocabulary",
            argument="from_layers",
        )
