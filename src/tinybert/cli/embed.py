"""`tinybert embed`: compute the vectors of texts."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import InputError
from ..hub.included import DEFAULT_MODEL
from ..task import ENCODER
from . import options
from .option_values import model_and_input
from .options import OnError

if TYPE_CHECKING:
    from ..tasks import Embedder
    from .input_rows import Row


class Pooling(str, Enum):
    """How token vectors are combined into one."""

    MEAN = "mean"
    FIRST = "first"
    POOLED = "pooled"
    MAX = "max"
    MEAN_SQRT_LEN = "mean_sqrt_len"
    WEIGHTED_MEAN = "weighted_mean"
    LAST = "last"


class To(str, Enum):
    """Output format of the vectors."""

    JSONL = "jsonl"
    TSV = "tsv"
    NPY = "npy"
    NPZ = "npz"


def embed(
    model: options.DefaultModel = DEFAULT_MODEL,
    input_: options.InputAfterModel = None,
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by the file name; on stdout, jsonl]", show_default=False),
    ] = None,
    pooling: Annotated[
        Optional[Pooling],  # noqa: UP045
        typer.Option(
            help="How token vectors become one, without the model's dense layers. [default: as the model says]",
            show_default=False,
        ),
    ] = None,
    normalize: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--normalize/--no-normalize", help="Scale vectors to length 1. [default: as the model says]"),
    ] = None,
    truncate_dim: options.TruncateDim = None,
    prompt_name: options.PromptName = None,
    prompt: options.Prompt = None,
    *,
    reading: options.InputOptions,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Embed texts: one vector per text, as .npy, JSON lines or TSV. Memory stays flat however long the input is.

    A .npz is an index for `tinybert search`: it also holds the texts, and is built in memory.

    A skipped line keeps its place: as NaN, or in JSON lines with its error.

    If the only argument is a text file or -, it is the INPUT, and the package's own model is used.

    Example: tinybert embed reviews.txt -o reviews.npy

    Example: tinybert embed hf:sentence-transformers/all-MiniLM-L6-v2 reviews.txt -o reviews.npy
    """
    from .input_rows import open_input
    from .output import STDOUT, output_format
    from .results import Results

    model, input_ = model_and_input(model, input_)
    form = output_format(output, to and to.value, ("jsonl", "tsv", "npy", "npz"))
    if form in ("npy", "npz") and output == STDOUT:
        raise typer.BadParameter(f"a .{form} needs a file: --output FILE", param_hint="--to")
    with open_input(input_) as file:
        rows = reading.rows(file, input_)
        from ..tasks import Embedder

        embedder = Embedder(loading.load(model, ENCODER.name))
        chosen = {
            "pooling": pooling and pooling.value,
            "normalize": normalize,
            "truncate_dim": truncate_dim,
            "prompt_name": prompt_name,
            "prompt": prompt,
            "max_length": computing.max_length,
        }
        width = embedder.embedding_size_with(pooling and pooling.value, truncate_dim)
        results = Results(partial(embedder, batch_size=computing.batch_size, **chosen), input_, output, on_error)
        if form == "npz":
            _write_index(results.of(rows), output, embedder, chosen)
        else:
            _write(results.of(rows), output, form, width)
    results.finish()


def _write_index(results: Iterable[tuple[Row, Any]], path: str, embedder: Embedder, chosen: dict[str, Any]) -> None:
    import numpy as np

    from ..tasks.search_index import SearchIndex

    found = [(row, vector) for row, vector in results if vector is not None]
    if not found:
        raise InputError("there is no text to search in")
    description = embedder.model.description
    assert description is not None
    SearchIndex(
        np.stack([vector for _, vector in found]),
        [row.item for row, _ in found],
        [row.line for row, _ in found],
        description.source,
        {name: value for name, value in chosen.items() if value is not None},
        {name: value for name, value in description.options.items() if value is not None and value != ()},
    ).save(path)


def _write(results: Iterable[tuple[Row, Any]], path: str, form: str, width: int) -> None:
    import numpy as np

    from .output import bad_line, json_line, npy_output, text_output

    missing = np.full(width, np.nan, np.float32)
    # Nine digits distinguish any float32 from its neighbours.
    separator = "\t" if form == "tsv" else ", "
    numbers = separator.join(["%.9g"] * width)
    with ExitStack() as stack:
        if form == "npy":
            write_row = stack.enter_context(npy_output(path, width))
            for _, vector in results:
                write_row(missing if vector is None else vector)
            return
        write = stack.enter_context(text_output(path))
        for row, vector in results:
            if form == "tsv":
                write(numbers % tuple((missing if vector is None else vector).tolist()) + "\n")
            elif vector is None:
                write(bad_line(row))
            else:
                # Like `json_line`, which would write twice as many digits.
                text = json_line(text=row.item).removesuffix("}\n")
                write(f'{text}, "embedding": [{numbers % tuple(vector.tolist())}]}}\n')
