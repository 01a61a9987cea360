"""A module that someone published elsewhere: its card and files, in a folder or on a web server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urljoin

from ..arguments import exists, path_of
from ..errors import CardError, DownloadError, HubError, UnsafePathError
from .addresses import web_link
from .cache import HubCache
from .card import Card, parse_card, read_card, read_card_text
from .card.reading import MAX_CARD_BYTES
from .fetch import fetch, fetch_page
from .included import included_card
from .integrity import verified_bytes
from .modules import verify_or_set_aside
from .registry import published
from .uids import parse_uid

_Place = TypeVar("_Place", str, Path)


@dataclass(frozen=True)
class Offer(ABC):
    """A card in another place, with its files next to it.

    Attributes:
        name: The path or address of the card.
        card: The card.
        text: The card's text, installed unchanged, since it may lack fields that our own cards require.
    """

    name: str
    card: Card
    text: str

    def uid(self, given: str | None) -> str:
        """Return the uid for the module: the given one, or else the one on the card.

        Raises:
            CardError: There is neither.
            UnsafePathError: It is not a valid uid.
        """
        if given is None and self.card.uid is None:
            raise CardError(
                f"{self.name} does not say what to call the module: give a uid, USER/VERSION/NAME",
                argument="uid",
                example="me/1.0/name",
            )
        return parse_uid(given or str(self.card.uid))

    @abstractmethod
    def bring(self, target: Path, sha256: str) -> bytes | None:
        """Fetch a file of the module, which has the same name as its target.

        Returns:
            Its content; None if it is already at the target.

        Raises:
            IntegrityError: It is not the declared file.
            HubError: It is missing or cannot be fetched.
        """


@dataclass(frozen=True)
class FolderOffer(Offer):
    """A module in a folder."""

    def bring(self, target: Path, sha256: str) -> bytes:
        """Read a file of the module."""
        source = Path(self.name).with_name(target.name)
        if not source.is_file():
            raise HubError(f"{source} is missing: the card beside it declares this file")
        return verified_bytes(source, sha256, quarantine=False)


@dataclass(frozen=True)
class WebOffer(Offer):
    """A module on a web server."""

    def bring(self, target: Path, sha256: str) -> None:
        """Download a file of the module to its target, resuming an interrupted download."""
        if target.exists():
            verify_or_set_aside(target, sha256)
        fetch(urljoin(self.name, quote(target.name)), target, sha256, direct=True)


def find_offer(name: str | Path, cache: HubCache) -> Offer | None:
    """Return the module at a path or address, or the package's own; None for the uid or address of another known one.

    Raises:
        CardError: There is no card, there are several to choose from, or it cannot be read.
        DownloadError: The card cannot be fetched.
        HubError: The path does not exist.
    """
    text, path = str(name), path_of(name)
    if _is_published(text):
        return None
    if own := included_card(text):
        return _in_folder(own)
    if "://" in text:
        return _on_the_web(text)
    there = exists(path)
    if there and path.is_dir() and (any(path.glob("*.md")) or not _is_cached(text, cache)):
        card = _only_card([each for each in sorted(path.glob("*.md")) if _is_card(each)], path)
        return _in_folder(card)
    if there and path.is_file():
        return _in_folder(path)
    if isinstance(name, Path) or path.is_absolute() or text.startswith((".", "~")) or path.suffix == ".md":
        raise HubError(f"{name} does not exist: give a uid, the folder or the card of a module, or its address")
    return None


def _is_published(text: str) -> bool:
    try:
        return parse_uid(text) in published()
    except UnsafePathError:
        return False


def _is_cached(text: str, cache: HubCache) -> bool:
    try:
        return cache.card_path(text).is_file()
    except UnsafePathError:
        return False


def _is_card(path: Path) -> bool:
    try:
        read_card(path)
    except CardError:
        return False
    return True


def _only_card(cards: Sequence[_Place], place: str | Path) -> _Place:
    if len(cards) == 1:
        return cards[0]
    if not cards:
        raise CardError(f"{place} holds no card, which is a .md file with a header: give the card of a module")
    listed = "\n  ".join(map(str, cards))
    raise CardError(f"{place} holds {len(cards)} cards; give the one to install:\n  {listed}")


def _in_folder(path: Path) -> FolderOffer:
    text = read_card_text(path)
    return FolderOffer(str(path), parse_card(text, source=str(path)), text)


def _on_the_web(text: str) -> WebOffer:
    try:
        address = web_link(text)
    except ValueError as error:
        raise HubError(str(error)) from None
    if not address.endswith(("/", ".md")):
        try:
            return _at(f"{address}.md")
        except DownloadError:
            address += "/"  # not the address of a card without its extension, but of a folder
    return _at(address if address.endswith(".md") else _only_card(_listed(address), address))


def _at(address: str) -> WebOffer:
    try:
        text = fetch_page(address, MAX_CARD_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise CardError(f"{address} is not a card: it is not UTF-8 text") from None
    return WebOffer(address, parse_card(text, source=address), text)


def _listed(folder: str) -> list[str]:
    """Return the addresses of cards that the web server's page of a folder links to."""
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            links.extend(value for name, value in attributes if tag == "a" and name == "href" and value)

    with suppress(AssertionError):  # what the parser says to half a declaration; the links before it are there
        Links().feed(fetch_page(folder, MAX_CARD_BYTES).decode("utf-8", "replace"))
    addresses: set[str] = set()
    for link in links:
        with suppress(ValueError):  # an address that is malformed leads to no card
            addresses.add(urljoin(folder, link))
    return sorted(
        address
        for address in addresses
        if address.endswith(".md")
        and address.rpartition("/")[0] == folder.rstrip("/")
        and not address.rpartition("/")[2].lower().startswith(("readme", "."))
    )
