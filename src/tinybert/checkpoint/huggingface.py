"""Hugging Face BERT folders (`config.json`, `model.safetensors`), read, and written for `transformers` to open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import check_fields
from ..errors import CheckpointError
from ..writing import replacing
from . import formats
from .huggingface_config import CONFIG, config_json, encoder_fields
from .layouts import CLASSIFIER_NAMES
from .reading import Checkpoint, from_tensors
from .restore import task_of_network
from .saving import named_parameters
from .task import Task

if TYPE_CHECKING:
    from ..modeling.network import Network

WEIGHTS = "model.safetensors"


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
    known = {**encoder_fields(folder), **config}
    return from_tensors(formats.parse(weights.read_bytes(), "safetensors", str(weights)), str(weights), known)


def save_huggingface(network: Network, folder: str | Path, *, task: Task | None = None) -> Path:
    """Writes a network as a folder that `transformers` opens.

    Args:
        network: An encoder, or a network for a task.
        folder: Is made if need be; `config.json` and `model.safetensors` in it are overwritten, once both are written
            whole.
        task: What the outputs of a classifier are called, and which problem it solves; by default its own labels, and
            one label a text or, with one output, a number.

    Raises:
        CheckpointError: The network has a ReLU before its head, as published; Hugging Face's has none and would answer
            differently.
    """
    from safetensors.numpy import save_file

    task = task or task_of_network(network)
    classifies = task.kind.endswith("classification")
    if classifies and network.config.head_act != "none":
        raise CheckpointError(
            f"{type(network).__name__} has a ReLU before the last layer, as published, and Hugging Face's has none. "
            "Save its encoder, save_huggingface(network.bert, folder), or train with head_act='none'"
        )
    names = dict(zip(("qa_outputs.weight", "qa_outputs.bias"), CLASSIFIER_NAMES, strict=True)) if classifies else {}
    arrays = {
        names.get(name, name): np.ascontiguousarray(parameter.asnumpy())
        for name, parameter in named_parameters(network, "huggingface").items()
    }
    values = config_json(network.config, task, getattr(network, "num_labels", None))
    folder = Path(folder).expanduser()
    with replacing(folder / CONFIG) as config:
        config.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        save_file(arrays, str(config.with_name(WEIGHTS)), metadata={"format": "pt"})
        # The configuration takes its place first; at no time does it lie beside the weights of others.
        (folder / WEIGHTS).unlink(missing_ok=True)
    return folder
