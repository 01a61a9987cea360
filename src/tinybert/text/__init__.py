"""Convert text to token ids and back. Nothing here imports MindSpore."""

from .encoding import Encoding
from .tokenizer import BertTokenizer
from .vocabulary import AddedToken, Vocabulary

__all__ = ["AddedToken", "BertTokenizer", "Encoding", "Vocabulary"]
