"""Models with few words, and what finds words that may replace them."""

import sys
from pathlib import Path

import pytest

from tinybert import Task, TinyBertConfig
from tinybert.checkpoint import save_folder
from tinybert.data import TextExample, write_texts
from tinybert.distillation.augmentation.candidates import WordCandidates, whole_words
from tinybert.distillation.augmentation.word_vectors import nearest_by_embeddings
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.weights import build_network, checkpoint_of

sys.path.insert(0, str(Path(__file__).parent))

from few_words import VOCABULARY


@pytest.fixture(scope="module")
def tokenizer():
    return BertTokenizer(Vocabulary(VOCABULARY))


@pytest.fixture(scope="module")
def networks(fill, tokenizer):
    """A masked language model, and an encoder, with random weights."""
    config = TinyBertConfig(
        vocab_size=len(VOCABULARY) + 3,  # padded
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=16,
        seq_length=16,
    )
    kinds = ("masked-language-modeling", "encoder")
    return {kind: fill(build_network(config, Task(kind), return_all_encoders=False)) for kind in kinds}


@pytest.fixture(scope="module")
def folders(networks, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {kind: save_folder(checkpoint_of(net), folder / kind, tokenizer=tokenizer) for kind, net in networks.items()}


@pytest.fixture(scope="module")
def masked(folders):
    return folders["masked-language-modeling"]


@pytest.fixture(scope="module")
def finder(networks, tokenizer):
    """Candidates of the masked language model, three for each word."""
    network = networks["masked-language-modeling"].set_train(False)
    table = network.bert.embedding_table.asnumpy()
    nearest = nearest_by_embeddings(table, tokenizer, whole_words(tokenizer), 3)
    return WordCandidates(tokenizer, nearest, 3, MindSporeRuntime(network), 4)


@pytest.fixture(scope="module")
def quick(networks, tokenizer):
    """Candidates by word embeddings, three for each word."""
    table = networks["encoder"].embedding_table.asnumpy()
    return WordCandidates(tokenizer, nearest_by_embeddings(table, tokenizer, whole_words(tokenizer), 3), 3, None, 4)


@pytest.fixture
def train(tmp_path):
    path = tmp_path / "train.tsv"
    write_texts(path, [TextExample("the film is good", label="pos"), TextExample("a bad book", label="neg")])
    return path
