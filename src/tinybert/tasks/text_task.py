"""What the four task objects share: a model, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from ..text import BertTokenizer
from .loading import load_model
from .model import TaskModel, require_kind

Self = TypeVar("Self", bound="TextTask")


class TextTask:
    """A model with a way to use it on text.

    It never changes after it was made: any number of threads may use one at once. One that was loaded can be pickled;
    it is then loaded again from its source.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model is for another task; says which class uses it.
    """

    kind: ClassVar[str]

    def __init__(self, model: TaskModel) -> None:
        require_kind(model.task, self.kind, model.source)
        self.model = model

    @classmethod
    def from_pretrained(
        cls: type[Self],
        source: str | Path,
        *,
        vocabulary: str | Path | BertTokenizer | None = None,
        do_lower_case: bool | None = None,
        labels: Sequence[str] = (),
        problem: str | None = None,
        **config: Any,
    ) -> Self:
        """Loads the model of a uid, a folder, a name on Hugging Face or a checkpoint file.

        Args:
            source: A module's uid, or the path of its card; a folder that a fine-tuning wrote; a Hugging Face BERT
                folder, or the name of one there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a `.ckpt` or
                `.safetensors` file. A path that exists wins over a uid.
            vocabulary: A `vocab.txt`, a `tokenizer.json`, a folder with one of them, an `hf:` name, or a tokenizer.
                Needed for a file, and for a module whose card declares none.
            do_lower_case: Whether text is lower-cased; by default what card or folder say.
            labels: Names of the head's outputs; by default those of card or folder.
            problem: Of a classifier: `single-label`, `multi-label` or `regression`. By default what the folder says;
                where nothing does, `regression` for one output, else `single-label`.
            **config: Fields of `TinyBertConfig` that take precedence, such as `seq_length`.

        Raises:
            InputError: The source is none of these, its vocabulary is missing or another model's, or the model is for
                another task; says what to do.
            TinyBertError: Something cannot be read, fetched or verified; see the message.
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
