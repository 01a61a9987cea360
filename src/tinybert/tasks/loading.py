"""Loading of models from the hub, a folder, Hugging Face or a checkpoint file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..arguments import exists, path_of
from ..checkpoint import Checkpoint
from ..compat import check_mindspore
from ..config import TinyBertConfig
from ..errors import InputError
from ..hf import is_hf_name, pinned
from ..hub.environment import get_hub_dir
from ..hub.included import DEFAULT_MODEL
from ..hub.lookup import find_stored
from ..runtime.mindspore import MindSporeRuntime
from ..task import KINDS, Task
from ..text import BertTokenizer
from .model import TaskModel, check_outputs, require_kind


@dataclasses.dataclass(frozen=True)
class ModelDescription:
    """Description of a model's origin, small enough to pickle, for loading it in another process or machine.

    Attributes:
        source: As for `load_model`; a name on Hugging Face includes the commit that was loaded.
        options: The other arguments of `load_model`.
        hub_dir: Cache folder of the hub in which the uid was found; if None or missing on the loading machine,
            `get_hub_dir` is used there.
    """

    source: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    hub_dir: str | None = None

    def load(self) -> TaskModel:
        """Load the model."""
        hub_dir = self.hub_dir if self.hub_dir and Path(self.hub_dir).is_dir() else None
        return load_model(self.source, hub_dir=hub_dir, **self.options)


def load_model(
    source: str | Path = DEFAULT_MODEL,
    *,
    vocabulary: str | Path | BertTokenizer | None = None,
    do_lower_case: bool | None = None,
    kind: str | None = None,
    labels: Sequence[str] = (),
    problem: str | None = None,
    hub_dir: str | Path | None = None,
    **config: Any,
) -> TaskModel:
    """Load a network with its weights and tokenizer, in inference mode.

    Args:
        source: A module's uid, or the path of its card (`.md`); a folder written by fine-tuning or `save_folder`; a
            Hugging Face BERT folder, or the name of a model there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a
            `.ckpt` or `.safetensors` file in any published layout. An existing path takes precedence over a uid. By
            default the model that comes with the package, an English encoder.
        vocabulary: A `vocab.txt`, a `tokenizer.json`, a folder with one of them, an `hf:` name, or a tokenizer.
            Required for a file, and for a module whose card declares none; otherwise it overrides the source's own.
        do_lower_case: Whether to lower-case text; by default as the card or folder specifies.
        kind: The required kind of task, one of `tinybert.task.KINDS`; None accepts any. Every model can serve as an
            encoder. A checkpoint file does not record the purpose of its head, so this determines it.
        labels: Names of the head's outputs; by default those of the card or folder.
        problem: For classification, one of `tinybert.task.PROBLEMS`. By default as the folder specifies, otherwise
            `regression` for a head with one output and `single-label` for others.
        hub_dir: Cache folder of the hub in which to look up a uid; by default that of `get_hub_dir`.
        **config: Fields of `TinyBertConfig` to override, such as `seq_length`, the number of heads, activation or
            epsilon; also `prefix`, the name prefix of the network in a file with several networks.

    Returns:
        The model, for any of the task objects.

    Raises:
        InputError: The source is none of these, its vocabulary is missing or belongs to another model, the model is for
            another kind of task, or the source is a file with a head and `kind` is missing. The message says what to
            do.
        ConfigError: The labels or the problem do not fit the outputs of the head.
        TinyBertError: A file cannot be read, downloaded or verified; see the message.

    Example:
        >>> model = load_model("tinybert.ckpt", vocabulary="vocab.txt")
        >>> Embedder(model)("It snows.").shape
        (384,)
    """
    wanted = None if kind is None else Task(kind)
    check_mindspore()  # report a missing installation before downloading anything
    vocabulary = pinned(vocabulary)
    hub_dir = str(path_of(hub_dir).absolute()) if hub_dir else str(get_hub_dir())
    stored = find_stored(source, hub_dir=hub_dir)
    if not stored.knows_task and (wanted is None or not wanted.facts.has_labels):
        config.setdefault("head_act", TinyBertConfig.head_act)  # only matters for heads with labels
    checkpoint, tokenizer = stored.open(vocabulary, do_lower_case, **config)
    known = checkpoint.task if stored.knows_task else _as_said(checkpoint, wanted)
    if wanted is not None:
        require_kind(known, wanted.kind, stored.name, checkpoint.why_no_head(wanted.facts))
    task = known.changed(labels=labels, problem=problem)
    check_outputs(task, checkpoint.num_labels, stored.name)
    runtime = MindSporeRuntime.of_checkpoint(dataclasses.replace(checkpoint, task=task))
    options = {
        "vocabulary": _anywhere(vocabulary),
        "do_lower_case": do_lower_case,
        "kind": kind,
        "labels": labels,
        "problem": problem,
        **config,
    }
    # Loading it again gets the same commit, even if the branch has moved on.
    again = stored.name if is_hf_name(source) else _anywhere(str(source))
    description = ModelDescription(again, options, hub_dir)
    return TaskModel(runtime, tokenizer, stored.name, description, checkpoint.sentence)


def _as_said(checkpoint: Checkpoint, wanted: Task | None) -> Task:
    """Return the task of a checkpoint file, using the caller's kind for its head."""
    known = checkpoint.task
    kinds = [kind for kind in KINDS.values() if kind.head == known.facts.head]
    if wanted is None and len(kinds) > 1:
        raise InputError(
            f"{checkpoint.source} has a head, and a file does not say what for", argument="kind", example=known.kind
        )
    # A file with a head can be used as an encoder too.
    if wanted is None or not wanted.facts.has_head:
        return known
    return Task.usual(wanted.kind, checkpoint.head, checkpoint.num_labels)


def _anywhere(source: Any) -> Any:
    """Return an existing path as absolute; return anything else, such as a uid, unchanged."""
    if isinstance(source, str | Path) and exists(path := path_of(source)):
        return str(path.absolute())
    return source
