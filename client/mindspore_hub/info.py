"""The fields of a card, under the official client's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tinybert.hub import read_card

__all__ = ["CellInfo"]


class CellInfo:
    """The fields of a card. Versions and dates are text, as on the card; missing fields are None.

    Args:
        md_path: The card's file; None leaves the fields empty until `update`.

    Raises:
        tinybert.errors.CardError: The card cannot be read, or breaks rules; a ValueError.
    """

    def __init__(self, md_path: str | Path | None = None) -> None:
        self.name: str | None = None
        self.backbone_name: str | None = None
        self.type: str | None = None
        self.fine_tunable: bool | None = False
        self.input_shape: list[Any] | None = None
        self.model_version: str | None = None
        self.dataset: str | None = None
        self.accuracy: float | None = None
        self.author: str | None = None
        self.update_time: str | None = None
        self.repo_link: str | None = None
        self.user_id: str | None = None
        self.used_for: str | None = None
        self.backend: str | None = None
        self.mindspore_version: str | None = None
        self.license: str | None = None
        self.allow_cache_ckpt: bool = False
        self.asset: list[dict[str, str]] | None = None
        self.asset_id: int = 0
        if md_path is not None:
            self.update(md_path)

    def update(self, md_path: str | Path) -> None:
        """Read the fields from a card.

        Args:
            md_path: The card's file.

        Raises:
            tinybert.errors.CardError: As for the class.
        """
        card = read_card(md_path)
        self.name = card.model_name or None
        self.backbone_name = card.backbone_name or None
        self.type = card.module_type.partition("-")[0]
        self.fine_tunable = card.fine_tunable
        self.input_shape = [list(part) if isinstance(part, tuple) else part for part in card.input_shape] or None
        self.model_version = card.model_version or None
        self.dataset = card.train_dataset
        self.accuracy = card.accuracy
        self.author = card.author or None
        self.update_time = card.update_time or None
        self.repo_link = card.repo_link or None
        self.user_id = card.user_id or None
        self.used_for = "/".join(card.used_for) or None
        self.backend = "/".join(card.infer_backend) or None
        self.mindspore_version = card.mindspore_version or None
        self.license = card.license or None
        self.allow_cache_ckpt = bool(card.allow_cache_ckpt)
        self.asset = [
            {"file-format": asset.file_format, "asset-link": asset.link, "asset-sha256": asset.sha256}
            for asset in card.assets
        ] or None
        self.asset_id = card.assets.index(card.asset) if card.assets and card.asset else 0
