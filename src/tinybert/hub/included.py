"""The model that is part of the package, laid out as in a cache: card, checkpoint, vocabulary and tokenizer.

It is the default wherever a model can be left out. Code folders in a cache do not have it.
"""

from __future__ import annotations

from pathlib import Path

DEFAULT_MODEL = "tinybert/1.0/tinybert-en"
"""Uid of the model that is part of the package."""
INCLUDED = Path(__file__).resolve().with_name("included")
"""The folder with it."""


def included_card(uid: str) -> Path | None:
    """Return the path of the card of a model in the package; None if no model there has this uid."""
    path = INCLUDED / f"{DEFAULT_MODEL}.md"
    return path if uid == DEFAULT_MODEL and path.is_file() else None
