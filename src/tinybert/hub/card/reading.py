"""Read and check cards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...errors import CardError
from .fields import read_fields
from .model import Asset, Card
from .problem import Problem, card_error, in_order
from .sections import Sections, split_card

MAX_CARD_BYTES = 1 << 20


def parse_card(text: str, source: str = "card", *, strict: bool = False) -> Card:
    """Parse a card; missing fields are empty.

    Args:
        text: The card's text.
        source: The card's path or uid, for messages.
        strict: Whether notes are errors too, as for cards that are written here.

    Raises:
        CardError: The card breaks rules; the error lists all problems with their lines.
    """
    sections, fields, extra = _read(text)
    refused = [problem for problem in sections.problems if strict or problem.severity == "error"]
    if refused:
        raise card_error(source, refused)
    assets = tuple(
        Asset(asset["file-format"], asset["asset-link"], asset["asset-sha256"]) for asset in fields.pop("asset", ())
    )
    known = {key.replace("-", "_"): value for key, value in fields.items()}
    return Card(title=sections.title, body=sections.body, assets=assets, extra=extra, **known)


def check_card(text: str) -> list[Problem]:
    """Return all problems of a card, errors and notes, sorted by line; empty for a good card.

    Args:
        text: The card's text.
    """
    sections, _, _ = _read(text)
    return in_order(sections.problems)


def read_card(path: str | Path) -> Card:
    """Read a card from its file.

    Raises:
        CardError: The file cannot be read, or the card breaks rules.
    """
    return parse_card(read_card_text(path), source=str(path))


def read_card_text(path: str | Path) -> str:
    """Read the text of a card's file, for `check_card`.

    Raises:
        CardError: The file cannot be read, is too large for a card, or is not UTF-8 text.
    """
    try:
        with open(os.fspath(path), "rb") as file:  # a number would be an open file, of somebody else's
            content = file.read(MAX_CARD_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: an impossible path
        raise CardError(f"{path} cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(content) > MAX_CARD_BYTES:
        raise CardError(f"{path} is not a card: it is larger than {MAX_CARD_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(content.count(b"\n", 0, error.start) + 1, "this is not UTF-8 text; save the card as UTF-8")
        raise card_error(str(path), [problem]) from None


def _read(text: str) -> tuple[Sections, dict[str, Any], dict[str, Any]]:
    sections = split_card(text)
    # If the header itself could not be read, reporting all its fields as missing would only hide the reason.
    if not sections.header and any(problem.severity == "error" for problem in sections.problems):
        return sections, {}, {}
    return sections, *read_fields(sections)
