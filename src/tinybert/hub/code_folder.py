"""The code folder of a module: this package and the files that a client executes."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

from ..errors import HubError
from ..writing import replacing

_PACKAGE = Path(__file__).resolve().parents[1]
OWN_CARD = "tinybert.md"
MODULE_FILES = ("hub_conf.py", "mindspore_hub_conf.py", OWN_CARD, "LICENSE")
_NOT_CODE = (("hub", "module"), ("hub", "included"))
"""Folders of the package that do not go into a code folder: the files for it, and the package's own model."""
PREFIX = ".code-"
"""Name prefix of unfinished code folders."""


def lay_code(code: Path, card_text: str, *, keep_card: bool = False) -> None:
    """Create the code folder in one step, unless it already exists with the right content.

    Args:
        code: The folder.
        card_text: The card to put into it, for users who execute its `hub_conf.py` themselves.
        keep_card: Whether to keep a card that is already in it, since modules of one version share their code.
    """
    wanted = module_files()
    if not _is_laid(code, wanted):
        with tempfile.TemporaryDirectory(dir=code.parent, prefix=PREFIX, ignore_cleanup_errors=True) as temporary:
            new = Path(temporary) / "new"
            for relative, source in wanted.items():
                (new / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, new / relative)
            (new / OWN_CARD).write_bytes(_card(code, card_text, keep_card))
            _exchange(new, code, Path(temporary) / "old")
    elif (code / OWN_CARD).read_bytes() != (content := _card(code, card_text, keep_card)):
        with replacing(code / OWN_CARD) as file:
            file.write_bytes(content)


def module_root() -> Path:
    """Return the folder of the module's own files: the checkout, or the installed package's copy."""
    for root in (_PACKAGE.parents[1], _PACKAGE / "hub" / "module"):
        if all((root / name).is_file() for name in MODULE_FILES):
            return root
    raise HubError("hub_conf.py and its neighbours are missing: install the package again, with pip")


def module_files() -> dict[Path, Path]:
    """Return the source of each file of a code folder, by its path in the folder."""
    root = module_root()
    files = {Path(name): root / name for name in MODULE_FILES}
    for source in sorted(_PACKAGE.rglob("*")):
        inside = source.relative_to(_PACKAGE)
        if source.is_file() and "__pycache__" not in inside.parts and inside.parts[:2] not in _NOT_CODE:
            files[Path("src/tinybert") / inside] = source
    return files


def _card(code: Path, text: str, keep: bool) -> bytes:
    there = code / OWN_CARD
    return there.read_bytes() if keep and there.is_file() else text.encode()


def _is_laid(code: Path, wanted: dict[Path, Path]) -> bool:
    """Return whether the folder holds exactly these files, whichever card is in it."""
    present = {path.relative_to(code) for path in code.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return present == set(wanted) and all(
        (code / relative).read_bytes() == source.read_bytes()
        for relative, source in wanted.items()
        if relative != Path(OWN_CARD)
    )


def _exchange(new: Path, code: Path, old: Path) -> None:
    """Replace the old folder by the new one. Without an atomic exchange there is a moment with neither in place."""
    if not code.exists():
        os.rename(new, code)
    elif not _exchanged(new, code):
        os.rename(code, old)
        os.rename(new, code)


def _exchanged(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return renameat2 is not None and renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0
