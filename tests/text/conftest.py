from pathlib import Path

import pytest

from tinybert.text import BertTokenizer, Vocabulary

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture(scope="session")
def golden_folder():
    return GOLDEN


@pytest.fixture(scope="session")
def english():
    return BertTokenizer.from_file(GOLDEN / "english.vocab.txt")


@pytest.fixture(scope="session")
def chinese():
    return BertTokenizer.from_file(GOLDEN / "chinese.vocab.txt")


@pytest.fixture
def letters():
    """[PAD] [UNK] [CLS] [SEP] are 0 to 3, the letters a to h 4 to 11."""
    return BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh")))
