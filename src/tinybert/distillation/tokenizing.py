"""Text files to shards of token ids: in constant memory, once, and from where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import InputError
from ..hub.locks import locked
from ..progress import PATIENCE, ProgressBar
from ..text import BertTokenizer
from ..writing import check_writable
from .manifest import MANIFEST, Manifest, manifest_of, write_manifest
from .packing import Packing
from .shards import Shards, open_shards, write_shard
from .texts import check_files, read_blocks

_MOST_UNKNOWN = 0.5
"""Share of [UNK] from which a text is not of the vocabulary's language."""
_ENOUGH = 10_000
"""Tokens of a file by which its language is judged before its end."""


def tokenized(paths: Sequence[str], folder: Path, packing: Packing) -> Shards:
    """Tokenize text files into shards, unless a folder has them already.

    Each block of lines becomes a shard. What was interrupted goes on after the last whole one, with the same rows as
    unbroken. Of several processes, one tokenizes, and the others wait.

    Args:
        paths: The files.
        folder: Where the shards are, or go.
        packing: How lines become rows.

    Returns:
        The rows, in the order of files and lines.

    Raises:
        InputError: A file cannot be read, is not text or has none; most of its tokens are unknown to the vocabulary,
            with the share; the folder has shards of other text or settings; or a shard is damaged.
        KeyboardInterrupt: Ctrl-C; the same call goes on.
    """
    check_files(paths)
    check_writable(folder / MANIFEST)
    with locked(folder / ".lock", f"tokenizes text into {folder}"):
        made_with = {
            "max_length": str(packing.max_length),
            "pack": str(packing.pack),
            "tokenizer": hashlib.sha256(packing.tokenizer.to_json().encode()).hexdigest(),
        }
        manifest = manifest_of(folder, made_with, paths)
        for left in folder.glob(".write-*") if manifest["shards"] else ():  # by a killed process
            shutil.rmtree(left, ignore_errors=True)
        if not manifest["complete"]:
            _tokenize(paths, folder, packing, manifest)
        return open_shards(folder, manifest)


def _tokenize(paths: Sequence[str], folder: Path, packing: Packing, manifest: Manifest) -> None:
    """Make the shards that a manifest lacks."""
    shards, language, read = manifest["shards"], _Language(paths, packing.tokenizer), 0
    with ProgressBar(
        sum(map(os.path.getsize, paths)), unit="bytes", patience=PATIENCE, description="tokenizing"
    ) as bar:
        for number, block in enumerate(read_blocks(paths)):
            if number < len(shards):  # before the interruption
                language.add({int(file): counts for file, counts in shards[number]["tokens_of_files"].items()})
            else:
                rows = packing.rows(block)
                language.add(rows.tokens_of_files, block.ended)
                shards.append(write_shard(folder / f"{number:05}.safetensors", rows))
                write_manifest(folder, manifest)
            bar.advance(block.read - read)
            read = block.read
    manifest["complete"] = True
    write_manifest(folder, manifest)


class _Language:
    """Whether files are in a language that the vocabulary covers, judged while they are tokenized."""

    def __init__(self, paths: Sequence[str], tokenizer: BertTokenizer) -> None:
        self._paths, self._source = paths, tokenizer.vocabulary.source
        self._tokens, self._unknown = Counter[int](), Counter[int]()

    def add(self, tokens_of_files: Mapping[int, tuple[int, int]], ended: Sequence[int] = ()) -> None:
        """Count tokens of files, and raise InputError if most of a file's are unknown."""
        for file, (tokens, unknown) in tokens_of_files.items():
            self._tokens[file] += tokens
            self._unknown[file] += unknown
            if file in ended or self._tokens[file] >= _ENOUGH:
                self._check(file)

    def _check(self, file: int) -> None:
        if not self._tokens[file]:
            raise InputError(f"{self._paths[file]} has no text: the tokenizer makes no tokens of it")
        share = self._unknown[file] / self._tokens[file]
        if share > _MOST_UNKNOWN:
            raise InputError(
                f"{self._paths[file]}: {share:.0%} of its tokens are [UNK] in the teacher's vocabulary, "
                f"{self._source}: the text is in another language. Use a teacher whose vocabulary covers it"
            )
