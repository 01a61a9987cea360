"""Many texts through a pipeline: a few at a time, so that memory stays flat, and a bad one does not lose the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from itertools import count
from typing import Any

from ..errors import InputError, TinyBertError
from ..progress import PATIENCE, ProgressBar
from .pipeline import OnError, Options, Pipeline

WINDOW_BATCHES = 64
"""As many batches' worth of texts are tokenized and sorted together."""
WINDOW_CHARACTERS = 1 << 20
"""Fewer texts are, where these are long: a text's tokens take a hundred times the memory of its characters."""


def run(
    pipeline: Pipeline,
    items: Any,
    options: Options,
    *,
    single: bool,
    collect: Callable[[Iterator[Any], int], Any] = lambda results, count: list(results),
) -> Any:
    """Runs a pipeline over one item, many, or a stream of them.

    Args:
        pipeline: What is done with each.
        items: One item; a list or another collection; or an iterator, which is read no further than the results that
            were asked for need.
        options: As the caller gave them.
        single: Whether it is one item.
        collect: Makes of the results of a collection, and their number, what is returned.

    Returns:
        A result; what `collect` makes of results; or an iterator over them.

    Raises:
        InputError: It is none of these, or one of the items is wrong. Of a collection that is told before anything is
            computed, of a stream after the results of the items before it.
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
    """Yields each item in the form that the pipeline takes, or the error in its place."""
    for item, name in zip(items, names, strict=False):
        try:
            entry = pipeline.check(item, name)
        except InputError as error:
            if on_error == "raise":
                raise
            entry = error.with_traceback(None)  # which would keep all that was around alive
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
    """Yields as many entries at a time as are worked on together."""
    window: list[Any] = []
    characters = 0
    try:
        for entry in entries:
            window.append(entry)
            characters += 0 if isinstance(entry, TinyBertError) else pipeline.characters(entry)
            if len(window) >= most or characters >= WINDOW_CHARACTERS:
                yield window
                window, characters = [], 0
    except Exception:  # of a bad text, or of the stream itself: what came before it is not lost
        if window:
            yield window
        raise
    if window:
        yield window
