"""Addresses of assets, code, cards and mirrors: https only, and taken apart with care."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from .safe_names import shown


def https_link(text: str) -> str:
    """Returns an address without the `<>` that Markdown allows around it.

    Raises:
        ValueError: It is not an https address, carries a user name, or has a query, which would end up in a file name.
    """
    link = text.strip()
    if link.startswith("<") and link.endswith(">"):
        link = link[1:-1].strip()
    parts = split_https(link)
    if parts.query or parts.fragment:
        raise ValueError(f"the address {shown(link)} must end with its path, without '?' or '#'")
    return link


def split_https(link: str) -> SplitResult:
    """Takes an https address apart.

    Raises:
        ValueError: It is not an https address, or carries a user name.
    """
    if not link.isprintable() or " " in link or "\\" in link:
        raise ValueError(f"the address {shown(link)} has spaces, backslashes or characters that cannot be printed")
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"the address {shown(link)} is malformed") from None
    if parts.scheme != "https" or not host:
        raise ValueError(f"the address {shown(link)} must begin with https://")
    # "https://download.mindspore.cn@elsewhere.example/" leads elsewhere, and a password would show up in messages.
    if "@" in parts.netloc:
        raise ValueError("an address must not contain a user name or a password; put them into ~/.netrc")
    return parts


def web_link(text: str) -> str:
    """Returns the address of something that is not hashed: https, or http that does not leave this machine.

    Raises:
        ValueError: It is another one.
    """
    link = text.strip()
    if link.startswith("http://"):
        host = split_https(link.replace("http:", "https:", 1)).hostname or ""
        if not _is_this_machine(host):
            raise ValueError(
                f"the address {shown(link)} must begin with https://: on the way over http anybody could exchange a "
                "card, and with it the hashes that it declares"
            )
        return link
    return https_link(link)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def link_name(link: str) -> str:
    """Returns the last part of an address's path, which the official client takes as the file or folder name."""
    return link.rsplit("/", 1)[-1]
