"""Write cards, in the layout of the published ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...errors import CardError
from .fields import RULES
from .model import Asset, Card
from .reading import parse_card

# Text that every YAML reader reads as text without quotes. A version such as 1.10 needs quotes, or it becomes 1.1.
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z][\w.,+()/-]*( [\w.,+()/-]+)*", re.ASCII)
_MEANS_SOMETHING_ELSE = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


def render_card(card: Card) -> str:
    """Render a card as text.

    Returns:
        Text from which `parse_card` restores the same card.

    Raises:
        CardError: The card breaks the rules and could not be read back.
    """
    if not isinstance(card.title, str) or not isinstance(card.body, str):
        raise CardError(f"the title and the body of the card of {card.model_name} must be text")
    text = _written(card)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CardError(
            f"the card of {card.model_name} holds {text[error.start]!r}, half of a surrogate pair, not a character"
        ) from None
    parse_card(text, source=f"the card of {card.model_name}", strict=True)
    return text


def _written(card: Card) -> str:
    heading = f"# {' '.join(card.title.split())}\n\n" if card.title else ""
    body = f"\n{card.body}\n" if card.body else ""
    return heading + "---\n\n" + "\n\n".join(_fields(card)) + "\n\n---\n" + body


def _fields(card: Card) -> Iterator[str]:
    for key in RULES:
        value = getattr(card, "assets" if key == "asset" else key.replace("-", "_"))
        # False is a value, but an empty tuple means none. Empty text is written; `render_card` rejects it if required.
        if value is None or (value in ((), {}) and key != "input-shape"):
            continue
        yield f"{key}:{_field(key, value)}"
    for key, value in card.extra.items():
        yield f"{_yaml(key)}: {_yaml(value)}"


def _field(key: str, value: Any) -> str:
    if key == "asset":
        return "".join(map(_asset, value))
    if key == "repo-link":
        return f" {value}"
    if key in ("used-for", "train-backend", "infer-backend"):
        return f" {_yaml('/'.join(value))}"
    if key == "network-config":
        if any(setting.split() != [setting] for setting in value.values()):
            raise CardError(f"a setting of network_config must be one word: {value}")
        return f" {_yaml(' '.join(f'{name}={setting}' for name, setting in value.items()))}"
    return f" {_yaml(value)}"


def _asset(asset: Asset) -> str:
    facts = {"file-format": asset.file_format, "asset-link": asset.link, "asset-sha256": asset.sha256}
    return "\n  -" + "".join(f"\n    {key}: {fact}" for key, fact in facts.items())


def _yaml(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        # YAML 1.1 reads 1e-07 as text.
        return format(Decimal(repr(value)), "f")
    if isinstance(value, str):
        plain = _NEEDS_NO_QUOTES.fullmatch(value) and value.lower() not in _MEANS_SOMETHING_ELSE
        return value if plain else _quoted(value)
    if isinstance(value, (tuple, list)):
        # In a list, text with a comma needs quotes too.
        return "[" + ", ".join(_quoted(item) if isinstance(item, str) else _yaml(item) for item in value) + "]"
    return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
