"""Names of models on the Hugging Face Hub: `hf:OWNER/NAME`, optionally followed by `@REVISION`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..errors import InputError

PREFIX = "hf:"
_PART = r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}")
_REVISION = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._+-]*(?:/[A-Za-z0-9_][A-Za-z0-9._+-]*)*")
_LONGEST = 96
_ADDRESS = "https://huggingface.co/"


@dataclass(frozen=True)
class HfName:
    """The name of a model on the Hugging Face Hub.

    Attributes:
        repository: `OWNER/NAME`.
        revision: A branch, a tag or a commit; None for the newest.
    """

    repository: str
    revision: str | None = None

    @classmethod
    def parse(cls, name: str) -> HfName:
        """Parse `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`.

        Raises:
            InputError: It is not such a name; the message describes the form.

        Examples:
            >>> HfName.parse("hf:sentence-transformers/all-MiniLM-L6-v2@main").revision
            'main'
        """
        repository, at, revision = name.removeprefix(PREFIX).partition("@")
        if not _is_repository(repository) or (at and not _REVISION.fullmatch(revision)):
            raise InputError(
                f"{name!r} is not the name of a model on Hugging Face: give {PREFIX}OWNER/NAME or "
                f"{PREFIX}OWNER/NAME@REVISION, such as {PREFIX}sentence-transformers/all-MiniLM-L6-v2@main"
            )
        return cls(repository, revision or None)

    def at(self, revision: str) -> HfName:
        """Return the same model at another revision."""
        return HfName(self.repository, revision)

    def __str__(self) -> str:
        return f"{PREFIX}{self.repository}" + (f"@{self.revision}" if self.revision else "")


def is_hf_name(source: Any) -> bool:
    """Return whether a source is a name on Hugging Face. A `Path` never is: `Path("hf:a")` is a file of that name."""
    return isinstance(source, str) and source.startswith(PREFIX)


def suggestion(source: str) -> str:
    """Return the `hf:` name that `OWNER/NAME` or the address of a model's page stands for; empty if none."""
    repository = source.removeprefix(_ADDRESS).rstrip("/")
    return f"{PREFIX}{repository}" if _is_repository(repository) else ""


def _is_repository(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_REPOSITORY.fullmatch(text))
