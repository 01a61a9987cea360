"""The configuration of an encoder (sizes, activation, numerical constants) and the common presets."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from .errors import ConfigError

HIDDEN_ACTS = ("gelu", "gelu_erf", "relu")
HEAD_ACTS = ("relu", "none")
COMPUTE_TYPES = ("float32", "float16")


@dataclasses.dataclass(frozen=True)
class TinyBertConfig:
    """Sizes and constants of a BERT-style encoder. The defaults are those of the published TinyBERT module.

    Args:
        vocab_size: Rows of the word embedding table (V).
        hidden_size: Width of the hidden states (H); a multiple of `num_attention_heads`.
        num_hidden_layers: Number of transformer layers (L).
        num_attention_heads: Attention heads per layer (A).
        intermediate_size: Width of the feed-forward layer.
        hidden_act: `gelu` is the tanh approximation that the published network was trained with, `gelu_erf` the exact
            form (what Hugging Face calls `gelu`), `relu` the rectifier.
        head_act: Activation before the dense layer of a text or token head: `relu` as published, or `none`, which is
            used for Hugging Face folders. A question-answering head has none.
        hidden_dropout_prob: Dropout after embeddings, attention and feed-forward; training only.
        attention_probs_dropout_prob: Dropout of the attention probabilities; training only.
        max_position_embeddings: Rows of the position table, which is the longest possible sequence.
        type_vocab_size: Rows of the segment table.
        initializer_range: Standard deviation of the truncated normal distribution for new weights.
        layer_norm_eps: Added to the variance in LayerNorm. 1e-7 is MindSpore's default, which the published network
            used; Google's and Hugging Face's BERT use 1e-12.
        seq_length: Length that the published data was padded to. The network takes any length up to
            `max_position_embeddings`.
        compute_type: `float32` or `float16` inside the network. None means float16 on Ascend and GPU, float32 on CPU.

    Raises:
        ConfigError: A value is not allowed; the message names the field, the value and the allowed values.

    Example:
        >>> TinyBertConfig(num_hidden_layers=6, hidden_size=768).head_size
        64
    """

    vocab_size: int = 30522
    hidden_size: int = 384
    num_hidden_layers: int = 4
    num_attention_heads: int = 12
    intermediate_size: int = 1536
    hidden_act: str = "gelu"
    head_act: str = "relu"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    layer_norm_eps: float = 1e-7
    seq_length: int = 128
    compute_type: str | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if (
                getattr(value, "shape", None) == ()
            ):  # a number of NumPy's, such as lengths.max(), which JSON could not hold
                value = value.item()
                object.__setattr__(self, field.name, value)
            _CHECKS[field.name](field.name, value)
        if self.hidden_size % self.num_attention_heads:
            raise ConfigError(
                f"hidden_size is {self.hidden_size}: it must be a multiple of num_attention_heads, "
                f"which is {self.num_attention_heads}"
            )
        if self.seq_length > self.max_position_embeddings:
            raise ConfigError(
                f"seq_length is {self.seq_length}: it must be at most max_position_embeddings, "
                f"which is {self.max_position_embeddings}"
            )

    @property
    def head_size(self) -> int:
        """Width of one attention head (D)."""
        return self.hidden_size // self.num_attention_heads

    def replace(self, **changes: Any) -> TinyBertConfig:
        """Return a copy with some fields changed, checked like a new one.

        Args:
            **changes: New values by field name.

        Raises:
            ConfigError: A name is not a field (the message lists the fields), or a value is not allowed.
        """
        check_fields(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as JSON-serializable values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TinyBertConfig:
        """Build a configuration from the output of `to_dict`; missing fields take their defaults.

        Args:
            values: Values by field name.

        Raises:
            ConfigError: A key is not a field, or a value is not allowed.
        """
        check_fields(values)
        return cls(**values)

    @classmethod
    def preset(cls, name: str, **changes: Any) -> TinyBertConfig:
        """Return a common configuration by name.

        Args:
            name: A key of `PRESETS`.
            **changes: Fields to change, by name.

        Raises:
            ConfigError: There is no preset of this name (the message lists the names), or a change is not allowed.

        Example:
            >>> TinyBertConfig.preset("tinybert-6l-768").num_hidden_layers
            6
        """
        if name not in PRESETS:
            raise ConfigError(f"unknown preset {name!r}; known are {', '.join(sorted(PRESETS))}")
        return PRESETS[name].replace(**changes)


def check_fields(values: Mapping[str, Any]) -> None:
    """Raise ConfigError if a key is not a field of `TinyBertConfig`."""
    known = [field.name for field in dataclasses.fields(TinyBertConfig)]
    unknown = [name for name in values if name not in known]
    if unknown:
        raise ConfigError(f"unknown configuration field {', '.join(map(repr, unknown))}; known are {', '.join(known)}")


def _fail(name: str, value: Any, allowed: str) -> None:
    raise ConfigError(f"{name} is {value!r}: {allowed}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _positive_int(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        _fail(name, value, "it must be an integer of at least 1")


def _probability(name: str, value: Any) -> None:
    if not _is_number(value) or not 0 <= value < 1:
        _fail(name, value, "it must be a number of at least 0 and below 1")


def _positive(name: str, value: Any) -> None:
    if not _is_number(value) or value <= 0:
        _fail(name, value, "it must be a number above 0")


def _one_of(choices: tuple[str, ...]) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if value not in choices:
            _fail(name, value, f"it must be one of {', '.join(choices)}")

    return check


def _compute_type(name: str, value: Any) -> None:
    if value is not None and value not in COMPUTE_TYPES:
        _fail(name, value, f"it must be one of {', '.join(COMPUTE_TYPES)}, or None for the device's own")


_CHECKS = {
    "vocab_size": _positive_int,
    "hidden_size": _positive_int,
    "num_hidden_layers": _positive_int,
    "num_attention_heads": _positive_int,
    "intermediate_size": _positive_int,
    "hidden_act": _one_of(HIDDEN_ACTS),
    "head_act": _one_of(HEAD_ACTS),
    "hidden_dropout_prob": _probability,
    "attention_probs_dropout_prob": _probability,
    "max_position_embeddings": _positive_int,
    "type_vocab_size": _positive_int,
    "initializer_range": _positive,
    "layer_norm_eps": _positive,
    "seq_length": _positive_int,
    "compute_type": _compute_type,
}

_PUBLISHED = TinyBertConfig()
_TINYBERT_312 = _PUBLISHED.replace(hidden_size=312, intermediate_size=1200)
_TINYBERT_768 = _PUBLISHED.replace(num_hidden_layers=6, hidden_size=768, intermediate_size=3072)
_HUGGING_FACE = {"hidden_act": "gelu_erf", "head_act": "none", "layer_norm_eps": 1e-12}
_MINILM = _PUBLISHED.replace(num_hidden_layers=6, **_HUGGING_FACE)
_BERT_BASE = _TINYBERT_768.replace(num_hidden_layers=12, **_HUGGING_FACE)
_SIZES = {
    "tinybert-4l-384": _PUBLISHED,
    "tinybert-4l-312": _TINYBERT_312,
    "tinybert-6l-768": _TINYBERT_768,
    "minilm-6l-384": _MINILM,
    "bert-base": _BERT_BASE,
}
CHINESE_VOCAB_SIZE = 21128

PRESETS: Mapping[str, TinyBertConfig] = {
    "published": _PUBLISHED,
    **_SIZES,
    **{f"{name}-chinese": config.replace(vocab_size=CHINESE_VOCAB_SIZE) for name, config in _SIZES.items()},
}
"""Common sizes by name. `published` is the hub module's; `-chinese` has the vocabulary size of Google's Chinese BERT.

Names: `published`; `tinybert-4l-384`, `tinybert-4l-312`, `tinybert-6l-768`, `minilm-6l-384` and `bert-base`, each also
with `-chinese`.
"""
