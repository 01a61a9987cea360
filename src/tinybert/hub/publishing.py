"""Turns a model into a hub entry that `load` and the official client take."""

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
    force: bool = False,
    cache: HubCache | None = None,
) -> Module:
    """Publishes a model: card with hash, checkpoint in v1.0 names, vocabulary, code.

    Args:
        source: A folder that a fine-tuning wrote, a Hugging Face BERT folder or the `hf:` name of one, a `.ckpt` or
            `.safetensors` file in any known layout, or a uid. Or a checkpoint, from `read_checkpoint` with whatever a
            file cannot tell, or from `tinybert.weights.checkpoint_of(network)`.
        uid: What to call it: `<user>/<version>/<name>` or `<user>/<device>/<version>/<name>`.
        tokenizer: Its vocabulary goes into the entry; by default that of the source, if it has one.
        task: What the model is for, with labels and problem; by default what the source says.
        link: The https address of the folder in which the files will be hosted, in the uid's folders. Without it the
            module is loaded from this cache, or from wherever `install` finds its files; the official client makes
            its network with `pretrained=False`.
        repo_link: The address of the code in a repository: `https://HOST.com/OWNER/REPO`, alone or followed by
            `/tree/BRANCH/FOLDER`. Its end is the name of the code folder. By default that of the published TinyBERT.
        facts: Further fields of `Card`, such as `author`, `license`, `summary`, `train_dataset`.
        force: Whether it may take the place of another model, or of other settings, under the same uid.
        cache: Where to lay it; by default the folder of `get_hub_dir`.

    Returns:
        The module, as `find_module(uid)` would give it.

    Raises:
        UnsafePathError: The uid is not valid, belongs to a published module, or is spelled like a neighbour's.
        HubError: The uid is another model's, and `force` is not given.
        CheckpointError: The source cannot be read, or the task does not fit it.
        InputError: The vocabulary is another model's.
        CardError: Something in `link`, `repo_link`, `task` or `facts` is nothing that a card may say.
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
    contents = {"ckpt": b"".join(FORMATS["ckpt"].render(renamed(checkpoint, "v1.0")))}
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
    render_card(card)  # what no card may say is refused before anything is written
    paths = cache.entry(uid, card)
    _check(uid, card, paths, cache, force)
    with writing_to(cache):
        _check(uid, card, paths, cache, force)  # somebody else may have published meanwhile
        lay(card, paths, cache, {paths.folder / content_name(name, hashes[end], end): contents[end] for end in hashes})
    return Module(uid, card, paths)


def _sentence(checkpoint: Checkpoint) -> bytes:
    """How the model makes a vector of a text; nothing where it is the mean, as it is without a file."""
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
