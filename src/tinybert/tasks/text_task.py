"""Base class of the task objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from ..hub.included import DEFAULT_MODEL
from ..text import BertTokenizer
from .loading import load_model
from .model import TaskModel, require_kind

Self = TypeVar("Self", bound="TextTask")


class TextTask:
    """Base class of task objects, which apply a model to text.

    Task objects are immutable and may be used by any number of threads at once. One that was loaded can be pickled;
    unpickling loads the model again from its source.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model is for another task; the message names the class to use.
    """

    kind: ClassVar[str]

    def __init__(self, model: TaskModel) -> None:
        require_kind(model.task, self.kind, model.source)
        self.model = model

    @classmethod
    def from_pretrained(
        cls: type[Self],
        source: str | Path = DEFAULT_MODEL,
        *,
        vocabulary: str | Path | BertTokenizer | None = None,
        do_lower_case: bool | None = None,
        labels: Sequence[str] = (),
        problem: str | None = None,
        **config: Any,
    ) -> Self:
        """Load a model from a uid, a folder, a name on Hugging Face or a checkpoint file.

        Args:
            source: A module's uid, or the path of its card; a folder written by fine-tuning; a Hugging Face BERT
                folder, or the name of a model there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a `.ckpt` or
                `.safetensors` file. An existing path takes precedence over a uid. By default the model that comes with
                the package, an English encoder: `Embedder` can use it as it is.
            vocabulary: A `vocab.txt`, a `tokenizer.json`, a folder with one of them, an `hf:` name, or a tokenizer.
                Required for a file, and for a module whose card declares none; otherwise it overrides the source's own.
            do_lower_case: Whether to lower-case text; by default as the card or folder specifies.
            labels: Names of the head's outputs; by default those of the card or folder.
            problem: For a classifier, `single-label`, `multi-label` or `regression`. By default as the folder
                specifies, otherwise `regression` for one output and `single-label` for several.
            **config: Fields of `TinyBertConfig` to override, such as `seq_length`.

        Raises:
            InputError: The source is none of these, its vocabulary is missing or belongs to another model, or the model
                is for another task; the message says what to do.
            TinyBertError: A file cannot be read, downloaded or verified; see the message.
        """
        model = load_model(
            source,
            vocabulary=vocabulary,
            do_lower_case=do_lower_case,
            kind=cls.kind,
            labels=labels,
            problem=problem,
            **config,
        )
        return cls(model)

    def __copy__(self: Self) -> Self:
        same = object.__new__(type(self))
        same.__dict__.update(self.__dict__)
        return same

    def __reduce__(self) -> Any:
        return type(self), (self.model,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model.source!r})"
