"""The progress of a download from Hugging Face's hub: on a terminal, where it turns out to be long."""

from __future__ import annotations

import time
from typing import Any

from huggingface_hub.utils import tqdm

from ..progress import PATIENCE, is_terminal


class Bar(tqdm):
    """The library's bar, which otherwise appears anywhere, also for files that are in the cache."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._appears = time.monotonic() + PATIENCE
        hidden = options.pop("disable", None) or not is_terminal()
        super().__init__(*args, **{**options, "disable": hidden, "delay": PATIENCE, "leave": False})

    def refresh(self, *args: Any, **options: Any) -> Any:
        """Draws the bar, if it is to be seen by now."""
        return super().refresh(*args, **options) if time.monotonic() >= self._appears else None
