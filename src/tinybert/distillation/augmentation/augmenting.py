"""From a model and a data file to an augmented data file."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...arguments import check_integer, path_of
from ...checkpoint import Checkpoint
from ...checkpoint.heads import WORD_EMBEDDINGS
from ...data import write_conll, write_texts
from ...data.labelled import Table
from ...data.table_formats import table_format
from ...errors import InputError
from ...evaluation.examples import Data, examples_of
from ...evaluation.labels import check_kind
from ...evaluation.token_id_examples import are_tokenized
from ...hub.lookup import find_stored
from ...progress import PATIENCE, ProgressBar
from ...runtime.mindspore import MindSporeRuntime
from ...task import KINDS, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task, kind_of_command
from ...tasks.pipeline import BATCH_SIZE
from ...text import BertTokenizer
from ...text.vocabulary import MASK
from ...writing import check_writable
from .candidates import WordCandidates, whole_words
from .copies import PARTS, augmented
from .settings import AugmentSettings
from .word_vectors import NearestWords, nearest_by_embeddings, nearest_by_file
from .words import WordSplitter


class _File(NamedTuple):
    """How the examples of a kind are written.

    Attributes:
        check: Raises InputError unless a file of this name can be written.
        write: Writes examples as the table options say, and returns their number.
    """

    check: Callable[[Path], Any]
    write: Callable[[Path, Iterator[Any], Table], int]


_FILES: Mapping[str, _File] = {
    SEQUENCE_CLASSIFICATION.name: _File(
        lambda path: table_format(path, None),
        lambda path, examples, table: write_texts(path, examples, multi_label_separator=table.multi_label_separator),
    ),
    TOKEN_CLASSIFICATION.name: _File(lambda path: None, lambda path, examples, table: write_conll(path, examples)),
}


def augment(  # noqa: PLR0913 -- independent options, given by name
    model: str | Path,
    data: Data,
    output: str | Path,
    *,
    task: str | Task = SEQUENCE_CLASSIFICATION.command,
    p_threshold: float = AugmentSettings.p_threshold,
    copies: int = AugmentSettings.copies,
    candidates: int = AugmentSettings.candidates,
    seed: int = AugmentSettings.seed,
    word_vectors: str | Path | None = None,
    table: Table | None = None,
    vocabulary: str | Path | BertTokenizer | None = None,
    do_lower_case: bool | None = None,
    config: Mapping[str, Any] | None = None,
    batch_size: int = BATCH_SIZE,
    progress: bool | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Write training data with augmented copies: algorithm 1 of Jiao et al. 2019 (arXiv:1909.10351).

    In each copy, each word is replaced with probability `p_threshold` by one of its `candidates`, drawn at random. If
    the model is a masked language model, those of a word of one piece are the most probable words in its place. Those
    of other words are the nearest by the cosine of word vectors. Only words made of letters are replaced, and only by
    such words; see `tinybert.distillation.augmentation` for how this differs from the published code.

    Args:
        model: The model, as for `tinybert.load`; of one that is not a masked language model, only the word embeddings
            are used.
        data: The labelled examples: a file of texts, pairs or tagged words, as for `tinybert.finetune`.
        output: The file to write, which the readers read back: `.tsv`, `.csv` or `.jsonl`, or CoNLL for tags. Each
            example is followed by its copies, which have its labels; copies that repeat another are left out.
        task: `classify` or `tag`; or a `Task`, such as one for a regression.
        p_threshold: The probability with which each word is replaced, p_t in the paper.
        copies: The number of copies made of each example, N_a in the paper.
        candidates: The number of words to choose among for each word, K in the paper.
        seed: Seed of the random choices, which depend on seed, row and copy alone. The same seed gives the same file
            for any batch size, as long as rounding does not change the order of equally probable candidates.
        word_vectors: A text file of word vectors, such as GloVe's, to use instead of the model's word embeddings.
        table: How to read the file, as for `tinybert.finetune`.
        vocabulary: As for `tinybert.tasks.load_model`.
        do_lower_case: As for `tinybert.tasks.load_model`.
        config: Fields of `TinyBertConfig` that the model's files cannot tell.
        batch_size: Maximum number of rows per forward pass.
        progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.
        say: Called with where the candidates come from.

    Returns:
        The number of examples written, with the originals.

    Raises:
        InputError: A file cannot be read, the examples do not fit the task, or the task cannot be augmented.
        ConfigError: A setting is not allowed.
        WriteError: The output cannot be written.

    Example:
        >>> augment("bert-base-uncased", "train.tsv", "augmented.tsv", copies=5)
    """
    settings = AugmentSettings(p_threshold, copies, candidates, seed)
    check_integer(batch_size, "batch_size", 1)
    wanted = task if isinstance(task, Task) else Task(kind_of_command(task).name)
    path = path_of(output)
    _check(wanted, data, path)
    table = table or Table()
    examples = examples_of(wanted, data, table)
    check_kind(examples, wanted.kind)
    if are_tokenized(examples):
        raise InputError("the data holds token ids; words can only be replaced in text: give the texts")
    stored = find_stored(model)
    checkpoint, tokenizer = stored.open(vocabulary, do_lower_case, **(config or {}))
    checkpoint = dataclasses.replace(checkpoint, source=stored.name)
    find = _candidates(checkpoint, tokenizer, word_vectors, settings, batch_size, say or (lambda message: None))
    split = WordSplitter(tokenizer, min(checkpoint.config.max_position_embeddings, tokenizer.model_max_length))
    with ProgressBar(len(examples), unit="examples", shown=progress, patience=PATIENCE) as bar:
        made = augmented(examples, PARTS[wanted.kind], split, find, settings, bar.advance)
        return _FILES[wanted.kind].write(path, made, table)


