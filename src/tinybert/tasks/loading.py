"""A model from wherever it is, ready for text: the hub, a folder, Hugging Face's, a checkpoint file."""

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
from ..hub.lookup import find_stored
from ..runtime.mindspore import MindSporeRuntime
from ..task import Task
from ..text import BertTokenizer
from .model import TaskModel, check_outputs, require_kind


@dataclasses.dataclass(frozen=True)
class ModelDescription:
    """What a model was loaded from: small, to be pickled and loaded again in another process or on another machine.

    Attributes:
        source: As for `load_model`; a name on Hugging Face has the commit that was loaded.
        options: The other arguments of `load_model`.
        hub_dir: The folder of the hub's cache that a uid was found in; None, and where there is no such folder, is the
            one of `get_hub_dir` there.
    """

    source: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    hub_dir: str | None = None

    def load(self) -> TaskModel:
        """Loads the model."""
        hub_dir = self.hub_dir if self.hub_dir and Path(self.hub_dir).is_dir() else None
        return load_model(self.source, hub_dir=hub_dir, **self.options)


def load_model(
    source: str | Path,
    *,
    vocabulary: str | Path | BertTokenizer | None = None,
    do_lower_case: bool | None = None,
    kind: str | None = None,
    labels: Sequence[str] = (),
    problem: str | None = None,
    hub_dir: str | Path | None = None,
    **config: Any,
) -> TaskModel:
    """Loads a network with its weights and its tokenizer, in inference mode.

    Args:
        source: A module's uid, or the path of its card (`.md`); a folder that a fine-tuning or `save_folder` wrote; a
            Hugging Face BERT folder, or the name of one there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a
            `.ckpt` or `.safetensors` file in any published layout. A path that exists wins over a uid.
        vocabulary: A `vocab.txt`, a `tokenizer.json`, a folder with one of them, an `hf:` name, or a tokenizer. Needed
            for a file, and for a module whose card declares none; elsewhere it takes precedence.
        do_lower_case: Whether text is lower-cased; by default what card or folder say.
        kind: What the model must be for, one of `tinybert.task.KINDS`; any has an encoder. None takes what it is. A
            file does not say what its head is for: it is taken for this.
        labels: Names of the head's outputs; by default those of card or folder.
        problem: Of classification: one of `tinybert.task.PROBLEMS`. By default what the folder says; where
            nothing does, `regression` for a head with one output, else `single-label`.
        hub_dir: The folder of the hub's cache in which a uid is looked up; by default the one of `get_hub_dir`.
        **config: Fields of `TinyBertConfig` that take precedence: heads, activation, epsilon, `seq_length`; and the
            `prefix` of the network's names, where a file holds several networks.

    Returns:
        The model, for any of the task objects.

    Raises:
        InputError: The source is none of these, its vocabulary is missing or another model's, or the model is for
            another kind of task; or it is a file with a head, and nobody says what for. Says what to do.
        ConfigError: The labels or the problem do not fit the outputs of the head.
        TinyBertError: Something cannot be read, fetched or verified; see the message.

    Example:
        >>> model = load_model("tinybert.ckpt", vocabulary="vocab.txt")
        >>> Embedder(model)("It snows.").shape
        (384,)
    """
    wanted = None if kind is None else Task(kind)
    check_mindspore()  # what is missing is said before anything is fetched
    vocabulary = pinned(vocabulary)
    hub_dir = str(path_of(hub_dir).absolute()) if hub_dir else str(get_hub_dir())
    stored = find_stored(source, hub_dir=hub_dir)
    if not stored.knows_task and (wanted is None or not wanted.facts.has_labels):
        config.setdefault("head_act", TinyBertConfig.head_act)  # which only matters to heads that have labels
    checkpoint, tokenizer = stored.open(vocabulary, do_lower_case, **config)
    known = checkpoint.task if stored.knows_task else _as_said(checkpoint, wanted)
    if wanted is not None:
        require_kind(known, wanted.kind, stored.name)
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
    # Whoever loads it again gets the same commit, also where the branch has moved on.
    again = stored.name if is_hf_name(source) else _anywhere(str(source))
    description = ModelDescription(again, options, hub_dir)
    return TaskModel(runtime, tokenizer, stored.name, description, checkpoint.sentence)


def _as_said(checkpoint: Checkpoint, wanted: Task | None) -> Task:
    """What a checkpoint file is for: of its head, what somebody says."""
    known = checkpoint.task
    if wanted is None and known.facts.has_head:
        raise InputError(
            f"{checkpoint.source} has a head, and a file does not say what for", argument="kind", example=known.kind
        )
    # An encoder can be asked of a file with a head: the task object takes what it needs.
    if wanted is None or not wanted.facts.has_head:
        return known
    return Task.usual(wanted.kind, checkpoint.num_labels)


def _anywhere(source: Any) -> Any:
    """A path that means the same in any working directory; whatever else was given, such as a uid, as it is."""
    if isinstance(source, str | Path) and exists(path := path_of(source)):
        return str(path.absolute())
    return source
