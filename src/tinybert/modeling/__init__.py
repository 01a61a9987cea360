"""The network: embeddings, attention, encoder, model and task heads. Reads no files and changes no context."""

from ..compat import require_mindspore

require_mindspore()

from .heads import (  # noqa: E402 -- a missing MindSpore must be reported before anything imports it
    TinyBertForQuestionAnswering,
    TinyBertForSequenceClassification,
    TinyBertForTokenClassification,
)
from .masked_lm import TinyBertForMaskedLM  # noqa: E402
from .model import TinyBertModel  # noqa: E402

__all__ = [
    "TinyBertForMaskedLM",
    "TinyBertForQuestionAnswering",
    "TinyBertForSequenceClassification",
    "TinyBertForTokenClassification",
    "TinyBertModel",
]
