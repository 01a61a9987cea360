"""Streaming of texts through a pipeline in constant memory; a bad text does not lose the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from itertools import count
from typing import Any

from ..errors import InputError, TinyBertError
from ..progress import PATIENCE, ProgressBar
from .pipeline import OnError, Options, Pipeline

WINDOW_BATCHES = 64
"""Number of batches whose texts are tokenized and sorted together."""
WINDOW_CHARACTERS = 1 << 20
"""Maximum characters processed together: the tokens of a text take a hundred times the memory of its characters."""


def run(
    pipeline: Pipeline,
    items: Any,
    options: Options,
    *,
    single: bool,
    collect: Callable[[Iterator[Any], int], Any] = lambda results, count: list(results),
) -> Any:
    """Run a pipeline over one item, many, or a stream of them.

    Args:
        pipeline: The pipeline to apply to each item.
        items: One item; a list or other collection; or an iterator, which is consumed only as far as the requested
            results need.
        options: The caller's options.
        single: Whether `items` is a single item.
        collect: Builds the return value for a collection from its results and their number.

    Returns:
        One result; the return value of `collect`; or an iterator over results.

    Raises:
        InputError: `items` is none of these, or an item is invalid. For a collection, this is raised before anything is
            computed; for a stream, after the results of the preceding items.
    """
    if single:
        (result,) = _stream(pipeline, _checked(pipeline, [items], [pipeline.one], options.on_error), options, 1)
        return result
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise InputError(
            f"{pipeline.many} is of type {type(items).__name__}; give one {pipeline.one}, a list or an iterator."
        )
    names = (f"{pipeline.many}[{index}]" for index in count())
    entries: Iterable[Any] = _checked(pipeline, items, names, options.on_error)
    if isinstance(items, Iterator) or not isinstance(items, Sized):
        return _stream(pipeline, entries, options, None)
    entries = list(entries)
    return collect(_stream(pipeline, entries, options, len(entries)), len(entries))


def _checked(pipeline: Pipeline, items: Iterable[Any], names: Iterable[str], on_error: OnError) -> Iterator[Any]:
    """Yield each item in the form that the pipeline takes, or its error."""
    for item, name in zip(items, names, strict=False):
        try:
            entry = pipeline.check(item, name)
        except InputError as error:
            if on_error == "raise":
                raise
            entry = error.with_traceback(None)  # the traceback would keep its frames alive
        yield entry


def _stream(pipeline: Pipeline, entries: Iterable[Any], options: Options, total: int | None) -> Iterator[Any]:
    with ProgressBar(total, unit="texts", shown=options.progress, patience=PATIENCE) as bar:
        for window in _windows(pipeline, entries, options.batch_size * WINDOW_BATCHES):
            items = [entry for entry in window if not isinstance(entry, TinyBertError)]
            results = iter(pipeline.results(items, options.batch_size, bar.advance) if items else ())
            bar.advance(len(window) - len(items))
            for entry in window:
                yield entry if isinstance(entry, TinyBertError) else next(results)


def _windows(pipeline: Pipeline, entries: Iterable[Any], most: int) -> Iterator[list[Any]]:
    """Yield the lists of entries that are processed together."""
    window: list[Any] = []
    characters = 0
    try:
        for entry in entries:
            window.append(entry)
            characters += 0 if isinstance(entry, TinyBertError) else pipeline.characters(entry)
            if len(window) >= most or characters >= WINDOW_CHARACTERS:
                yield window
                window, characters = [], 0
    except Exception:  # from a bad text or the stream itself: the entries before it must not be lost
        if window:
            yield window
        raise
    if window:
        yield window
