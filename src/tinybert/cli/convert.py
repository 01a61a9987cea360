"""`tinybert convert`: a model from one layout to another."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import CheckpointError, InputError
from . import options

if TYPE_CHECKING:
    from ..checkpoint import BindingReport, Checkpoint
    from ..checkpoint.task import Task


_NOT_WRITTEN = (".bin", ".pt", ".pth", ".h5", ".npz", ".onnx", ".mindir")


class Layout(str, Enum):
    """The names of the parameters."""

    V1 = "v1.0"
    LATER = "later"
    HUGGINGFACE = "huggingface"


def convert(
    source: options.Model,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A .ckpt or .safetensors file, or a folder.")],
    layout: Annotated[
        Optional[Layout],  # noqa: UP045
        typer.Option(help="Names of the parameters. [default: of a file v1.0, of a folder huggingface]"),
    ] = None,
    encoder: Annotated[bool, typer.Option("--encoder", help="Leaves the head out.")] = False,
    config: options.Config = None,
) -> None:
    """Writes a model as a checkpoint file or as a Hugging Face folder, and says what was bound and what left aside.

    A folder gets the vocabulary too, where the source has one.

    Example: tinybert convert all-MiniLM-L6-v2 minilm.ckpt
    """
    is_file = target.suffix in (".ckpt", ".safetensors")
    if target.suffix in _NOT_WRITTEN:
        hint = f"{target.suffix} is not written; .ckpt, .safetensors or a folder"
        raise typer.BadParameter(hint, param_hint="TARGET")
    chosen = layout or (Layout.V1 if is_file else Layout.HUGGINGFACE)
    if is_file == (chosen is Layout.HUGGINGFACE):
        hint = "a folder, without an ending" if is_file else "a file, ending in .ckpt or .safetensors"
        raise typer.BadParameter(f"the layout {chosen.value} is {hint}", param_hint="TARGET")
    from .. import TinyBertConfig
    from ..checkpoint import bind, save_checkpoint
    from ..checkpoint.folder import CHECKPOINT
    from ..checkpoint.restore import build_network
    from ..checkpoint.task import Task

    if (target / CHECKPOINT).exists():
        raise InputError(f"{target} holds a model of its own, {CHECKPOINT}, which it would not be any more")
    checkpoint, task, vocabulary = _read(source, options.config_fields(config))
    if encoder:
        checkpoint = checkpoint.encoder()
        task = Task()
    elif chosen is Layout.HUGGINGFACE and task.kind.endswith("classification") and checkpoint.config.head_act != "none":
        raise InputError(
            f"{source} has a ReLU before its head for {task.kind}, as published, and Hugging Face's have none. "
            "Leave it out: --encoder. A head that is fine-tuned with --config head_act=none can be converted"
        )
    network: Any = build_network(
        checkpoint.config, task, checkpoint.num_labels, return_all_encoders=False, pooler=checkpoint.has_pooler
    )
    report = bind(network, checkpoint)
    if is_file:
        save_checkpoint(network, target, layout=chosen.value)
    else:
        _save_folder(network, target, task, vocabulary)
    typer.echo(f"{_summary(report)}\nwritten: {target}, layout {chosen.value}")
    if is_file:
        fields = ["num_attention_heads", "hidden_act", "layer_norm_eps"]
        fields += ["head_act"] if checkpoint.config.head_act != TinyBertConfig.head_act else []
        told = " ".join(f"--config {name}={getattr(checkpoint.config, name)}" for name in fields)
        typer.echo(f"the file does not tell its vocabulary, nor: {told}")
        if task.labels:
            typer.echo(f"nor its labels: {', '.join(task.labels)}")
        if task.problem == "multi-label":
            typer.echo("nor that a text may have several of them")


def _read(source: str, config: dict[str, Any]) -> tuple[Checkpoint, Task, Path | None]:
    """The parameters of a model, what it is for, and where its vocabulary is."""
    from ..checkpoint import parse_checkpoint
    from ..checkpoint.models import read_model
    from ..hub import find_module
    from ..hub.building import task_of
    from ..text.sources import has_vocabulary

    path = Path(source).expanduser()
    if path.exists():
        return (*read_model(path, **config), path if has_vocabulary(path) else None)
    if path.suffix in (".ckpt", ".safetensors"):
        raise CheckpointError(f"{source} does not exist")
    module = find_module(source)
    fields = {**module.config, **config}
    checkpoint = parse_checkpoint(module.checkpoint_bytes(), module.file_format, str(module.paths.asset), **fields)
    return checkpoint, task_of(module, checkpoint.num_labels), module.vocabulary_path()


def _save_folder(network: Any, folder: Path, task: Task, vocabulary: Path | None) -> None:
    from ..checkpoint import save_huggingface
    from ..text import BertTokenizer

    if vocabulary is not None:
        # First: a folder with a tokenizer.json, which would be read instead, is refused before anything is written.
        BertTokenizer.from_file(vocabulary).save(folder)
    save_huggingface(network, folder, task=task)


def _summary(report: BindingReport) -> str:
    """The report without the names of what was bound."""
    lines = [f"{report.source}: {len(report.bound)} parameters bound, layout {report.layout}"]
    lines += [f"left aside: {count} ({reason})" for reason, count in Counter(report.left_aside.values()).items()]
    return "\n".join(lines)
