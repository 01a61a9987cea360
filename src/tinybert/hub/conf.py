"""The factory behind `hub_conf.py` and `mindspore_hub_conf.py`, which creates a network by name.

The official client executes the conf file in a module's code folder. In the cache, that folder is next to the cards of
the modules that use it: `<folder>/<code>/mindspore_hub_conf.py` and `<folder>/<name>.md`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checkpoint.layouts import name_in
from ..config import TinyBertConfig
from ..errors import CardError, ConfigError, UnknownModuleError
from .building import MODULE_ALIASES, build
from .card import Asset, read_card
from .finding import find_module, local_module
from .modules import Module
from .registry import published

if TYPE_CHECKING:
    from ..modeling.base import Network


def create_network(
    code: Path,
    name: str | bool = "tinybert",
    is_training: bool = False,
    *,
    pretrained: bool = True,
    seq_length: int = TinyBertConfig.seq_length,
    **options: Any,
) -> Network:
    """Create the network of a module, given the name that a client passes.

    Args:
        code: The folder of the conf file, which also holds the module's card, `tinybert.md`.
        name: `tinybert` for that module, or the name of a card next to the folder. A bool is taken as `is_training`.
        is_training: Whether the network starts in training mode, with dropout.
        pretrained: Whether to load the weights. Without them, parameters get their names in the checkpoint, by which
            the official client loads the weights itself.
        seq_length: Length that the data is padded to. The default, taken from the published signature, means the length
            on the module's card.
        **options: As for `build`: `checkpoint`, `compute_type`, `return_all_encoders` and fields of `TinyBertConfig`.

    Raises:
        UnknownModuleError: No network has this name; the message lists the known names.
        ConfigError: A keyword is unknown; the message lists the known ones.
    """
    if isinstance(name, bool):
        is_training, name = name, MODULE_ALIASES[0]
    if not isinstance(name, str):
        raise ConfigError(f"name is a {type(name).__name__}; it must be the name of a network, such as 'tinybert'")
    module = _module(code, name.lower())
    length = None if seq_length == TinyBertConfig.seq_length else seq_length
    network = build(module, is_training, pretrained=pretrained, seq_length=length, **options)
    if not pretrained:
        _name_as_published(module, network)
    return network


def _module(code: Path, name: str) -> Module:
    neighbours = {path.stem.lower(): path for path in sorted(code.parent.glob("*.md"))}
    if name in neighbours and (name not in MODULE_ALIASES or _asset(neighbours[name])):
        return local_module(neighbours[name])
    if name in MODULE_ALIASES:
        return _own_module(code)
    by_name = {uid.rsplit("/", 1)[-1].lower(): uid for uid in published()}
    if name in by_name:
        return find_module(by_name[name])
    known = ", ".join([MODULE_ALIASES[0], *sorted({*neighbours, *by_name})])
    raise UnknownModuleError(f"no network is called {name!r}; known are {known}")


def _own_module(code: Path) -> Module:
    card = read_card(code / "tinybert.md")
    for path in sorted(code.parent.glob("*.md")):
        if _asset(path) == card.asset is not None:
            return local_module(path)  # the code was installed; the file is next to it, whichever cache that is
    uids = [uid for uid, module in published().items() if card.asset == module.asset]
    return find_module(uids[0]) if uids else local_module(code / "tinybert.md")


def _asset(path: Path) -> Asset | None:
    try:
        return read_card(path).asset
    except CardError:
        return None  # for example a README


def _name_as_published(module: Module, network: Network) -> None:
    """Rename parameters to their names in the module's checkpoint, by which the official client loads weights."""
    from ..weights.binding import own_parameters

    for own, parameter in own_parameters(network).items():
        parameter.name = name_in(module.layout, own, network.task.facts)
