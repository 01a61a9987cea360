"""The files that sentence-transformers adds to a Hugging Face BERT: pooling, dense layers, length and prompts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

from ..errors import CheckpointError
from ..reading import read_json
from .formats import FORMATS, parse
from .names import some
from .sentence import Dense, SentenceSettings

MODULES = "modules.json"
SENTENCE_CONFIG = "sentence_bert_config.json"
_CONFIG = "config_sentence_transformers.json"
SETTINGS = (MODULES, SENTENCE_CONFIG, _CONFIG)
"""The files that make a Hugging Face folder a sentence-transformers one; module folders are ignored without them."""
_MODES = {
    "cls": "first",
    "max": "max",
    "mean": "mean",
    "mean_sqrt_len_tokens": "mean_sqrt_len",
    "weightedmean": "weighted_mean",
    "lasttoken": "last",
}
"""Our pooling names by theirs, in the order in which several are concatenated."""
_FLAGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
"""What versions before 6 write instead of `pooling_mode`."""
_ACTIVATIONS = {
    "Identity": "identity",
    "Tanh": "tanh",
    "ReLU": "relu",
    "GELU": "gelu_erf",
    "Sigmoid": "sigmoid",
}


class _Module(TypedDict):
    """An entry of `modules.json`."""

    type: str
    path: str


class _Config(TypedDict, total=False):
    prompts: dict[str, str] | None
    default_prompt_name: str | None
    truncate_dim: int | None


class _Length(TypedDict, total=False):
    max_seq_length: int | None


class _Pooling(TypedDict, total=False):
    pooling_mode: str | list[str] | None
    include_prompt: bool


class _Dense(TypedDict, total=False):
    activation_function: str
    bias: bool
    use_residual: bool


class _Vectors(TypedDict, total=False):
    """The names of a module's input and output vectors."""

    module_input_name: str | None
    module_output_name: str | None


_NOTHING = ("Transformer", "Dropout")
_VERSIONS = {"__version__": {"sentence_transformers": "2.7.0", "transformers": "4.41.0", "pytorch": "2.3.0"}}
"""A version that all later ones can read; the files written here have had the same format since."""


def read_sentence_settings(folder: Path) -> SentenceSettings:
    """Read how sentence-transformers computes the vector of a text with the model in a folder.

    Args:
        folder: The folder; without a `modules.json` the vector is the plain mean, as in sentence-transformers.

    Returns:
        The settings. Unsupported features are listed in `refused` rather than raised, since other uses of the model do
        not need them.

    Raises:
        CheckpointError: A file is malformed.
    """
    path = folder / _CONFIG
    config = _settings(path, _Config)
    texts, default = config.get("prompts") or {}, config.get("default_prompt_name")
    if default is not None and default not in texts:
        raise CheckpointError(f"{path}: default_prompt_name is {default!r}, which no prompt has")
    size = config.get("truncate_dim")
    if size is not None and size < 1:
        raise CheckpointError(f"{path}: truncate_dim is {size}; it must be at least 1")
    found: dict[str, Any] = {"prompts": texts, "default_prompt": default, "dense": (), "truncate_dim": size}
    modules = _modules(folder)
    refused = _unlike_ours(folder, modules)
    for kind, place in modules:
        if found.get("normalize") and kind not in _NOTHING:
            refused.append(f"{kind} after Normalize")
        if kind in _READERS:
            _READERS[kind](place, found, refused)
            vectors = _settings(place / "config.json", _Vectors)
            refused += [f"{kind} of {name}" for name in vectors.values() if name not in (None, "sentence_embedding")]
        elif kind not in _NOTHING:
            refused.append(f"a module {kind}")
    if any(texts.values()) and _excludes_prompts(folder):
        refused.append("prompts that are left out of the pooling")
    if refused:  # its layers are never run, so they need not fit together
        return SentenceSettings(**{**found, "dense": ()}, refused=f"{folder}: {', '.join(refused)}")
    return SentenceSettings(**found)


def _settings(path: Path, form: Any) -> Any:
    return read_json(path, form, error=CheckpointError) if path.is_file() else {}


def sentence_length(folder: Path) -> int | None:
    """Return the number of tokens that sentence-transformers truncates texts to; None if the folder does not say."""
    value = _settings(folder / SENTENCE_CONFIG, _Length).get("max_seq_length") or 0
    return value if value >= 3 else None


