"""Search index: embedded texts in one file that also records their model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import msgspec
import numpy as np

from ..arguments import path_of
from ..counting import counted
from ..errors import InputError
from ..reading import parse_json
from ..writing import replacing, to_json
from .embed import Embedder
from .search import top_k

_ALIKE = 0.999
"""Minimum cosine of two embeddings of the same text by the same model, in different batches or in float16."""


@dataclass(frozen=True)
class Hit:
    """A text found by a search.

    Attributes:
        score: Cosine similarity to the query, -1 to 1; or the score of a reranker.
        line: Line number of the text in the input, from 1.
        text: The text.
    """

    score: float
    line: int
    text: str


class _Options(TypedDict, total=False):
    """Options of `Embedder` that affect its vectors."""

    pooling: str
    normalize: bool
    truncate_dim: int
    prompt_name: str
    prompt: str
    max_length: int


class _About(msgspec.Struct):
    """Metadata stored in an index; `format` is 1."""

    format: int
    model: str
    options: _Options = {}
    loading: dict[str, Any] = {}


@dataclass(frozen=True)
class SearchIndex:
    """Texts with their vectors and the model that computed them.

    Attributes:
        vectors: (N, H) float32, one vector for each text.
        texts: The N texts.
        lines: The line of each, from 1.
        model: Where the model is, as for `tinybert.load`.
        options: With which options of `Embedder` the texts were embedded, such as `pooling`.
        loading: With which options of `tinybert.tasks.load_model` the model was loaded, such as `vocabulary`.
        source: What messages call it.
    """

    vectors: np.ndarray
    texts: Sequence[str]
    lines: Sequence[int]
    model: str
    options: dict[str, Any] = field(default_factory=dict)
    loading: dict[str, Any] = field(default_factory=dict)
    source: str = "the index"

    def save(self, path: str | Path) -> None:
        """Write the index atomically as a `.npz` file without pickles.

        Raises:
            WriteError: The file cannot be written.
        """
        about = {"format": 1, "model": self.model, "options": self.options, "loading": self.loading}
        arrays = {
            "vectors": np.asarray(self.vectors, np.float32),
            "lines": np.asarray(self.lines, np.int64),
            "texts": _bytes(json.dumps(list(self.texts), ensure_ascii=False)),
            "about": _bytes(to_json(about)),
        }
        with replacing(path, through_link=True) as temporary, open(temporary, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path) -> SearchIndex:
        """Read an index from a file.

        Raises:
            InputError: The file cannot be read, or is not an index.
        """
        path = path_of(path)
        wrong = f"{path} is not an index: tinybert embed MODEL INPUT --output INDEX.npz makes one"
        try:
            with np.load(path, allow_pickle=False) as file:
                vectors, lines, texts, about = (file[name] for name in ("vectors", "lines", "texts", "about"))
        except FileNotFoundError:
            raise InputError(f"{path} does not exist") from None
        except IsADirectoryError:
            raise InputError(f"{path} is a folder, not an index") from None
        except MemoryError:
            raise InputError(f"{path} is larger than the memory, or damaged") from None
        except Exception:  # NumPy, zipfile and zlib raise a dozen kinds for a damaged file
            raise InputError(wrong) from None
        forms = [(array.ndim, array.dtype.name) for array in (vectors, lines, texts, about)]
        if forms != [(2, "float32"), (1, "int64"), (1, "uint8"), (1, "uint8")]:
            raise InputError(wrong)
        facts = parse_json(about.tobytes(), _About, source=str(path))
        names = parse_json(texts.tobytes(), list[str], source=str(path))
        if facts.format != 1 or not len(names) == len(vectors) == len(lines):
            raise InputError(wrong)
        return cls(vectors, names, lines.tolist(), facts.model, {**facts.options}, facts.loading, str(path))

    def search(self, embedder: Embedder, queries: Sequence[str], k: int = 10, **options: Any) -> list[list[Hit]]:
        """Find the nearest texts to each query.

        Args:
            embedder: An embedder with the model that made the index.
            queries: The queries.
            k: Number of texts per query; at most the size of the index is returned.
            **options: Embedding options for the queries that override the index's own, such as `prompt` or
                `prompt_name`.

        Returns:
            The hits for each query, nearest first.

        Raises:
            InputError: The index was made with another model, or `k` is not a positive integer.
        """
        self._check(embedder)
        if not queries:
            return []
        indices, scores = top_k(embedder(list(queries), **{**self.options, **options}), self.vectors, k)
        return [
            [Hit(float(score), self.lines[index], self.texts[index]) for index, score in zip(*found, strict=True)]
            for found in zip(indices.tolist(), scores.tolist(), strict=True)
        ]

    def _check(self, embedder: Embedder) -> None:
        """Embed the first text again to check that the model is the same."""
        if not len(self.texts):
            raise InputError(f"{self.source} has no texts")
        again = embedder([self.texts[0]], **self.options)
        if again.shape[1] != self.vectors.shape[1]:
            width = counted(self.vectors.shape[1], "number")
            raise InputError(f"{self.source} has vectors of {width}, and the model makes {again.shape[1]}: {_REMEDY}")
        (_,), (score,) = top_k(again[0], self.vectors[:1], 1)
        if score < _ALIKE and self.vectors[0].any():
            problem = f"its first text has a cosine of {score:.2f} to itself"
            raise InputError(f"{self.source} was made with another model: {problem}. {_REMEDY}")


_REMEDY = "Search with the model that made it, or embed the texts again"


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
