"""`tinybert convert`: write a model in another layout. Arrays are renamed; no network is built."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..config import TinyBertConfig
from ..counting import counted
from ..errors import InputError
from ..writing import check_writable
from . import options
from .option_values import config_fields

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint, StoredModel

_NOT_WRITTEN = (".bin", ".pt", ".pth", ".h5", ".npz", ".onnx", ".mindir")


class Layout(str, Enum):
    """Naming scheme of the parameters."""

    V1 = "v1.0"
    LATER = "later"
    HUGGINGFACE = "huggingface"
    SENTENCE_TRANSFORMERS = "sentence-transformers"


_FOLDERS = (Layout.HUGGINGFACE, Layout.SENTENCE_TRANSFORMERS)


def convert(
    source: options.Model,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A .ckpt or .safetensors file, or a folder.")],
    layout: Annotated[
        Optional[Layout],  # noqa: UP045
        typer.Option(help="Naming of the parameters. [default: v1.0 for a file, huggingface for a folder]"),
    ] = None,
    encoder: Annotated[bool, typer.Option("--encoder", help="Leave the head out.")] = False,
    config: options.Config = None,
    prefix: options.Prefix = None,
) -> None:
    """Write a model as a checkpoint file, or as a folder for transformers or sentence-transformers.

    Prints what was read and what was left out. A folder gets the vocabulary too, if the source has one.

    Example: tinybert convert tinybert/1.0/tinybert-en my.ckpt
    """
    is_file, chosen = _check_target(target, layout)
    from ..checkpoint import save_checkpoint
    from ..checkpoint.folder import is_model_folder
    from ..hub.lookup import find_stored

    if is_model_folder(target):
        raise InputError(f"{target} holds a model of this package, which would take precedence; choose another folder")
    stored = find_stored(source)
    checkpoint = stored.read(**config_fields(config, prefix))
    if encoder:
        checkpoint = checkpoint.encoder()
    if is_file:
        save_checkpoint(checkpoint, target, layout=chosen.value)
    else:
        _save_folder(checkpoint, target, stored, chosen)
    typer.echo(f"{_summary(checkpoint)}\nwritten: {target}, layout {chosen.value}")
    if is_file:
        typer.echo(_what_is_lost(checkpoint))


def _check_target(target: Path, layout: Layout | None) -> tuple[bool, Layout]:
    """Return whether the target is a file, and its layout; raise if they do not fit or it cannot be written."""
    is_file = target.suffix in (".ckpt", ".safetensors")
    if target.suffix in _NOT_WRITTEN:
        hint = f"{target.suffix} is not written; .ckpt, .safetensors or a folder"
        raise typer.BadParameter(hint, param_hint="TARGET")
    chosen = layout or (Layout.V1 if is_file else Layout.HUGGINGFACE)
    if is_file == (chosen in _FOLDERS):
        hint = "a folder, without an ending" if is_file else "a file, ending in .ckpt or .safetensors"
        raise typer.BadParameter(f"the layout {chosen.value} is {hint}", param_hint="TARGET")
    check_writable(target if is_file else target / "config.json")
    return is_file, chosen


def _save_folder(checkpoint: Checkpoint, folder: Path, stored: StoredModel, layout: Layout) -> None:
    from ..checkpoint import save_huggingface, save_sentence_transformer

    if layout is Layout.SENTENCE_TRANSFORMERS:
        save_sentence_transformer(checkpoint, folder, tokenizer=stored.tokenizer())
    else:
        save_huggingface(checkpoint, folder, tokenizer=None if stored.own_tokenizer is None else stored.tokenizer())


def _summary(checkpoint: Checkpoint) -> str:
    lines = [f"{checkpoint.source}: {counted(len(checkpoint.tensors), 'parameter')} read, layout {checkpoint.layout}"]
    lines += [f"left aside: {count} ({reason})" for reason, count in Counter(checkpoint.left_aside.values()).items()]
    return "\n".join(lines)


def _what_is_lost(checkpoint: Checkpoint) -> str:
    """Return the settings that a checkpoint file cannot store, and that must be given when it is loaded."""
    config, task = checkpoint.config, checkpoint.task
    fields = ["num_attention_heads", "hidden_act", "layer_norm_eps"]
    fields += ["head_act"] if task.facts.has_labels else []
    fields += ["seq_length"] if config.seq_length != TinyBertConfig.seq_length else []
    given = " ".join(f"--config {name}={getattr(config, name)}" for name in fields)
    lines = [f"the file does not hold its vocabulary, nor: {given}"]
    if task.labels:
        lines.append(f"nor its labels: {', '.join(task.labels)}")
    if task.problem == "multi-label":
        lines.append("nor that a text may have several of them")
    return "\n".join(lines)