def sentence_files(settings: SentenceSettings, hidden_size: int, length: int) -> dict[str, bytes]:
    """Return the files that sentence-transformers needs in a Hugging Face folder, by their paths in it.

    Args:
        settings: How the vectors are computed.
        hidden_size: Width of the encoder (H).
        length: Number of tokens that texts are truncated to.

    Raises:
        CheckpointError: The settings use something that sentence-transformers does not support.
    """
    theirs = {ours: name for name, ours in _MODES.items()}
    if "pooled" in settings.pooling:
        raise CheckpointError("sentence-transformers has no pooling by the encoder's pooled output", argument="pooling")
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
    pooling = {flag: theirs_name in {theirs[mode] for mode in settings.pooling} for flag, theirs_name in _FLAGS.items()}
    config: dict[str, Any] = {"prompts": dict(settings.prompts), "default_prompt_name": settings.default_prompt}
    if settings.truncate_dim is not None:
        config["truncate_dim"] = settings.truncate_dim
    files = {
        SENTENCE_CONFIG: _json({"max_seq_length": length, "do_lower_case": False}),
        _CONFIG: _json({**_VERSIONS, **config}),
        "1_Pooling/config.json": _json({"word_embedding_dimension": hidden_size, **pooling, "include_prompt": True}),
    }
    activations = {ours: name for name, ours in _ACTIVATIONS.items()}
    for layer in settings.dense:
        path = f"{len(modules)}_Dense"
        modules.append((path, "Dense"))
        (width, size) = layer.weight.shape
        name = f"torch.nn.modules.{'linear' if layer.activation == 'identity' else 'activation'}"
        values: dict[str, Any] = {"in_features": size, "out_features": width, "bias": layer.bias is not None}
        values["activation_function"] = f"{name}.{activations[layer.activation]}"
        files[f"{path}/config.json"] = _json(values)
        tensors = {"linear.weight": layer.weight} | ({} if layer.bias is None else {"linear.bias": layer.bias})
        files[f"{path}/model.safetensors"] = b"".join(FORMATS["safetensors"].render(tensors))
    if settings.normalize:
        modules.append((f"{len(modules)}_Normalize", "Normalize"))
        files[f"{modules[-1][0]}/config.json"] = _json({})
    entries = [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (path, kind) in enumerate(modules)
    ]
    return {**files, MODULES: _json(entries)}


def _modules(folder: Path) -> list[tuple[str, Path]]:
    path = folder / MODULES
    if not path.is_file():
        return []
    entries = read_json(path, list[_Module], error=CheckpointError)
    for entry in entries:
        if not _is_inside(folder, folder / entry["path"]):
            raise CheckpointError(f"{path} names {entry['path']!r:.60}, which is outside of the folder")
    return [(_kind(entry["type"]), folder / entry["path"]) for entry in entries]


def _is_inside(folder: Path, path: Path) -> bool:
    try:
        path.is_dir()
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a name that no folder can have, or links that lead in a circle
        return False


def _kind(name: str) -> str:
    """Return the short name of a sentence-transformers class; any other class keeps its full name."""
    return name.rsplit(".", 1)[-1] if name.startswith("sentence_transformers.") else name


def _unlike_ours(folder: Path, modules: list[tuple[str, Path]]) -> list[str]:
    """Return the unsupported parts of the module order; supported is the encoder, one pooling, then dense layers."""
    kinds = [kind for kind, _ in modules]
    refused = [f"a {kind} in {path}" for kind, path in modules if kind == "Transformer" and path != folder]
    if kinds and kinds.count("Pooling") != 1:
        refused.append("a second Pooling" if "Pooling" in kinds else "no Pooling")
    if "Pooling" in kinds and "Dense" in kinds[: kinds.index("Pooling")]:
        refused.append("Dense before Pooling")
    return refused


def _read_pooling(path: Path, found: dict[str, Any], refused: list[str]) -> None:
    modes = _settings(path / "config.json", _Pooling).get("pooling_mode")
    if modes is None:
        values = _settings(path / "config.json", dict[str, Any])
        given = [flag for flag, value in values.items() if flag.startswith("pooling_mode_") and value]
        modes = [_FLAGS[flag] for flag in _FLAGS if flag in given] + [flag for flag in given if flag not in _FLAGS]
        if not modes and values.get("pooling_mode_mean_tokens", True):
            modes = ["mean"]
    modes = [modes] if isinstance(modes, str) else modes
    unknown = [mode for mode in modes if mode not in _MODES]
    if unknown or not modes:
        refused.append(f"pooling by {', '.join(unknown) or 'nothing'}")
    else:
        found["pooling"] = tuple(_MODES[mode] for mode in modes)


def _read_dense(path: Path, found: dict[str, Any], refused: list[str]) -> None:
    values = _settings(path / "config.json", _Dense)
    function = values.get("activation_function", "torch.nn.Tanh")
    name = function.rsplit(".", 1)[-1] if function.startswith("torch.") else function
    weights = path / "model.safetensors"
    if name not in _ACTIVATIONS or values.get("use_residual"):
        refused.append(f"a Dense with {'a residual' if values.get('use_residual') else name}")
    elif not weights.is_file():
        refused.append(f"a Dense without {weights.name}; a pickle is not read, since it runs code")
    else:
        tensors = parse(weights.read_bytes(), "safetensors", str(weights))
        names = ["linear.weight"] + ["linear.bias"] * values.get("bias", "linear.bias" in tensors)
        if sorted(tensors) != sorted(names):
            raise CheckpointError(f"{weights} holds {some(list(tensors))}; it should hold {' and '.join(names)}")
        weight, bias = tensors["linear.weight"], tensors.get("linear.bias")
        found["dense"] += (Dense(weight, bias, _ACTIVATIONS[name], str(weights)),)


def _read_normalize(path: Path, found: dict[str, Any], refused: list[str]) -> None:
    del path, refused
    found["normalize"] = True


_READERS: dict[str, Callable[[Path, dict[str, Any], list[str]], None]] = {
    "Pooling": _read_pooling,
    "Dense": _read_dense,
    "Normalize": _read_normalize,
}


def _excludes_prompts(folder: Path) -> bool:
    return any(
        kind == "Pooling" and _settings(path / "config.json", _Pooling).get("include_prompt") is False
        for kind, path in _modules(folder)
    )


def _json(values: Any) -> bytes:
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()
