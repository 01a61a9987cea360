"""Groups of options shared by several commands: a parameter that is a dataclass expands to its fields."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_type_hints

import typer


def grouped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a function with option groups into a command.

    Each field of a group becomes an option with the dataclass's default. The field's annotation defines the option, as
    for any command parameter; for a field without one, the option has the field's name and the help in
    `metadata["help"]`.

    Args:
        command: The function. A parameter that is a dataclass receives an instance built from the options.

    Returns:
        A function with one parameter per option, as typer expects it.
    """
    groups: dict[str, type] = {}
    parameters: list[inspect.Parameter] = []
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        if dataclasses.is_dataclass(hints[name]):
            groups[name] = hints[name]
            parameters += _options(hints[name])
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name]))

    @functools.wraps(command)
    def run(**given: Any) -> Any:
        made = {
            name: group(**{field.name: given.pop(field.name) for field in dataclasses.fields(group)})
            for name, group in groups.items()
        }
        return command(**given, **made)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _options(group: type) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in dataclasses.fields(group):
        kind = hints[field.name]
        if "help" in field.metadata:
            kind = Annotated[kind, typer.Option(help=field.metadata["help"])]
        yield inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=kind)
