"""Text files to shards of token ids: in constant memory, once, and from where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from ..errors import InputError
from ..hub.locks import locked
from ..progress import PATIENCE, ProgressBar
from ..text import BertTokenizer
from ..writing import check_writable
from .packing import token_rows
from .shards import MANIFEST, Manifest, Shards, open_shards, read_manifest, write_manifest, write_shard
from .texts import check_files, read_blocks

_LOCK = ".lock"
_MOST_UNKNOWN = 0.5
"""Share of [UNK] from which a text is not of the vocabulary's language."""
_ENOUGH = 10_000
"""Tokens of a file by which its language is judged before its end."""
_MOST_SHOWN = 5


def tokenized(
    paths: Sequence[str], folder: Path, tokenizer: BertTokenizer, max_length: int, *, pack: bool = False
) -> Shards:
    """Tokenize text files into shards, unless a folder has them already.

    Each block of lines becomes a shard. What was interrupted goes on after the last whole one, with the same rows as
    unbroken. Of several processes, one tokenizes, and the others wait.

    Args:
        paths: The files.
        folder: Where the shards are, or go.
        tokenizer: The tokenizer.
        max_length: Tokens that a row has at most.
        pack: Whether a row has as many lines as fit, see `token_rows`.

    Returns:
        The rows, in the order of files and lines.

    Raises:
        InputError: A file cannot be read, is not text or has none; most of its tokens are unknown to the vocabulary,
            with the share; the folder has shards of other text or settings; or a shard is damaged.
        KeyboardInterrupt: Ctrl-C; the same call goes on.
    """
    check_files(paths)
    check_writable(folder / MANIFEST)
    with locked(folder / _LOCK, f"tokenizes text into {folder}"):
        manifest = _manifest(paths, folder, tokenizer, max_length, pack)
        if not manifest["complete"]:
            for left in folder.glob(".write-*"):  # by a killed process
                shutil.rmtree(left, ignore_errors=True)
            _tokenize(paths, folder, manifest, tokenizer, max_length, pack)
        return open_shards(folder, manifest)


def _tokenize(
    paths: Sequence[str], folder: Path, manifest: Manifest, tokenizer: BertTokenizer, max_length: int, pack: bool
) -> None:
    tokens, unknown = Counter[int](), Counter[int]()
    total = sum(map(os.path.getsize, paths))
    with ProgressBar(total, unit="bytes", patience=PATIENCE, description="tokenizing") as bar:
        read = 0
        for number, block in enumerate(read_blocks(paths)):
            shards = manifest["shards"]
            is_done = number < len(shards)
            if not is_done:
                rows = token_rows(block, tokenizer, max_length, pack=pack)
                of_files = rows.tokens_of_files
            else:
                of_files = {int(file): counts for file, counts in shards[number]["tokens_of_files"].items()}
            for file, (some, some_unknown) in of_files.items():
                tokens[file] += some
                unknown[file] += some_unknown
                if file in block.ended or tokens[file] >= _ENOUGH:
                    _check_language(paths[file], unknown[file], tokens[file], tokenizer)
            if not is_done:
                shards.append(write_shard(folder / f"{number:05}.safetensors", rows))
                write_manifest(folder, manifest)
            bar.advance(block.read - read)
            read = block.read
    manifest["complete"] = True
    write_manifest(folder, manifest)


def _check_language(path: str, unknown: int, tokens: int, tokenizer: BertTokenizer) -> None:
    share = unknown / tokens if tokens else 1.0
    if share > _MOST_UNKNOWN:
        raise InputError(
            f"{path}: {share:.0%} of its tokens are [UNK] in the teacher's vocabulary, {tokenizer.vocabulary.source}: "
            "the text is in another language. Use a teacher whose vocabulary covers it"
        )


def _manifest(paths: Sequence[str], folder: Path, tokenizer: BertTokenizer, max_length: int, pack: bool) -> Manifest:
    """Return the manifest to go on from."""
    present: Manifest = {
        "made_with": {
            "max_length": str(max_length),
            "pack": str(pack),
            "tokenizer": hashlib.sha256(tokenizer.to_json().encode()).hexdigest(),
        },
        "text": [*map(_described, paths)],
        "shards": [],
        "complete": False,
    }
    saved = read_manifest(folder)
    if saved is None:
        return present
    if differences := _differences(saved, present):
        raise InputError(
            f"{folder} has other tokenized text:\n"
            + "\n".join(f"  {line}" for line in differences)
            + "\nTokenize as before, remove the folder, or name another for the new text",
            argument="shards",
        )
    missing = [not (folder / shard["name"]).exists() for shard in saved["shards"]]
    if True in missing:
        saved["shards"], saved["complete"] = saved["shards"][: missing.index(True)], False
    return saved


def _described(path: str) -> str:
    """A file as it is now. A folder may be moved, so its name does not count."""
    status = os.stat(path)
    changed = datetime.fromtimestamp(status.st_mtime, timezone.utc).isoformat(sep=" ", timespec="microseconds")
    return f"{os.path.basename(path)}, {status.st_size:,} bytes, of {changed.partition('+')[0]} UTC"


def _differences(saved: Manifest, present: Manifest) -> list[str]:
    found = []
    for name, value in present["made_with"].items():
        before = saved["made_with"].get(name)
        if before != value:
            found.append(f"{name}: different" if name == "tokenizer" else f"{name}: {before} then, {value} now")
    then, now = Counter(saved["text"]), Counter(present["text"])
    files = [f"{file}: {when}" for when, some in (("then", then - now), ("now", now - then)) for file in some]
    if not files and saved["text"] != present["text"]:
        files = ["the order of the files"]
    more = [f"and {len(files) - _MOST_SHOWN} more files"] if len(files) > _MOST_SHOWN else []
    return found + files[:_MOST_SHOWN] + more
