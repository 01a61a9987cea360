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
from ..errors import UnsafePathError
from ..task import Task
from ..text import BertTokenizer
from ..text.vocabulary_files import vocab_txt
from ..writing import replacing
from .cache import HubCache
from .card import render_card
from .installing import lay_card_and_code
from .lookup import find_stored
from .modules import Module
from .new_card import NOWHERE, new_card
from .registry import published
from .uids import parse_uid


def publish(
    source: str | Path | Checkpoint,
    uid: str,
    *,
    tokenizer: BertTokenizer | None = None,
    task: Task | None = None,
    link: str = NOWHERE,
    facts: Mapping[str, Any] | None = None,
    cache: HubCache | None = None,
) -> Module:
    """Publishes a model: card with hash, checkpoint in v1.0 names, vocabulary, code.

    Args:
        source: A folder that a fine-tuning wrote, a Hugging Face BERT folder, a `.ckpt` or `.safetensors` file in any
            known layout, or a uid. Or a checkpoint, from `read_checkpoint` with whatever a file cannot tell, or from
            `tinybert.weights.checkpoint_of(network)`.
        uid: What to call it: `<user>/<version>/<name>` or `<user>/<device>/<version>/<name>`.
        tokenizer: Its vocabulary goes into the entry; by default that of the source, if it has one.
        task: What the model is for, with labels and problem; by default what the source says.
        link: The https address of the folder that the checkpoint will be hosted in, followed by the uid's folders.
        facts: Further fields of `Card`, such as `author`, `license`, `summary`, `train_dataset`.
        cache: Where to lay it; by default the folder of `get_hub_dir`.

    Returns:
        The module, as `find_module(uid)` would give it.

    Raises:
        UnsafePathError: The uid is not valid, or belongs to a published module.
        CheckpointError: The source cannot be read, or the task does not fit it.
        InputError: The vocabulary is another model's.
        CardError: Something in `link`, `task` or `facts` is nothing that a card may say.
    """
    uid = parse_uid(uid)
    if uid in published():
        raise UnsafePathError(f"{uid} is a published module; its name cannot be given to another file")
    if isinstance(source, Checkpoint):
        checkpoint = source
        if tokenizer is not None:
            check_vocabulary(tokenizer, checkpoint.config, checkpoint.source)
    else:
        checkpoint, tokenizer = find_stored(source).open_to_copy(tokenizer)
    checkpoint = checkpoint.with_task(task or checkpoint.task)

    weights = b"".join(FORMATS["ckpt"].render(renamed(checkpoint, "v1.0")))
    vocabulary = None if tokenizer is None else vocab_txt(tokenizer.vocabulary).encode()
    card = new_card(
        uid,
        checkpoint,
        link=link,
        sha256=hashlib.sha256(weights).hexdigest(),
        tokenizer=tokenizer,
        vocab_sha256=None if vocabulary is None else hashlib.sha256(vocabulary).hexdigest(),
        facts=facts or {},
    )
    render_card(card)  # what no card may say is refused before anything is written
    paths = (cache or HubCache()).entry(uid, card)
    for path, content in ((paths.vocab, vocabulary), (paths.asset, weights)):
        if path is not None and content is not None:
            with replacing(path) as file:
                file.write_bytes(content)
    lay_card_and_code(card, paths)
    return Module(uid, card, paths)
