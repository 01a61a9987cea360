"""The names that a parameter has in each published layout, and how a name in a file is told.

The first column of the tables, the v1.0 layout, holds the network's own names; everything is mapped to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import CheckpointError

LAYOUTS = ("v1.0", "later", "huggingface")

_EMBEDDING = "tinybert_embedding_postprocessor."
_LAYER = "tinybert_encoder.layers.{i}."

# One row a parameter: its name in v1.0 (2020), in v1.2 and later, and in Hugging Face's BertModel.
_ENCODER_ROWS = [
    ("tinybert_embedding_lookup.embedding_table", None, "embeddings.word_embeddings.weight"),
    (
        _EMBEDDING + "embedding_table",
        _EMBEDDING + "token_type_embedding.embedding_table",
        "embeddings.token_type_embeddings.weight",
    ),
    (
        _EMBEDDING + "full_position_embeddings",
        _EMBEDDING + "full_position_embedding.embedding_table",
        "embeddings.position_embeddings.weight",
    ),
    (_EMBEDDING + "layernorm.gamma", None, "embeddings.LayerNorm.weight"),
    (_EMBEDDING + "layernorm.beta", None, "embeddings.LayerNorm.bias"),
    ("dense.weight", None, "pooler.dense.weight"),
    ("dense.bias", None, "pooler.dense.bias"),
]
_LAYER_PARTS = [
    ("attention.attention.query_layer", "attention.self.query"),
    ("attention.attention.key_layer", "attention.self.key"),
    ("attention.attention.value_layer", "attention.self.value"),
    ("attention.output.dense", "attention.output.dense"),
    ("intermediate", "intermediate.dense"),
    ("output.dense", "output.dense"),
]
_LAYER_NORMS = [
    ("attention.output.layernorm", "attention.output.LayerNorm"),
    ("output.layernorm", "output.LayerNorm"),
]
_LAYER_ROWS = [
    (f"{_LAYER}{ours}.{kind}", None, f"encoder.layer.{{i}}.{theirs}.{kind}")
    for ours, theirs in _LAYER_PARTS
    for kind in ("weight", "bias")
] + [
    (f"{_LAYER}{ours}.{kind}", None, f"encoder.layer.{{i}}.{theirs}.{their_kind}")
    for ours, theirs in _LAYER_NORMS
    for kind, their_kind in (("gamma", "weight"), ("beta", "bias"))
]
POOLER_NAMES = ("dense.weight", "dense.bias")
HEAD_NAMES = ("dense_1.weight", "dense_1.bias")
_HEAD_ROWS = [(name, None, name.replace("dense_1", "qa_outputs")) for name in HEAD_NAMES]
# Hugging Face's classifiers, the same function as ours but for the ReLU, have another name than its head for questions.
CLASSIFIER_NAMES = ("classifier.weight", "classifier.bias")

_ROWS = [(v1, later or v1, theirs) for v1, later, theirs in _ENCODER_ROWS + _LAYER_ROWS + _HEAD_ROWS]

WRAPPERS = ("network.", "backbone.", "bert.", "tinybert.", "model.", "module.")
"""Prefixes that a checkpoint gets when the network was saved inside another cell."""
_WRAPPED = re.compile(f"(?:{'|'.join(map(re.escape, WRAPPERS))})*")

_ASIDE_PATTERNS = [
    (r"(adam_[mv]|moments?\d?|accum|velocity)\..*", "optimizer state"),
    (r"global_step|learning_rate|beta[12]_power|epoch_num|step_num|loss_scale|scale_sense", "training state"),
    (r"current_iterator_step|last_overflow_iterator_step", "training state"),
    (r"embeddings\.position_ids", "the numbers 0 to T-1"),
    (r"cls\..*", "the head of pre-training"),
]
_ASIDE = [(re.compile(pattern), reason) for pattern, reason in _ASIDE_PATTERNS]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.escape(template).replace(r"\{i\}", r"(?P<i>0|[1-9][0-9]{0,3})"))


_KNOWN = [(_pattern(row[column]), layout, row[0]) for column, layout in enumerate(LAYOUTS) for row in _ROWS]
_KNOWN += [(_pattern(theirs), "huggingface", ours) for theirs, ours in zip(CLASSIFIER_NAMES, HEAD_NAMES, strict=True)]


def own_name(name: str) -> tuple[str, str] | None:
    """A parameter's name in the network, and the layout in which the file names it; None if the name is not known.

    Example:
        >>> own_name("bert.bert_embedding_lookup.embedding_table")
        ('tinybert_embedding_lookup.embedding_table', 'v1.0')
    """
    bare = re.sub(r"^bert_(?=embedding_|encoder\.)", "tinybert_", _unwrapped(name))
    # Old Hugging Face checkpoints name LayerNorm's parameters as TensorFlow does.
    bare = re.sub(r"LayerNorm\.gamma$", "LayerNorm.weight", bare)
    bare = re.sub(r"LayerNorm\.beta$", "LayerNorm.bias", bare)
    for pattern, layout, template in _KNOWN:
        match = pattern.fullmatch(bare)
        if match:
            return template.format(**match.groupdict()), layout
    return None


def reason_aside(name: str) -> str | None:
    """Why something in a checkpoint is no part of the network; None if it may be one."""
    for candidate in (name, _unwrapped(name)):
        for pattern, reason in _ASIDE:
            if pattern.fullmatch(candidate):
                return reason
    return None


def layout_of(layouts: Iterable[str]) -> str:
    """The layout of a whole file, from those of its names; most names are the same in v1.0 and later."""
    found = set(layouts)
    return next((layout for layout in ("huggingface", "later") if layout in found), "v1.0")


def name_in(layout: str, own: str, *, task: bool) -> str:
    """The name that a parameter of the network has in a layout; the reverse of `own_name`.

    Args:
        layout: One of `LAYOUTS`.
        own: The network's own name, without the prefix `bert.` that the encoder has inside a task network.
        task: Whether the file is that of a task network.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout is {layout!r}: it must be one of {', '.join(LAYOUTS)}")
    template = re.sub(r"(?<=layers\.)\d+(?=\.)", "{i}", own)
    index = re.search(r"(?<=layers\.)\d+(?=\.)", own)
    row = next((row for row in _ROWS if row[0] == template), None)
    if row is None:
        raise CheckpointError(
            f"{own} is no parameter of this package's networks: it has no name in the layout {layout}"
        )
    name = row[LAYOUTS.index(layout)].format(i=index.group() if index else "")
    if not task or own in HEAD_NAMES:
        return name
    return "bert." + (re.sub("^tinybert_", "bert_", name) if layout == "later" else name)


def _unwrapped(name: str) -> str:
    return _WRAPPED.sub("", name, count=1)
