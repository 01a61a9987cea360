"""The module's entry point: `create_network` builds TinyBERT with the weights that `tinybert.md` declares."""

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_CODE = Path(__file__).resolve().parent


def create_network(
    name: str | bool = "tinybert",
    is_training: bool = False,
    *,
    pretrained: bool = True,
    checkpoint: str | None = None,
    seq_length: int = 128,
    compute_type: Any = None,
    return_all_encoders: bool = True,
    **config: Any,
) -> Any:
    """Builds a network of this module.

    Args:
        name: `tinybert`, or the name of a card beside this folder. A bool is taken as `is_training`.
        is_training: Starts in training mode, with dropout.
        pretrained: Whether the weights are bound. Their SHA-256 is checked against the card at every call.
        checkpoint: A checkpoint file or Hugging Face folder to use instead of the declared one.
        seq_length: Length that the data is padded to; the network takes any up to its positions.
        compute_type: `float32` or `float16`; None takes float16 on Ascend and GPU, float32 on CPU.
        return_all_encoders: Whether hidden states and attention scores are returned too.
        **config: Further fields of `TinyBertConfig`.

    Returns:
        `TinyBertModel`, or a task network where the checkpoint has a head.

    Raises:
        TinyBertError: The name or a keyword is not known, or the weights cannot be had; the message says what to do.

    Example:
        >>> network = create_network(is_training=False)
    """
    return _package().hub.conf.create_network(
        _CODE,
        name,
        is_training,
        pretrained=pretrained,
        checkpoint=checkpoint,
        seq_length=seq_length,
        compute_type=compute_type,
        return_all_encoders=return_all_encoders,
        **config,
    )


def _package() -> ModuleType:
    """The package in this folder, under a name of its own: several modules may be loaded into one process."""
    init = _CODE / "src" / "tinybert" / "__init__.py"
    name = "tinybert_" + hashlib.sha256(str(init).encode()).hexdigest()[:12]
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(init.parent)])
        package = importlib.util.module_from_spec(spec)
        sys.modules[name] = package  # before it is executed: its parts import it by this name
        try:
            spec.loader.exec_module(package)
            importlib.import_module(".hub.conf", name)
        except BaseException:
            for part in [part for part in sys.modules if part == name or part.startswith(name + ".")]:
                del sys.modules[part]
            raise
    return sys.modules[name]
