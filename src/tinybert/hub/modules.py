"""A module: its card, its files, and the network and tokenizer that they define."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import TinyBertConfig, check_fields
from ..counting import counted
from ..errors import CardError, CheckpointError, ConfigError, IntegrityError
from ..reading import parse_json
from ..task import Task
from .addresses import https_link
from .cache import EntryPaths
from .card import Card
from .fetch import fetch
from .included import included_card
from .integrity import sha256_text, verified_bytes, verify
from .registry import published

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..checkpoint.sentence import SentenceSettings
    from ..text import BertTokenizer


@dataclasses.dataclass(frozen=True)
class Module:
    """A module: its card and the paths of its parts.

    Attributes:
        uid: Its uid, or the name of its card if it was found by the card's path.
        card: Its card.
        paths: The paths of its parts in the cache, whether or not they exist.
    """

    uid: str
    card: Card
    paths: EntryPaths

    @property
    def layout(self) -> str:
        """The layout of the names in its checkpoint: `v1.0`, or `later` for modules published from version 1.2 on."""
        twins = [module for module in published().values() if self.card.asset in module.assets]
        return "later" if twins and twins[0].model_version not in ("1.0", "1.1") else "v1.0"

    @property
    def file_format(self) -> str:
        """The actual format of its checkpoint: `ckpt`, or `safetensors`, for which the hub has no name."""
        return "safetensors" if str(self.paths.asset).endswith(".safetensors") else "ckpt"

    @property
    def config(self) -> dict[str, Any]:
        """The network settings on the card, as fields of `TinyBertConfig`.

        Raises:
            CardError: The card has an unknown field or a value of the wrong type.
        """
        return config_fields(self.card.network_config, self.uid)

    @property
    def task(self) -> Task:
        """The task of the module according to its card."""
        return self.task_for(None)

    def task_for(self, outputs: int | None) -> Task:
        """Return the task on the card for a network with the given number of outputs.

        Args:
            outputs: Number of head outputs in the checkpoint (C); None if unknown. If the card has a different number
                of labels, they are dropped with a warning.
        """
        card, labels = self.card, self.card.labels
        if labels and outputs is not None and len(labels) != outputs:
            warnings.warn(
                f"{self.uid}: the card names {counted(len(labels), 'label')}, but the checkpoint has {outputs}; "
                "they are numbered instead",
                stacklevel=2,
            )
            labels = ()
        kind = Task(card.task).facts
        problem = card.problem if kind.problems else None
        return Task(kind.name, labels if kind.has_labels else (), problem or kind.usual_problem(outputs))

    def checkpoint(self, *, refetch: bool = False, **config: Any) -> Checkpoint:
        """Read the module's parameters with their configuration and task; fetch the file if necessary.

        Args:
            refetch: As for `checkpoint_bytes`.
            **config: Fields of `TinyBertConfig` that take precedence over the card's.

        Raises:
            TinyBertError: As for `checkpoint_bytes`, or the file cannot be read.
        """
        from ..checkpoint import parse_checkpoint  # not needed to list modules

        data = self.checkpoint_bytes(refetch=refetch)
        # A card lists only differences from the published networks, whose heads have a ReLU.
        known = {"head_act": TinyBertConfig.head_act, **self.config, **config}
        read = parse_checkpoint(data, self.file_format, str(self.paths.asset), **known)
        return dataclasses.replace(read.fitted(self.task_for(read.num_labels)), sentence=self._sentence())

    def _sentence(self) -> SentenceSettings:
        from ..checkpoint.sentence import SentenceSettings

        path = self.paths.sentence
        if path is None:
            return SentenceSettings()
        values = parse_json(self.file_bytes(path), source=str(path), error=CardError)
        return SentenceSettings.from_dict(values, str(path))

    def tokenizer(self, *, do_lower_case: bool | None = None) -> BertTokenizer:
        """Build the module's tokenizer from the verified bytes of its file.

        Args:
            do_lower_case: Whether text is lower-cased; None uses the module's setting.

        Raises:
            IntegrityError: A file is not the one that the card declares.
            CardError: The file is missing, or the card declares none.
        """
        from ..text import BertTokenizer
        from ..text.vocabulary_files import parse_vocabulary

        path = self.paths.tokenizer or self.paths.vocab
        if path is None:
            raise CardError(f"the card of {self.uid} declares no vocabulary")
        known = self.card.do_lower_case if path == self.paths.vocab else None
        length = self.card.model_max_length
        return BertTokenizer(
            parse_vocabulary(
                self.file_bytes(path),
                path,
                do_lower_case=known if do_lower_case is None else do_lower_case,
                model_max_length=None if length is None else int(length),
            )
        )

    def checkpoint_bytes(self, *, refetch: bool = False) -> bytes:
        """Return the verified content of the checkpoint; fetch the file if necessary.

        Args:
            refetch: Whether to fetch the file again at once if the cached one is not the declared one. Otherwise that
                is an error, and the next call fetches it.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            DownloadError: The file is missing and cannot be fetched; the message says what to do.
            CardError: The card declares no checkpoint.
            CheckpointError: The file is not a checkpoint but, for example, a `mindir`.
        """
        asset, path = self.card.asset, self.paths.asset
        if asset is None or path is None:
            raise CardError(f"the card of {self.uid} declares no checkpoint; pass pretrained=False")
        if asset.file_format != "ckpt":
            raise CheckpointError(f"{self.uid} is published as {asset.file_format}; only ckpt can be loaded")
        return self.file_bytes(path, refetch=refetch)

    @property
    def hashes(self) -> dict[Path, str]:
        """The declared SHA-256 of each data file, by its path in the cache.

        Raises:
            CardError: The card has a value that is not a SHA-256.
        """
        declared = {}
        if self.paths.asset is not None and self.card.asset is not None:
            declared[self.paths.asset] = self.card.asset.sha256
        card, paths = self.card, self.paths
        for path, sha256 in (
            (paths.vocab, card.vocab_sha256),
            (paths.tokenizer, card.tokenizer_sha256),
            (paths.sentence, card.sentence_sha256),
        ):
            if path is not None and sha256 is not None:
                declared[path] = sha256
        for sha256 in declared.values():
            self._check(sha256_text, sha256)
        return declared

    def file_bytes(self, path: Path, *, refetch: bool = False) -> bytes:
        """Return the verified content of a data file. A missing checkpoint is fetched if it has an address.

        Args:
            path: A key of `hashes`.
            refetch: As for `checkpoint_bytes`.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            DownloadError: The file is missing and cannot be fetched; the message says what to do.
            CardError: The file is missing and has no address to fetch it from.
        """
        sha256, asset = self.hashes[path], self.card.asset
        if asset is None or path != self.paths.asset or not asset.hosted:
            return self._local_bytes(path, sha256)
        self._check(https_link, asset.link)
        if refetch and path.exists():
            verify_or_set_aside(path, sha256)
        if not path.exists():
            fetch(asset.link, path, sha256, uid=self.uid)
        return verified_bytes(path, sha256)

    def _check(self, check: Callable[[str], str], text: str) -> None:
        """Raise CardError if a value that was read from the card cannot be used to fetch or compare a file."""
        try:
            check(text)
        except ValueError as error:
            raise CardError(f"the file of {self.uid} cannot be obtained from its card: {error}") from None

    def _local_bytes(self, path: Path, sha256: str) -> bytes:
        """Return the verified content of a file that cannot be fetched; it is not moved even if damaged."""
        remedy = (
            f"A module of your own: publish the module again from its source (tinybert hub publish SOURCE {self.uid}). "
            "One of somebody else's: install it again from where it is whole (tinybert hub install URL-OR-FOLDER)."
        )
        if self.paths.card == included_card(self.uid):
            remedy = "It is part of this package: install the package again."
        if not path.exists():
            raise CardError(f"the card of {self.uid} declares {path}, but it is not there. {remedy}")
        return verified_bytes(path, sha256, quarantine=False, remedy=remedy)

    def vocabulary_path(self) -> Path | None:
        """Return the path of the vocabulary, checked against the card; None if the card declares none.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            CardError: The file is missing.
        """
        path = self.paths.vocab
        if path is None or self.card.vocab_sha256 is None:
            return None
        self.file_bytes(path)
        return path


def config_fields(settings: Mapping[str, str], source: str) -> dict[str, Any]:
    """Convert the settings on a card, which are text, to fields of `TinyBertConfig`."""
    try:
        check_fields(settings)
    except ConfigError as error:
        raise CardError(f"the card of {source}: {error}") from None
    kinds: dict[str, type] = {name: type(value) for name, value in TinyBertConfig().to_dict().items()}
    values: dict[str, Any] = {}
    for name, text in settings.items():
        kind = kinds[name] if kinds[name] in (int, float) else str
        try:
            values[name] = kind(text)
        except ValueError:
            raise CardError(f"the card of {source}: {name} is {text!r}, but it must be a number") from None
    return values


def verify_or_set_aside(path: Path, sha256: str) -> bool:
    """Return whether a file has the declared hash; move it aside if not."""
    try:
        verify(path, sha256)
    except IntegrityError:
        return False
    return True
