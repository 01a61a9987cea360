"""The `config.json` of a Hugging Face BERT: the encoder's configuration and the task of its head."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ..counting import counted
from ..errors import CheckpointError
from ..reading import read_json
from ..task import (
    ENCODER,
    KINDS,
    MASKED_LANGUAGE_MODELING,
    QUESTION_ANSWERING,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
    Task,
)
from .checkpoint import Checkpoint

CONFIG = "config.json"
ARCHITECTURES = {
    ENCODER.name: "BertModel",
    SEQUENCE_CLASSIFICATION.name: "BertForSequenceClassification",
    TOKEN_CLASSIFICATION.name: "BertForTokenClassification",
    QUESTION_ANSWERING.name: "BertForQuestionAnswering",
    MASKED_LANGUAGE_MODELING.name: "BertForMaskedLM",
}
"""The `transformers` class for each kind of task."""
_PROBLEMS = {
    "single_label_classification": "single-label",
    "multi_label_classification": "multi-label",
    "regression": "regression",
}
_PROBLEMS_BACK = {problem: theirs for theirs, problem in _PROBLEMS.items()}
# Hugging Face's `gelu` is the exact form; it has several names for either form.
_ACTS = {
    "gelu": "gelu_erf",
    "gelu_python": "gelu_erf",
    "gelu_new": "gelu",
    "gelu_fast": "gelu",
    "gelu_pytorch_tanh": "gelu",
    "relu": "relu",
}
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
    """Return the fields of `TinyBertConfig` that the folder of a Hugging Face BERT determines.

    Raises:
        CheckpointError: `config.json` is missing or malformed, or the model is not a BERT that can be loaded.
    """
    path = folder / CONFIG
    values = _read(path)
    if not values.get("model_type"):
        raise CheckpointError(f'{path} has no model_type: if the model is a BERT, add "model_type": "bert"')
    if values["model_type"] != "bert":
        raise CheckpointError(f"{path}: model_type is {values.get('model_type')!r}; only bert can be loaded")
    if values.get("position_embedding_type", "absolute") != "absolute":
        raise CheckpointError(f"{path}: position_embedding_type must be absolute")
    if values.get("is_decoder"):
        raise CheckpointError(f"{path}: is_decoder is set: a decoder cannot be loaded as an encoder")
    act = values.get("hidden_act", "gelu")
    if str(act) not in _ACTS:
        raise CheckpointError(f"{path}: hidden_act is {act!r}; known are {', '.join(_ACTS)}")
    known = {name: values[name] for name in _SAME_NAMES if name in values}
    # The defaults of transformers, for fields that a config.json may omit.
    return {"num_attention_heads": 12, "layer_norm_eps": 1e-12, **known, "hidden_act": _ACTS[act]}


def read_task(folder: Path, checkpoint: Checkpoint) -> Task:
    """Read the task of a Hugging Face BERT's head, and its labels.

    If the names in `id2label` do not match the outputs, they are ignored with a warning; the caller can give labels.

    Args:
        folder: The folder with `config.json`.
        checkpoint: Its parameters, with the task as far as their names determine it.

    Raises:
        CheckpointError: `config.json` is malformed.
    """
    told, outputs = checkpoint.task, checkpoint.num_labels
    if outputs is None or not told.facts.has_labels:
        return told
    path = folder / CONFIG
    values = _read(path)
    labels = _labels(path, values.get("id2label"), outputs)
    kinds = {architecture: KINDS[kind] for kind, architecture in ARCHITECTURES.items()}
    named = values.get("architectures")
    known = [kinds[name] for name in map(str, named if isinstance(named, list) else ()) if name in kinds]
    kind = known[0] if known else told.facts
    # The parameters take precedence: a text head needs a pooler.
    kind = kind if checkpoint.has_pooler and kind.has_labels else told.facts
    # Like the pipeline of `transformers`, which applies a sigmoid to a single output without a problem_type.
    usual = "multi-label" if outputs == 1 else told.problem
    problem = kind.usual_problem(outputs) and _PROBLEMS.get(str(values.get("problem_type")), usual)
    return Task(kind.name, () if problem == "regression" else labels, problem)


def config_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the contents of a `config.json` with which `transformers` opens the network.

    Raises:
        CheckpointError: The head applies a ReLU first, which Hugging Face's heads do not.
    """
    config, task, outputs = checkpoint.config, checkpoint.task, checkpoint.num_labels
    values: dict[str, Any] = {
        "architectures": [ARCHITECTURES[task.kind]],
        "model_type": "bert",
        "hidden_act": _ACTS_BACK[config.hidden_act],
        "position_embedding_type": "absolute",
        "pad_token_id": 0,
        **{name: getattr(config, name) for name in _SAME_NAMES},
    }
    if outputs is not None and task.facts.has_labels:
        if config.head_act != "none":  # a question-answering head, which has no labels, has no activation
            raise CheckpointError(
                f"{checkpoint.source} has a ReLU before its head for {task.kind}, as published, and Hugging Face's "
                "heads have none. Leave the head out (Checkpoint.encoder(), or tinybert convert --encoder), or "
                "fine-tune one with head_act='none'"
            )
        labels = task.labels or tuple(map(_usual_label, range(outputs)))
        values["id2label"] = {str(index): label for index, label in enumerate(labels)}
        values["label2id"] = {label: index for index, label in enumerate(labels)}
    if task.problem is not None:
        values["problem_type"] = _PROBLEMS_BACK[task.problem]
    return values


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise CheckpointError(f"{path} is missing: it gives heads, activation and LayerNorm epsilon")
    values: dict[str, Any] = read_json(path, dict[str, Any], error=CheckpointError)
    return values


def _labels(path: Path, names: Any, num_labels: int) -> tuple[str, ...]:
    if names is None:
        return tuple(map(_usual_label, range(num_labels)))
    if isinstance(names, dict) and sorted(names) == sorted(map(str, range(num_labels))):
        labels = tuple(str(names[str(index)]) for index in range(num_labels))
        if len(set(labels)) == num_labels and None not in names.values() and all(map(str.strip, labels)):
            return labels
    warnings.warn(
        f"{path}: id2label does not give each of the head's {counted(num_labels, 'output')} (0 to {num_labels - 1}) a "
        "name of its own; they are numbered unless you give labels",
        stacklevel=2,
    )
    return ()


def _usual_label(index: int) -> str:
    """Return the name that `transformers` gives an output without a label."""
    return f"LABEL_{index}"
