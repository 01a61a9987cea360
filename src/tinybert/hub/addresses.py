"""Strict parsing of the addresses of assets, code, cards and mirrors; https, with few exceptions."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from .safe_names import shown

_CREDENTIALS = re.compile(r"//[^/\s]*@")


def https_link(text: str) -> str:
    """Return an https address without the `<>` that Markdown allows around it.

    Raises:
        ValueError: The address is not https, contains a user name, or has a query or fragment, which would end up in a
            file name.
    """
    link = text.strip()
    if link.startswith("<") and link.endswith(">"):
        link = link[1:-1].strip()
    parts = split_https(link)
    if parts.query or parts.fragment:
        raise ValueError(f"the address {_shown(link)} must end with its path, without '?' or '#'")
    return link


def split_https(link: str) -> SplitResult:
    """Split an https address into its parts.

    Raises:
        ValueError: The address is not https, contains a user name, or is malformed.
    """
    if not link.isprintable() or " " in link or "\\" in link:
        raise ValueError(f"the address {_shown(link)} has spaces, backslashes or characters that cannot be printed")
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"the address {_shown(link)} is malformed") from None
    if parts.scheme != "https" or not host:
        raise ValueError(f"the address {_shown(link)} must begin with https://")
    # "https://download.mindspore.cn@elsewhere.example/" leads elsewhere, and a password would appear in messages.
    if "@" in parts.netloc:
        raise ValueError("an address must not contain a user name or a password; put them into ~/.netrc")
    return parts


def split_web(link: str) -> SplitResult:
    """Split an https or http address into its parts; http is only for content that is checked by its hash.

    Raises:
        ValueError: As for `split_https`.
    """
    return split_https(link.replace("http://", "https://", 1) if link.startswith("http://") else link)


def web_link(text: str) -> str:
    """Return the address of content that is not checked by a hash: https, or http on this machine.

    Raises:
        ValueError: The address is neither.
    """
    link = text.strip()
    if link.startswith("http://"):
        if not _is_this_machine(split_web(link).hostname or ""):
            raise ValueError(
                f"the address {_shown(link)} must begin with https://: over http anybody on the way could replace "
                "the card, and with it the hashes that it declares"
            )
        return link
    return https_link(link)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def without_credentials(text: str) -> str:
    """Remove user names and passwords from the addresses in a message.

    Examples:
        >>> without_credentials("no connection to https://me:word@host/a")
        'no connection to https://host/a'
    """
    return _CREDENTIALS.sub("//", text)


def _shown(link: str) -> str:
    """Return an untrusted address for a message, without credentials; a password may contain any character."""
    return shown(re.sub("//.*@", "//", link, flags=re.DOTALL))


def link_name(link: str) -> str:
    """Return the last part of an address's path, which the official client uses as the file or folder name."""
    return link.rsplit("/", 1)[-1]
