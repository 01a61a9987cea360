"""The hub's cache, in the layout of the official client.

For the module `mindspore/ascend/1.0/tinybert_v1.0_cn-wiki`, the folder `mindspore/ascend/1.0` holds the card
`tinybert_v1.0_cn-wiki.md`, the code folder and the asset, the latter two named after the end of their addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..arguments import path_of
from ..errors import UnsafePathError
from .card import Asset, Card
from .environment import get_hub_dir
from .safe_names import asset_name, folded, plain_name
from .uids import parse_uid


@dataclass(frozen=True)
class EntryPaths:
    """The paths of a module's parts in the cache, whether or not they exist.

    Attributes:
        folder: The folder that holds all of them, and the parts of neighbouring modules.
        card: The card.
        code: The folder with the module's code.
        asset: The checkpoint; None if the card declares none.
        vocab: The vocabulary; None if the card declares none.
        tokenizer: The `tokenizer.json`; None if the card declares none.
        sentence: The settings for the vector of a text; None if the card declares none.
    """

    folder: Path
    card: Path
    code: Path
    asset: Path | None
    vocab: Path | None
    tokenizer: Path | None = None
    sentence: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The data files that the card declares: checkpoint, vocabulary, tokenizer, sentence settings."""
        return tuple(path for path in (self.asset, self.vocab, self.tokenizer, self.sentence) if path is not None)


class HubCache:
    """A cache in a folder.

    Args:
        root: The folder; None for the one that `get_hub_dir` returns.

    Examples:
        >>> HubCache("/data/hub").card_path("mindspore/1.3/lenet_mnist").as_posix()
        '/data/hub/mindspore/1.3/lenet_mnist.md'
    """

    def __init__(self, root: str | Path | None = None) -> None:
        root = get_hub_dir() if root is None else path_of(root)
        try:
            self.root = root.resolve()
        except (OSError, RuntimeError):  # RuntimeError before Python 3.13
            raise UnsafePathError(f"the cache {root} is a symbolic link that leads nowhere; choose another") from None

    def card_path(self, uid: str) -> Path:
        """Return the path of a module's card.

        Raises:
            UnsafePathError: The uid is invalid, or the path leads out of the cache.
        """
        *folders, name = parse_uid(uid).split("/")
        return self._inside(self.root.joinpath(*folders, f"{name}.md"))

    def entry(self, uid: str, card: Card, asset: Asset | None = None) -> EntryPaths:
        """Return the paths of a module's parts.

        Args:
            uid: The module's uid.
            card: Its card.
            asset: Which of the card's files to use; None for the one that is loaded, `card.asset`.

        Raises:
            UnsafePathError: A path leads out of the cache, possibly through a symbolic link, or two parts have the same
                name.
        """
        return self.entry_at(self.card_path(uid), card, asset)

    def entry_at(self, card_path: Path, card: Card, asset: Asset | None = None) -> EntryPaths:
        """Return the paths of a module's parts, given the path of its card.

        Args:
            card_path: The card's path, below the root.
            card: The card.
            asset: As for `entry`.

        Raises:
            UnsafePathError: As for `entry`.
        """
        folder = card_path.parent
        asset = asset or card.asset
        paths = EntryPaths(
            folder=folder,
            card=card_path,
            code=self._inside(folder / plain_name(card.code_name, "name of the code folder")),
            asset=self._inside(folder / asset_name(asset.file_name)) if asset else None,
            vocab=self._part(folder, card.vocab_file),
            tokenizer=self._part(folder, card.tokenizer_file),
            sentence=self._part(folder, card.sentence_file),
        )
        parts = [folded(path.name) for path in (paths.card, paths.code, *paths.files)]
        if len(set(parts)) < len(parts):
            raise UnsafePathError(f"the card {card_path} gives one name to two of its parts: {', '.join(parts)}")
        return paths

    def _part(self, folder: Path, name: str | None) -> Path | None:
        return self._inside(folder / asset_name(name)) if name else None

    def _inside(self, path: Path) -> Path:
        try:
            real = path.resolve()
        except (OSError, RuntimeError):  # RuntimeError before Python 3.13
            raise UnsafePathError(f"{path} is a symbolic link that leads nowhere; remove it") from None
        if not real.is_relative_to(self.root):
            raise UnsafePathError(
                f"{path} leads out of the cache, to {real}; remove the symbolic link, "
                "or make the folder behind it the cache, with MSHUB_CACHE"
            )
        return path
