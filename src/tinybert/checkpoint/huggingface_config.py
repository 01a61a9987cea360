"""The `config.json` of a Hugging Face BERT: the encoder's configuration, and what its head is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..config import TinyBertConfig
from ..errors import CheckpointError
from .task import Task, usual_problem

CONFIG = "config.json"
ARCHITECTURES = {
    "encoder": "BertModel",
    "sequence-classification": "BertForSequenceClassification",
    "token-classification": "BertForTokenClassification",
    "question-answering": "BertForQuestionAnswering",
}
_PROBLEMS = {
    "single_label_classification": "single-label",
    "multi_label_classification": "multi-label",
    "regression": "regression",
}
_PROBLEMS_BACK = {problem: theirs for theirs, problem in _PROBLEMS.items()}
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


def encoder_fields(folder: Path) -> dict[str, Any]:
    """Fields of `TinyBertConfig` that the folder of a Hugging Face BERT tells.

    Raises:
        CheckpointError: `config.json` is missing or malformed, or the model is no BERT that can be loaded.
    """
    path = folder / CONFIG
    values = _read(path)
    if values.get("model_type") != "bert":
        raise CheckpointError(f"{path}: model_type is {values.get('model_type')!r}; only bert can be loaded")
    if values.get("position_embedding_type", "absolute") != "absolute":
        raise CheckpointError(f"{path}: position_embedding_type must be absolute")
    act = values.get("hidden_act", "gelu")
    if not isinstance(act, str) or act not in _ACTS:
        raise CheckpointError(f"{path}: hidden_act is {act!r}; known are {', '.join(_ACTS)}")
    known = {name: values[name] for name in _SAME_NAMES if name in values}
    # transformers' own defaults, for what a config.json may leave out.
    return {"num_attention_heads": 12, "layer_norm_eps": 1e-12, **known, "hidden_act": _ACTS[act]}


def read_classifier(folder: Path, num_labels: int, *, has_pooler: bool) -> Task:
    """What the classifier of a Hugging Face BERT is for, and what its outputs are called.

    Args:
        folder: Holds `config.json`.
        num_labels: Outputs of the head (C).
        has_pooler: Whether the encoder has one, which a head for texts needs.

    Raises:
        CheckpointError: `config.json` is malformed, or its labels are not as many as the outputs.
    """
    path = folder / CONFIG
    values = _read(path)
    labels = _labels(path, values.get("id2label"), num_labels)
    if not has_pooler or values.get("architectures") == [ARCHITECTURES["token-classification"]]:
        return Task("token-classification", labels)
    problem = _PROBLEMS.get(str(values.get("problem_type")), usual_problem(num_labels))
    return Task("sequence-classification", () if problem == "regression" else labels, problem)


def config_json(config: TinyBertConfig, task: Task, num_labels: int | None) -> dict[str, Any]:
    """The values of a `config.json` with which `transformers` opens a network."""
    values: dict[str, Any] = {
        "architectures": [ARCHITECTURES[task.kind]],
        "model_type": "bert",
        "hidden_act": _ACTS_BACK[config.hidden_act],
        "position_embedding_type": "absolute",
        "pad_token_id": 0,
        **{name: getattr(config, name) for name in _SAME_NAMES},
    }
    if num_labels is not None and task.kind.endswith("classification"):
        labels = task.labels or tuple(map(_usual_label, range(num_labels)))
        values["id2label"] = {str(index): label for index, label in enumerate(labels)}
        values["label2id"] = {label: index for index, label in enumerate(labels)}
    if task.kind == "sequence-classification":
        values["problem_type"] = _PROBLEMS_BACK[task.problem]
    return values


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing: it tells heads, activation and LayerNorm epsilon") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON: {error}") from None
    return values if isinstance(values, dict) else {}


def _labels(path: Path, names: Any, num_labels: int) -> tuple[str, ...]:
    if names is None:
        return tuple(map(_usual_label, range(num_labels)))
    if not isinstance(names, dict) or sorted(names) != sorted(map(str, range(num_labels))):
        raise CheckpointError(f"{path}: id2label must name the head's {num_labels} outputs, 0 to {num_labels - 1}")
    return tuple(str(names[str(index)]) for index in range(num_labels))


def _usual_label(index: int) -> str:
    """What `transformers` calls an output that has no name."""
    return f"LABEL_{index}"
