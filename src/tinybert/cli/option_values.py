"""What the user gave for an option or an argument, turned into what the package takes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..arguments import exists
from ..errors import InputError
from ..hub.included import DEFAULT_MODEL
from ..reading import parse_json

if TYPE_CHECKING:
    from ..data.columns import Column

_MODEL_FILES = (".ckpt", ".safetensors", ".md", ".bin", ".pt", ".pth", ".onnx", ".mindir", ".h5", ".npy", ".npz")
"""Endings of files that are no text: checkpoints, cards, and what people take for a model."""
_TEXT_FILES = (".txt", ".csv", ".tsv", ".jsonl")


def config_fields(settings: list[str] | None, prefix: str | None = None) -> dict[str, Any]:
    """Parse NAME=VALUE settings into fields of `TinyBertConfig`; adds `prefix` if one is given."""
    fields: dict[str, Any] = {} if prefix is None else {"prefix": prefix}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"--config {setting}: give NAME=VALUE, such as hidden_act=gelu_erf")
        try:
            fields[name] = parse_json(value)
        except InputError:  # a string, given without quotes
            fields[name] = value
    return fields


def label_names(given: str, argument: str = "labels") -> tuple[str, ...]:
    """Return label names from a file, one per line, or from a comma-separated list.

    Args:
        given: The file, or the list.
        argument: The name of the argument that they are for, for errors.

    Raises:
        InputError: A name is empty, or the file does not exist.
    """
    path = Path(given)
    if exists(path) and path.is_file():
        from ..data.text_lines import numbered_lines, place

        found = [(place(given, number), text.strip()) for number, text in numbered_lines(given)]
        while len(found) > 1 and not found[-1][1]:  # empty lines at the end
            found.pop()
    elif "," not in given and (path.suffix or len(path.parts) > 1):
        raise InputError(f"the file of labels {given} does not exist", argument=argument, example="NAME,NAME")
    else:
        found = [(given, name.strip()) for name in given.split(",")]
    for where, name in found or [(given, "")]:
        if not name:
            raise InputError(f"{where}: the label is empty", argument=argument, example="NAME,NAME")
    return tuple(name for _, name in found)


def model_and_input(model: str, input_: str | None) -> tuple[str, str]:
    """Return the model and the input, where the model may be left out.

    Args:
        model: The first argument; the input if it is `-` or a file that cannot be a model, and there is no second.
        input_: The second argument; None if it was not given.
    """
    is_file = os.path.exists(model) and not os.path.isdir(model)
    is_text = model == "-" or (is_file and not model.lower().endswith(_MODEL_FILES))
    if input_ is None and is_text:
        return DEFAULT_MODEL, model
    if input_ is None and model.lower().endswith(_TEXT_FILES):
        raise InputError(f"{model} does not exist")
    return model, "-" if input_ is None else input_


@overload
def column(given: str) -> Column: ...


@overload
def column(given: str | None) -> Column | None: ...


def column(given: str | None) -> Column | None:
    """Return a column's name, or its index if only digits were given."""
    return int(given) if given is not None and re.fullmatch("[0-9]{1,9}", given) else given
