"""Separate the parameters of one network from the other names in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..errors import CheckpointError
from .heads import WORD_EMBEDDINGS, head_of
from .layouts import POOLER_NAMES, own_name, reason_aside, tied_to, wrapper_of


class SortedNames(NamedTuple):
    """The names of a file, sorted into network parameters and the rest.

    Attributes:
        known: For each network parameter in the file: the network's own name and the layout of the file's name.
        left_aside: The other names, with the reason why they are not part of the network.
        copies: For each array that should repeat a network parameter: the network's own name of that parameter.
    """

    known: Mapping[str, tuple[str, str]]
    left_aside: Mapping[str, str]
    copies: Mapping[str, str]


def sort_names(names: Iterable[str], source: str, prefix: str | None = None) -> SortedNames:
    """Find the parameters of the network among the names of a file.

    These are left aside: training state; a copy of the network, or another network, under a further prefix, as
    optimizers and distillation write them; and layers added around a network that has its own prefix.

    Args:
        names: The names in the file.
        source: The file's name, for messages.
        prefix: Prefix of the network's names, if the file holds several networks.

    Raises:
        CheckpointError: No name begins with the prefix, some names are unknown, or the model is a RoBERTa; the message
            lists names.
    """
    known: dict[str, tuple[str, str]] = {}
    aside: dict[str, str] = {}
    copies: dict[str, str] = {}
    rest: list[str] = []
    for name in names:
        if prefix and not name.startswith(prefix):
            aside[name] = f"outside of {prefix!r}"
            continue
        inside = name.removeprefix(prefix or "")
        found, tied = own_name(inside), tied_to(inside)
        if found:
            known[name] = found
        elif tied:
            copies[name] = tied
        elif reason := reason_aside(inside):
            aside[name] = reason
        else:
            rest.append(name)
    if prefix and not known:
        raise CheckpointError(
            f"{source} has no network under the prefix {prefix!r}; {_begin(aside)}", argument="prefix"
        )
    aside |= _beside(rest, known, prefix or "")
    unknown = [name for name in rest if name not in aside]
    if other := next((name for name in [*known, *unknown] if "roberta" in name.split(".")), None):
        raise CheckpointError(
            f"{source} is a RoBERTa ({other}), not a BERT: its parameters have the same names, but its positions "
            "start at another number and its vocabulary is of another kind"
        )
    if unknown:
        raise _unknown(unknown, len(known) + len(aside) + len(unknown), source)
    return SortedNames(known, aside, copies)


def some(names: list[str], most: int = 5) -> str:
    """Return the first few of many names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _beside(rest: list[str], known: Mapping[str, tuple[str, str]], prefix: str) -> dict[str, str]:
    """Return why each of the remaining names is not part of the network; names without a reason are omitted."""
    own = {mine for mine, _ in known.values() if head_of(mine) is None}
    # Any layer may be called `dense`, so pooler and head names alone do not prove a copy.
    copies = {begin for name in rest if (begin := _prefix(name, own - {*POOLER_NAMES}))}
    wrappers = {prefix + wrapper_of(name.removeprefix(prefix)) for name, (mine, _) in known.items() if mine in own}
    around = wrappers.pop() if len(wrappers) == 1 else ""
    reasons = {}
    for name in rest:
        copy = next((begin for begin in copies if name.startswith(begin)), None)
        if copy:
            reasons[name] = f"a copy or another network, under {copy!r}"
        elif around and not name.startswith(around):
            reasons[name] = f"beside the encoder, which is under {around!r}"
    return reasons


def _prefix(name: str, own: Iterable[str]) -> str | None:
    """Return the part of a name before one of the given parameter names; None if it contains none."""
    starts = [index + 1 for index, letter in enumerate(name) if letter == "."]
    for start in starts:
        found = own_name(name[start:])
        if found is not None:
            return name[:start] if found[0] in own else None
    return None


def _unknown(names: list[str], total: int, source: str) -> CheckpointError:
    prefixes = sorted({begin for name in names if (begin := _prefix(name, (WORD_EMBEDDINGS,)))})
    if prefixes:
        return CheckpointError(
            f"{source} holds networks under the prefixes {', '.join(map(repr, prefixes))}: choose one",
            argument="prefix",
            example=prefixes[0],
        )
    return CheckpointError(
        f"{source} is not a TinyBERT or BERT checkpoint: {len(names)} of its {total} names are not known, {some(names)}"
    )


def _begin(names: Iterable[str]) -> str:
    begins = dict.fromkeys(name.split(".")[0] + "." for name in names)
    return f"its names begin with {some([*begins])}"