def _check(task: Task, data: Data, path: Path) -> None:
    """Raise InputError, before anything is read, if the task cannot be augmented or the output not be written."""
    if task.kind not in PARTS:
        known = " or ".join(KINDS[kind].command for kind in PARTS)
        raise InputError(
            f"examples for {task.kind} cannot be augmented: with other words, their answers or scores would not hold. "
            f"The task must be {known}",
            argument="task",
        )
    _FILES[task.kind].check(path)
    check_writable(path)
    if isinstance(data, str | os.PathLike) and path.exists() and os.path.exists(data) and os.path.samefile(data, path):
        raise InputError(f"{path} is the data itself: write the augmented examples to another file", argument="output")


def _candidates(
    checkpoint: Checkpoint,
    tokenizer: BertTokenizer,
    word_vectors: str | Path | None,
    settings: AugmentSettings,
    batch_size: int,
    say: Callable[[str], None],
) -> WordCandidates:
    count, allowed = settings.candidates, whole_words(tokenizer)
    if len(allowed) < 2:
        raise InputError(
            f"{tokenizer.vocabulary.source} has no words of letters to choose among", argument="vocabulary"
        )
    nearest: NearestWords
    if word_vectors is not None:
        nearest, vectors = nearest_by_file(word_vectors, count), f"the vectors in {word_vectors}"
    else:
        nearest = nearest_by_embeddings(checkpoint.tensors[WORD_EMBEDDINGS], tokenizer, allowed, count)
        vectors = "its word embeddings"
    if not checkpoint.task.facts.is_pretraining:
        say(f"{checkpoint.source} is not a masked language model: candidates are the nearest words by {vectors}")
        return WordCandidates(tokenizer, nearest, count, None, batch_size)
    if tokenizer.token_to_id(MASK) is None:
        raise InputError(f"{tokenizer.vocabulary.source} has no {MASK}: give the model's own", argument="vocabulary")
    say(f"candidates are the predictions of {checkpoint.source}; of words of several pieces, the nearest by {vectors}")
    runtime = MindSporeRuntime.of_checkpoint(checkpoint)
    return WordCandidates(tokenizer, nearest, count, runtime, batch_size)
