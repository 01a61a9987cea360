"""`tinybert augment`: training data with copies in which words are replaced."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated, Optional

import typer

from ..distillation.augmentation.settings import AugmentSettings
from ..hub.included import DEFAULT_MODEL
from ..task import SEQUENCE_CLASSIFICATION, Task, kind_of_command
from . import completion, options
from .option_values import config_fields
from .stderr import complain


def augment(
    *,
    model: Annotated[
        str,
        typer.Option(
            help="Model whose predictions replace words, as for `tinybert fill`; of another, its word embeddings do.",
            autocompletion=completion.uids,
        ),
    ] = DEFAULT_MODEL,
    data: Annotated[str, typer.Option(help="Training data, as for `tinybert finetune`; - is stdin.")],
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to write: .tsv, .csv or .jsonl; or CoNLL to tag.")
    ],
    task: Annotated[str, typer.Option(help="What the data is for: classify or tag.")] = SEQUENCE_CLASSIFICATION.command,
    word_vectors: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="Word vectors such as GloVe's, as text. [default: the model's word embeddings]"
        ),
    ] = None,
    regression: Annotated[bool, typer.Option("--regression", help="Labels are scores.")] = False,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Largest number of rows in a batch.")] = 64,
    settings: AugmentSettings,
    reading: options.TableOptions,
    loading: options.ModelOptions,
) -> None:
    """Write training data with copies in which words are replaced, for `tinybert distill`.

    Each example is followed by its copies, with its labels. Words are replaced by what a masked language model
    predicts in their place or, with another model such as the default, by the nearest words
    (algorithm 1 of Jiao et al. 2019). Prints the number of examples written.

    \b
    Example: tinybert augment --model hf:google-bert/bert-base-uncased \\
      --data train.tsv --output augmented.tsv
    """  # noqa: D301 -- \b keeps the lines of the example
    from ..distillation import augment as write_augmented

    kind = kind_of_command(task)
    problem = "regression" if regression and kind.problems else None
    count = write_augmented(
        model,
        sys.stdin.buffer if data == "-" else data,
        output,
        task=Task(kind.name, problem=problem),
        word_vectors=word_vectors,
        table=reading.table(regression=regression),
        vocabulary=loading.vocabulary,
        do_lower_case=loading.do_lower_case,
        config=config_fields(loading.config),
        batch_size=batch_size,
        say=complain,
        **dataclasses.asdict(settings),
    )
    typer.echo(count)
