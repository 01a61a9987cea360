"""Turn a model into a hub entry that `load` and the official client can load."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..checkpoint import Checkpoint
from ..checkpoint.folder import check_vocabulary
from ..checkpoint.formats import FORMATS
from ..checkpoint.saving import renamed
from ..errors import CardError
from ..task import Task
from ..text import BertTokenizer
from ..text.vocabulary_files import vocab_txt
from ..writing import to_json
from .cache import EntryPaths, HubCache
from .card import Card, render_card
from .laying import check_replacement, content_name, lay, writing_to
from .lookup import find_stored
from .modules import Module
from .neighbours import check_names, uid_to_publish
from .new_card import PUBLISHED_CODE, new_card
from .uids import parse_uid


def publish(  # noqa: PLR0913 -- all but two have defaults that suit most callers
    source: str | Path | Checkpoint,
    uid: str,
    *,
    tokenizer: BertTokenizer | None = None,
    task: Task | None = None,
    link: str | None = None,
    repo_link: str = PUBLISHED_CODE,
    facts: Mapping[str, Any] | None = None,
    dtype: str = "float32",
    force: bool = False,
    cache: HubCache | None = None,
) -> Module:
    """Publish a model: card with hashes, checkpoint in v1.0 names, vocabulary and code.

    Args:
        source: A folder written by fine-tuning, a Hugging Face BERT folder or its `hf:` name, a `.ckpt` or
            `.safetensors` file in any known layout, or a uid. Or a checkpoint: from `read_checkpoint`, with the
            settings that a file does not determine, or from `tinybert.weights.checkpoint_of(network)`.
        uid: The module's uid: `<user>/<version>/<name>` or `<user>/<device>/<version>/<name>`.
        tokenizer: The tokenizer whose vocabulary is published; None takes the source's, if it has one.
        task: The model's task, with labels and problem; None takes the source's.
        link: The https address under which the files will be hosted, in the folders of the uid. Without it, the module
            is loaded from this cache, or from wherever `install` finds its files; the official client can create its
            network with `pretrained=False`.
        repo_link: The address of the code in a repository: `https://HOST.com/OWNER/REPO`, alone or followed by
            `/tree/BRANCH/FOLDER`. Its end is the name of the code folder. The default is the published TinyBERT's.
        facts: Further fields of `Card`, such as `author`, `license`, `summary`, `train_dataset`.
        dtype: The type of the numbers in the checkpoint, `float32` or `float16`, which halves the file. Either is
            loaded into a network of float32.
        force: Whether to replace another model, or other settings, with the same uid.
        cache: The cache to write to; None for the folder of `get_hub_dir`.

    Returns:
        The module, as `find_module(uid)` would return it.

    Raises:
        UnsafePathError: The uid is invalid, belongs to a published module, or conflicts with a neighbour's.
        HubError: The uid belongs to another model, and `force` is not set.
        CheckpointError: The source cannot be read, or the task does not fit it.
        InputError: The vocabulary belongs to another model.
        CheckpointError: `dtype` is another, or a number is too large for float16.
        CardError: A value in `link`, `repo_link`, `task` or `facts` is not allowed on a card.
    """
    uid, cache = uid_to_publish(parse_uid(uid)), cache or HubCache()
    if isinstance(source, Checkpoint):
        checkpoint = source
        if tokenizer is not None:
            check_vocabulary(tokenizer, checkpoint.config, checkpoint.source)
    else:
        checkpoint, tokenizer = find_stored(source).open_to_copy(tokenizer)
    checkpoint = checkpoint.with_task(task or checkpoint.task)

    name = uid.rsplit("/", 1)[-1]
    contents = {"ckpt": b"".join(FORMATS["ckpt"].render(renamed(checkpoint, "v1.0", dtype)))}
    if tokenizer is not None:
        contents["tokenizer.json"] = tokenizer.to_json().encode()
        contents["vocab.txt"] = vocab_txt(tokenizer.vocabulary).encode()
    if sentence := _sentence(checkpoint):
        contents["sentence.json"] = sentence
    hashes = {ending: hashlib.sha256(content).hexdigest() for ending, content in contents.items()}
    card = new_card(
        uid,
        checkpoint,
        link=link,
        repo_link=repo_link,
        files={ending: (content_name(name, sha256, ending), sha256) for ending, sha256 in hashes.items()},
        tokenizer=tokenizer,
        facts=facts or {},
    )
    render_card(card)  # reject an invalid card before anything is written
    paths = cache.entry(uid, card)
    _check(uid, card, paths, cache, force)
    with writing_to(cache):
        _check(uid, card, paths, cache, force)  # another process may have published in the meantime
        lay(card, paths, cache, {paths.folder / content_name(name, hashes[end], end): contents[end] for end in hashes})
    return Module(uid, card, paths)


def _sentence(checkpoint: Checkpoint) -> bytes:
    """Return the settings for the vector of a text as JSON; empty for plain mean pooling, which needs no file."""
    settings = checkpoint.sentence
    if checkpoint.task.facts.has_head:
        return b""
    if settings.dense or settings.refused:
        raise CardError(
            f"{checkpoint.source} computes its vectors with dense layers, which a module cannot hold: share it "
            "as a folder (tinybert convert --layout sentence-transformers)"
        )
    values = settings.to_dict()
    return (to_json(values, indent=2) + "\n").encode() if values else b""


def _check(uid: str, card: Card, paths: EntryPaths, cache: HubCache, force: bool) -> None:
    check_names(uid, paths, cache)
    check_replacement(uid, card, paths, force)
