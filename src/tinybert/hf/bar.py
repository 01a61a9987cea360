"""The progress bar of a download from the Hugging Face Hub, shown on a terminal if it takes long."""

from __future__ import annotations

import time
from typing import Any

from huggingface_hub.utils import tqdm

from ..progress import PATIENCE, is_terminal


class Bar(tqdm):
    """The library's bar, but only on a terminal and only for long downloads, not for cached files."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._appears = time.monotonic() + PATIENCE
        hidden = options.pop("disable", None) or not is_terminal()
        super().__init__(*args, **{**options, "disable": hidden, "delay": PATIENCE, "leave": False})

    def refresh(self, *args: Any, **options: Any) -> Any:
        """Draw the bar if it is due to appear."""
        return super().refresh(*args, **options) if time.monotonic() >= self._appears else None
