"""The hub's cache, in the layout that the official client has too.

Of the module `mindspore/ascend/1.0/tinybert_v1.0_cn-wiki`, the folder `mindspore/ascend/1.0` holds the card
`tinybert_v1.0_cn-wiki.md`, the code folder and the asset under the names at the end of their addresses.
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
    """Where the parts of a module lie in the cache, whether they are there or not.

    Attributes:
        folder: The folder that holds all of them, and those of the neighbours.
        card: The card's file.
        code: The folder of the module's code.
        asset: The checkpoint, or None where the card declares none.
        vocab: The vocabulary, or None where the card declares none; likewise what follows.
        tokenizer: The `tokenizer.json`.
        sentence: How the model makes a vector of a text.
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
        """The data files, as far as the card declares them: checkpoint, vocabulary, tokenizer, pooling."""
        return tuple(path for path in (self.asset, self.vocab, self.tokenizer, self.sentence) if path is not None)


class HubCache:
    """The cache below one folder.

    Args:
        root: The folder; by default the one of `get_hub_dir`.

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
        """Returns where the card of a module belongs.

        Raises:
            UnsafePathError: The uid is not one, or the path leads out of the cache.
        """
        *folders, name = parse_uid(uid).split("/")
        return self._inside(self.root.joinpath(*folders, f"{name}.md"))

    def entry(self, uid: str, card: Card, asset: Asset | None = None) -> EntryPaths:
        """Returns where the parts of a module belong.

        Args:
            uid: The module's uid.
            card: Its card.
            asset: Which of the card's files is meant; by default the one that is loaded, `card.asset`.

        Raises:
            UnsafePathError: A path leads out of the cache, also by a symbolic link in it, or two parts collide.
        """
        return self.entry_at(self.card_path(uid), card, asset)

    def entry_at(self, card_path: Path, card: Card, asset: Asset | None = None) -> EntryPaths:
        """Returns where the parts of a module belong whose card lies at a path below the root.

        Args:
            card_path: The card's file.
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
