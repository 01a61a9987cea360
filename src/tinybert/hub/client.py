"""The user-facing functions `load`, `load_weights` and `hub_list`, with the official client's signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arguments import describe
from ..compat import require_mindspore
from ..errors import HubArgumentError
from .building import build
from .finding import find_module, known_modules, local_module
from .modules import Module

if TYPE_CHECKING:
    from mindspore import Parameter, nn

SOURCES = ("gitee", "github", "local")


def load(
    name: str,
    *args: Any,
    source: str = "gitee",
    pretrained: bool = True,
    force_reload: bool = False,
    **kwargs: Any,
) -> nn.Cell:
    """Load a module's network with exactly the weights that its card declares.

    Args:
        name: The module's uid, the address of its card, or with `source="local"` the path of its card.
        *args: `is_training`, which the published usage may pass by position.
        source: `gitee`, `github` or `local`. The first two are equivalent: a file is fetched from the address in the
            card and checked against the card's hash.
        pretrained: Whether to load the weights; without them no file is needed.
        force_reload: Whether to fetch a damaged file again at once. A file with the right hash is never fetched again.
        **kwargs: `is_training`, `seq_length`, `compute_type`, `checkpoint`, `return_all_encoders`, and fields of
            `TinyBertConfig`.

    Returns:
        `TinyBertModel`, or a task network if the checkpoint has a head.

    Raises:
        UnknownModuleError: No module has this name; the message lists the closest.
        OfflineError: The weights are missing and cannot be fetched; the message says which file to put where.
        IntegrityError: The file is not the declared one; it was not loaded.
        HubArgumentError: An argument has the wrong type or value.
        TinyBertError: Any other error; see its message.

    Example:
        >>> network = load("mindspore/ascend/1.0/tinybert_v1.0_cn-wiki", is_training=False)
    """
    _check_bools(pretrained=pretrained, force_reload=force_reload)
    module = _module(name, source)
    return build(module, *args, pretrained=pretrained, refetch=force_reload, **kwargs)


def load_weights(name: str, source: str = "gitee", force_reload: bool = False) -> dict[str, Parameter]:
    """Load the parameters of a module's checkpoint.

    Args:
        name: As for `load`.
        source: As for `load`.
        force_reload: As for `load`.

    Returns:
        Parameters by their names in the file.

    Raises:
        TinyBertError: As for `load`.
    """
    require_mindspore()
    from mindspore import Parameter, Tensor

    from ..checkpoint import formats

    _check_bools(force_reload=force_reload)
    module = _module(name, source)
    data = module.checkpoint_bytes(refetch=force_reload)
    arrays = formats.parse(data, module.file_format, str(module.paths.asset))
    return {name: Parameter(Tensor(array), name=name) for name, array in arrays.items()}


def hub_list(version: str | None = None, force_reload: bool = False) -> list[str]:
    """List the names of all modules that can be loaded: the package's own, the published ones and those in the cache.

    Args:
        version: A version to select, such as `1.10` or the official client's `r1.10`; None or `master` for all.
        force_reload: Has no effect: nothing is fetched for the list.

    Returns:
        The names without their folders, sorted, as the official client lists them.

    Raises:
        HubArgumentError: An argument has the wrong type.
    """
    _check_bools(force_reload=force_reload)
    if version is not None and not isinstance(version, str):
        raise HubArgumentError(f"version is {describe(version)}; it must be text such as '1.10', or None for all")
    uids = known_modules()
    if version not in (None, "master"):
        uids = [uid for uid in uids if uid.split("/")[-2] == str(version).removeprefix("r")]
    return sorted({uid.rsplit("/", 1)[-1] for uid in uids})


def _check_bools(**arguments: object) -> None:
    for name, value in arguments.items():
        if not isinstance(value, bool):
            raise HubArgumentError(f"{name} is {describe(value)}; it must be True or False")


def _module(name: str, source: str) -> Module:
    if not isinstance(name, str | Path):
        raise HubArgumentError(f"name is a {type(name).__name__}; it must be a uid, an address or a path")
    if source not in SOURCES:
        raise HubArgumentError(f"source is {source!r}; it must be one of {', '.join(SOURCES)}")
    return local_module(name) if source == "local" else find_module(str(name))
