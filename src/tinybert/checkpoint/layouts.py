"""Parameter names in each published layout, and how a name in a file is recognized.

The first column of the tables, the v1.0 layout, holds the network's own names; the others are mapped to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import CheckpointError
from ..task import KINDS, Kind
from .heads import HEADS, TIED, WORD_EMBEDDINGS, head_of
from .pretraining import PRETRAINING_HEAD

LAYOUTS = ("v1.0", "later", "huggingface")

_EMBEDDING = "tinybert_embedding_postprocessor."
_LAYER = "tinybert_encoder.layers.{i}."

# One row per parameter: its name in v1.0 (2020), in v1.2 and later (None: the same), and in Hugging Face's BertModel.
_ENCODER_ROWS = [
    (WORD_EMBEDDINGS, None, "embeddings.word_embeddings.weight"),
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

_ROWS = [(v1, later or v1, theirs) for v1, later, theirs in _ENCODER_ROWS + _LAYER_ROWS]

WRAPPERS = ("network.", "backbone.", "bert.", "tinybert.", "model.", "module.")
"""Prefixes that parameter names get when the network was saved inside another cell."""
_WRAPPED = re.compile(f"(?:{'|'.join(map(re.escape, WRAPPERS))})*")

_ASIDE_PATTERNS = [
    (r"(adam_[mv]|moments?\d?|accum|velocity)\..*", "optimizer state"),
    (r"global_step|learning_rate|lr|beta[12]_power|epoch_num|step_num|loss_scale|momentum", "training state"),
    (r"scale_sense|current_iterator_step|last_overflow_iterator_step", "training state"),
    (r"embeddings\.position_ids", "the numbers 0 to T-1"),
    (r"embeddings\.token_type_ids", "zeros, used when no segments are given"),
    (r"cls2\..*|cls\.seq_relationship\..*", f"{PRETRAINING_HEAD} for the next sentence, which no task uses"),
    (r"cls\d*\..*", PRETRAINING_HEAD),
    (r"fit_denses?(\.\d+)?\.(weight|bias)", "the projection of a distillation"),
]
_ASIDE = [(re.compile(pattern), reason) for pattern, reason in _ASIDE_PATTERNS]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.escape(template).replace(r"\{i\}", r"(?P<i>0|[1-9][0-9]{0,3})"))


_KNOWN = [(_pattern(row[column]), layout, row[0]) for column, layout in enumerate(LAYOUTS) for row in _ROWS]
_KNOWN += [
    (_pattern(name), layout, own)
    for head in HEADS.values()
    for own, theirs in head.names.items()
    for name, layout in ((own, "v1.0"), (theirs, "huggingface"))
]


def own_name(name: str) -> tuple[str, str] | None:
    """Return a parameter's name in the network and the layout of the file's name; None if the name is unknown.

    Args:
        name: The name in the file.

    Example:
        >>> own_name("bert.bert_embedding_lookup.embedding_table")
        ('tinybert_embedding_lookup.embedding_table', 'v1.0')
    """
    bare = re.sub(r"^bert_(?=embedding_|encoder\.)", "tinybert_", _unwrapped(name))
    # Old Hugging Face checkpoints use TensorFlow's names for LayerNorm parameters.
    bare = re.sub(r"LayerNorm\.gamma$", "LayerNorm.weight", bare)
    bare = re.sub(r"LayerNorm\.beta$", "LayerNorm.bias", bare)
    for pattern, layout, template in _KNOWN:
        match = pattern.fullmatch(bare)
        if match:
            return template.format(**match.groupdict()), layout
    return None


def tied_to(name: str) -> str | None:
    """Return the network's parameter that an array in a Hugging Face file repeats; None for any other name."""
    return TIED.get(_unwrapped(name))


def reason_aside(name: str) -> str | None:
    """Return why a name in a checkpoint is not part of the network; None if it may be."""
    for candidate in (name, _unwrapped(name)):
        for pattern, reason in _ASIDE:
            if pattern.fullmatch(candidate):
                return reason
    return None


def layout_of(layouts: Iterable[str]) -> str:
    """Return the layout of a whole file, given the layouts of its names; most names are the same in v1.0 and later."""
    found = set(layouts)
    return next((layout for layout in ("huggingface", "later") if layout in found), "v1.0")


def kind_of_head(name: str) -> Kind | None:
    """Return the kind of task that a head's parameter name in a file implies; None if several kinds are possible."""
    bare = _unwrapped(name)
    kinds = [kind for kind, head in HEADS.items() if bare in head.names or bare in head.names.values()]
    return KINDS[kinds[0]] if len(kinds) == 1 else None


def name_in(layout: str, own: str, kind: Kind) -> str:
    """Return the name of a network parameter in a layout; the reverse of `own_name`.

    Args:
        layout: One of `LAYOUTS`.
        own: The network's own name, without the `bert.` prefix of an encoder inside a task network.
        kind: The kind of task that the file is for.

    Raises:
        CheckpointError: The networks of this package have no parameter of this name.
        ValueError: The layout is unknown.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout is {layout!r}: it must be one of {', '.join(LAYOUTS)}")
    if head_of(own) is not None:
        return HEADS[kind.name].names[own] if layout == "huggingface" else own
    template = re.sub(r"(?<=layers\.)\d+(?=\.)", "{i}", own)
    index = re.search(r"(?<=layers\.)\d+(?=\.)", own)
    row = next((row for row in _ROWS if row[0] == template), None)
    if row is None:
        raise CheckpointError(
            f"{own} is not a parameter of this package's networks: it has no name in the layout {layout}"
        )
    name = row[LAYOUTS.index(layout)].format(i=index.group() if index else "")
    if not kind.has_head:
        return name
    return "bert." + (re.sub("^tinybert_", "bert_", name) if layout == "later" else name)


def wrapper_of(name: str) -> str:
    """Return the prefix that a name got because the network was saved inside other cells."""
    return name.removesuffix(_unwrapped(name))


def _unwrapped(name: str) -> str:
    return _WRAPPED.sub("", name, count=1)
