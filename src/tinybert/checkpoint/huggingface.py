"""Hugging Face BERT folders (`config.json`, `model.safetensors`), read, and written for `transformers` to open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import TinyBertConfig, check_fields
from ..errors import CheckpointError
from ..writing import replacing
from . import formats
from .reading import Checkpoint, from_tensors
from .saving import named_parameters

if TYPE_CHECKING:
    from ..modeling.heads import TinyBertForQuestionAnswering
    from ..modeling.model import TinyBertModel

CONFIG, WEIGHTS = "config.json", "model.safetensors"
# Hugging Face's `gelu` is the exact form; the tanh form has two names there.
_ACTS = {"gelu": "gelu_erf", "gelu_new": "gelu", "gelu_pytorch_tanh": "gelu", "relu": "relu"}
_ACTS_BACK = {"gelu_erf": "gelu", "gelu": "gelu_pytorch_tanh", "relu": "relu"}
_SAME_NAMES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "max_position_embeddings",
    "type_vocab_size",
    "initializer_range",
    "layer_norm_eps",
)


def read_huggingface(folder: str | Path, **config: Any) -> Checkpoint:
    """Reads the folder of a Hugging Face BERT model.

    Args:
        folder: Holds `config.json` and `model.safetensors`. Pickled weights (`pytorch_model.bin`) are not read: a
            pickle runs code.
        **config: Fields of `TinyBertConfig` that take precedence over `config.json`.

    Raises:
        CheckpointError: A file is missing or malformed, or the model is no BERT.
    """
    check_fields(config)
    folder = Path(folder)
    weights = folder / WEIGHTS
    if not weights.is_file():
        pickled = " (pytorch_model.bin is a pickle, which runs code: save it as safetensors first)"
        hint = pickled if (folder / "pytorch_model.bin").exists() else ""
        raise CheckpointError(f"{folder} holds no {WEIGHTS}{hint}")
    known = {**_read_config(folder / CONFIG), **config}
    return from_tensors(formats.parse(weights.read_bytes(), "safetensors", str(weights)), str(weights), known)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing: it tells heads, activation and LayerNorm epsilon") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON: {error}") from None
    if not isinstance(values, dict) or values.get("model_type") != "bert":
        kind = values.get("model_type") if isinstance(values, dict) else None
        raise CheckpointError(f"{path}: model_type is {kind!r}; only bert can be loaded")
    if values.get("position_embedding_type", "absolute") != "absolute":
        raise CheckpointError(f"{path}: position_embedding_type must be absolute")
    act = values.get("hidden_act", "gelu")
    if not isinstance(act, str) or act not in _ACTS:
        raise CheckpointError(f"{path}: hidden_act is {act!r}; known are {', '.join(_ACTS)}")
    known = {name: values[name] for name in _SAME_NAMES if name in values}
    # transformers' own defaults, for what a config.json may leave out.
    return {"num_attention_heads": 12, "layer_norm_eps": 1e-12, **known, "hidden_act": _ACTS[act]}


def save_huggingface(network: TinyBertModel | TinyBertForQuestionAnswering, folder: str | Path) -> Path:
    """Writes a network as a folder that `transformers` opens as `BertModel` or `BertForQuestionAnswering`.

    Args:
        network: An encoder, or one with a head for questions.
        folder: Is made if need be; `config.json` and `model.safetensors` in it are overwritten, once both are written
            whole.

    Raises:
        CheckpointError: The network has a classification head. Hugging Face's has no ReLU before it and would answer
            differently; save `network.bert`.
    """
    from safetensors.numpy import save_file

    from ..modeling import TinyBertForQuestionAnswering, TinyBertModel

    architectures = {TinyBertModel: "BertModel", TinyBertForQuestionAnswering: "BertForQuestionAnswering"}
    if type(network) not in architectures:
        raise CheckpointError(
            f"{type(network).__name__} has no counterpart at Hugging Face, whose classifiers have no ReLU before the "
            "last layer. Save its encoder: save_huggingface(network.bert, folder)"
        )
    folder = Path(folder).expanduser()
    arrays = {name: np.ascontiguousarray(p.asnumpy()) for name, p in named_parameters(network, "huggingface").items()}
    values = _config_json(network.config, architectures[type(network)])
    with replacing(folder / CONFIG) as config:
        config.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
        save_file(arrays, str(config.with_name(WEIGHTS)), metadata={"format": "pt"})
        # The configuration takes its place first; at no time does it lie beside the weights of others.
        (folder / WEIGHTS).unlink(missing_ok=True)
    return folder


def _config_json(config: TinyBertConfig, architecture: str) -> dict[str, Any]:
    values = {name: getattr(config, name) for name in _SAME_NAMES}
    return {
        "architectures": [architecture],
        "model_type": "bert",
        "hidden_act": _ACTS_BACK[config.hidden_act],
        "position_embedding_type": "absolute",
        "pad_token_id": 0,
        **values,
    }
