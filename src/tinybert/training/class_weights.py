"""Class weights for the loss, for data with rare classes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError, InputError
from ..reading import parse_json
from ..task import Task

BALANCED = "balanced"


def as_text(given: str | Mapping[str, float]) -> str:
    """Normalize class weights to the form kept in settings: `balanced`, or a JSON object.

    Args:
        given: `balanced`, or weights by label: as a mapping, as `label=weight,label=weight`, or as a JSON object.

    Raises:
        ConfigError: The value is none of these, or a weight is not a number above 0.
    """
    if given == BALANCED:
        return BALANCED
    values = given if isinstance(given, Mapping) else _parsed(given)
    for label, weight in values.items():
        is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not is_number or not 0 < weight < math.inf:
            raise _wrong(f"the weight of {label!r} is {weight!r}: it must be a number above 0")
    return json.dumps({str(label): float(weight) for label, weight in values.items()}, sort_keys=True)


def check_task(task: Task, weights: str | None) -> None:
    """Raise ConfigError unless the task has classes that can be weighted, and the weights name only its labels."""
    if weights is None:
        return
    if not task.facts.has_labels or task.problem not in (None, "single-label"):
        raise _wrong("class weights are for tagging, and for classification with one label a text")
    unknown = [] if weights == BALANCED else [label for label in json.loads(weights) if label not in task.labels]
    if unknown:
        raise _wrong(f"no label is called {', '.join(map(repr, unknown))}; there are {', '.join(task.labels)}")


def _parsed(text: Any) -> dict[str, Any]:
    form = f"give {BALANCED}, or label=weight,label=weight"
    if not isinstance(text, str):
        raise _wrong(f"they are {text!r}; {form}")
    if text.lstrip().startswith("{"):
        try:
            values = parse_json(text)
        except InputError as error:
            raise _wrong(str(error)) from None
        return dict(values)
    values = {}
    for part in text.split(","):
        label, equals, weight = part.rpartition("=")
        try:
            number = float(weight)
        except ValueError:
            number = math.nan
        if not equals or not label.strip() or math.isnan(number):
            raise _wrong(f"{part!r} is not a label with its weight; {form}")
        if label.strip() in values:
            raise _wrong(f"the label {label.strip()!r} appears twice")
        values[label.strip()] = number
    return values


def _wrong(problem: str) -> ConfigError:
    return ConfigError(f"class weights: {problem}", argument="class_weights", example=BALANCED)
