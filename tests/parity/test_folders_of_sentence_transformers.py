"""A folder gives the same vectors here and in sentence-transformers, whichever of them wrote it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tinybert import BertTokenizer, Embedder
from tinybert.checkpoint import save_sentence_transformer
from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.text import Vocabulary

pytestmark = pytest.mark.parity

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (*SPECIAL, "rain", "falls", "snow", "in", "the", "north", "##s", "query", ":", "schön", "schon")
TEXTS = [
    "Rain falls.",
    "snow",
    "in the north rain falls and falls and falls and falls and falls and falls",
    "",
    "schön",
]
POOLINGS = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]


@pytest.fixture(scope="module")
def modules():
    pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer import modules

    return modules


@pytest.fixture
def ours(tmp_path, make_checkpoint):
    """A function that writes a model with settings, as `tinybert convert --layout sentence-transformers` does."""

    def ours(settings, **tokenizer):
        checkpoint = make_checkpoint(vocab_size=len(WORDS), head_act="none", hidden_act="gelu_erf", seq_length=12)
        vocabulary = BertTokenizer(Vocabulary(WORDS, **tokenizer))
        checkpoint = dataclasses.replace(checkpoint, sentence=settings)
        return save_sentence_transformer(checkpoint, tmp_path / "ours", tokenizer=vocabulary)

    return ours


def their_vectors(folder, **options):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(TEXTS, **options)


def dense(activation):
    random = np.random.default_rng(3)
    return Dense(random.normal(size=(7, 24)).astype(np.float32), random.normal(size=7).astype(np.float32), activation)


@pytest.mark.parametrize(
    "settings",
    [
        *(SentenceSettings((mode,)) for mode in ("first", "max", "mean", "mean_sqrt_len", "weighted_mean", "last")),
        SentenceSettings(("max", "mean"), normalize=True),
        SentenceSettings(truncate_dim=7),
        *(SentenceSettings(dense=(dense(name),)) for name in ("identity", "tanh", "relu", "gelu_erf", "sigmoid")),
        SentenceSettings(prompts={"query": "query : ", "document": ""}, default_prompt="query", normalize=True),
    ],
)
def test_what_we_write_opens_there_with_the_same_vectors(modules, ours, settings):
    folder = ours(settings)
    np.testing.assert_allclose(Embedder.from_pretrained(folder)(TEXTS), their_vectors(folder), rtol=0, atol=1e-4)


@pytest.mark.parametrize("tokenizer", [{"strip_accents": False}, {"do_lower_case": False}, {"model_max_length": 8}])
def test_settings_of_the_tokenizer_go_along(modules, ours, tokenizer):
    folder = ours(SentenceSettings(), **tokenizer)
    np.testing.assert_allclose(Embedder.from_pretrained(folder)(TEXTS), their_vectors(folder), rtol=0, atol=1e-4)


def test_prompts_are_chosen_by_name_or_given(modules, ours):
    folder = ours(SentenceSettings(prompts={"query": "query : ", "other": "snow "}))
    embed = Embedder.from_pretrained(folder)
    for prompt in ("query", "other"):
        theirs = their_vectors(folder, prompt_name=prompt)
        np.testing.assert_allclose(embed(TEXTS, prompt_name=prompt), theirs, rtol=0, atol=1e-4)
    for prompt in ("in the ", "query", ""):
        np.testing.assert_allclose(embed(TEXTS, prompt=prompt), their_vectors(folder, prompt=prompt), rtol=0, atol=1e-4)


def test_vectors_that_are_cut_off_and_scaled(modules, ours):
    """Where the model itself scales vectors, they cut off the scaled ones, and scale again only if asked."""
    embed = Embedder.from_pretrained(ours(SentenceSettings(truncate_dim=7, normalize=True)))
    theirs = their_vectors(embed.model.source, normalize_embeddings=True)
    np.testing.assert_allclose(embed(TEXTS), theirs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("pooling", [*POOLINGS, ("cls", "max")])
def test_what_they_write_opens_here_with_the_same_vectors(modules, ours, tmp_path, pooling):
    from sentence_transformers import SentenceTransformer

    transformer = modules.Transformer(str(ours(SentenceSettings(), model_max_length=6)), max_seq_length=9)
    parts = [transformer, modules.Pooling(24, pooling_mode=pooling)]
    if pooling == "cls":
        parts += [modules.Dense(24, 8), modules.Normalize()]
    theirs = SentenceTransformer(modules=parts, device="cpu", prompts={"query": "query : "})
    theirs.save_pretrained(str(tmp_path / "theirs"))
    vectors = Embedder.from_pretrained(tmp_path / "theirs")(TEXTS)
    np.testing.assert_allclose(vectors, theirs.encode(TEXTS), rtol=0, atol=1e-4)
    asked = Embedder.from_pretrained(tmp_path / "theirs")(TEXTS, prompt_name="query")
    np.testing.assert_allclose(asked, theirs.encode(TEXTS, prompt_name="query"), rtol=0, atol=1e-4)
