"""A module: its card, its files, and what both say of its network and its tokenizer."""

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
from .integrity import sha256_text, verified_bytes, verify
from .registry import published

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..checkpoint.sentence import SentenceSettings
    from ..text import BertTokenizer


@dataclasses.dataclass(frozen=True)
class Module:
    """A module: its card, and where its parts lie or belong.

    Attributes:
        uid: Its uid; the name of its card where it was found by the card's path.
        card: Its card.
        paths: Where its parts lie in the cache, whether they are there or not.
    """

    uid: str
    card: Card
    paths: EntryPaths

    @property
    def layout(self) -> str:
        """The layout of the names in its checkpoint: `v1.0`, or `later` for what was published from 1.2 on."""
        twins = [module for module in published().values() if self.card.asset in module.assets]
        return "later" if twins and twins[0].model_version not in ("1.0", "1.1") else "v1.0"

    @property
    def file_format(self) -> str:
        """The real format of its checkpoint: `ckpt`, or `safetensors`, which the hub has no word for."""
        return "safetensors" if str(self.paths.asset).endswith(".safetensors") else "ckpt"

    @property
    def config(self) -> dict[str, Any]:
        """What the card says of the network, as fields of `TinyBertConfig`.

        Raises:
            CardError: The card names a field that does not exist, or a value of the wrong kind.
        """
        return config_fields(self.card.network_config, self.uid)

    @property
    def task(self) -> Task:
        """What the module is for, by its card."""
        return self.task_for(None)

    def task_for(self, outputs: int | None) -> Task:
        """What a network of the module is for, by its card.

        Args:
            outputs: Outputs of the head in its checkpoint (C); None if unknown. Labels of another number are left out,
                with a warning.
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
        """The module's parameters with their configuration and task, fetched if need be.

        Args:
            refetch: As for `checkpoint_bytes`.
            **config: Fields of `TinyBertConfig` that take precedence over those of the card.

        Raises:
            TinyBertError: As for `checkpoint_bytes`, or the file cannot be read.
        """
        from ..checkpoint import parse_checkpoint  # which lists of modules do without

        data = self.checkpoint_bytes(refetch=refetch)
        # A card names what differs from the published networks, whose heads have a ReLU.
        known = {"head_act": TinyBertConfig.head_act, **self.config, **config}
        read = parse_checkpoint(data, self.file_format, str(self.paths.asset), **known)
        task = self.task_for(read.num_labels).fitted(read.num_labels)
        return dataclasses.replace(read, task=task, sentence=self._sentence())

    def _sentence(self) -> SentenceSettings:
        from ..checkpoint.sentence import SentenceSettings

        path = self.paths.sentence
        if path is None:
            return SentenceSettings()
        values = parse_json(self.file_bytes(path), source=str(path), error=CardError)
        return SentenceSettings.from_dict(values, str(path))

    def tokenizer(self, *, do_lower_case: bool | None = None) -> BertTokenizer:
        """The module's tokenizer, of the bytes that were hashed.

        Args:
            do_lower_case: Whether text is lower-cased; None takes what the module says.

        Raises:
            IntegrityError: A file is not the one that the card declares.
            CardError: It is not there, or the card declares none.
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
        """The content of the checkpoint, fetched if need be; what is returned is what was hashed.

        Args:
            refetch: Whether a file in the cache that is not the declared one is fetched again at once. Otherwise it
                is an error, and the next call fetches it.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            DownloadError: It is not there and cannot be fetched; says what to do.
            CheckpointError: It is none, but a `mindir` or the like.
        """
        asset, path = self.card.asset, self.paths.asset
        if asset is None or path is None:
            raise CardError(f"the card of {self.uid} declares no checkpoint; pass pretrained=False")
        if asset.file_format != "ckpt":
            raise CheckpointError(f"{self.uid} is published as {asset.file_format}; only ckpt can be loaded")
        return self.file_bytes(path, refetch=refetch)

    @property
    def hashes(self) -> dict[Path, str]:
        """The declared SHA-256 of each of its data files, by its path in the cache.

        Raises:
            CardError: The card was read with something else in the place of a hash.
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
        """The content of one of its data files. The checkpoint is fetched if need be and it is hosted anywhere.

        Args:
            path: One of `hashes`.
            refetch: As for `checkpoint_bytes`.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            DownloadError: It is not there and cannot be fetched; says what to do.
            CardError: It is not there, and cannot be fetched from anywhere.
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
        """Checks what a card was read with, although no file can be fetched or compared by it."""
        try:
            check(text)
        except ValueError as error:
            raise CardError(f"the file of {self.uid} cannot be obtained from its card: {error}") from None

    def _local_bytes(self, path: Path, sha256: str) -> bytes:
        """What cannot be fetched stays where it is, damaged or not."""
        remedy = (
            f"A module of your own: publish the module again from its source (tinybert hub publish SOURCE {self.uid}). "
            "One of somebody else's: install it again from where it is whole (tinybert hub install URL-OR-FOLDER)."
        )
        if not path.exists():
            raise CardError(f"the card of {self.uid} declares {path}, but it is not there. {remedy}")
        return verified_bytes(path, sha256, quarantine=False, remedy=remedy)

    def vocabulary_path(self) -> Path | None:
        """The vocabulary's file, checked against the card; None where the card declares none.

        Raises:
            IntegrityError: The file is not the one that the card declares.
            CardError: It is not there.
        """
        path = self.paths.vocab
        if path is None or self.card.vocab_sha256 is None:
            return None
        self.file_bytes(path)
        return path


def config_fields(settings: Mapping[str, str], source: str) -> dict[str, Any]:
    """Settings of a card, which are text, as fields of `TinyBertConfig`."""
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
    """Whether a file is the declared one; if not, it is moved aside."""
    try:
        verify(path, sha256)
    except IntegrityError:
        return False
    return True
