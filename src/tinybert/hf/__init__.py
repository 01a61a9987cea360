"""Models on Hugging Face's hub, by names such as `hf:sentence-transformers/all-MiniLM-L6-v2`.

The only package that knows `huggingface_hub`, which is installed with the extra `hf`.
"""

from .fetching import SETTINGS, WEIGHTS, Snapshot, fetch, pinned
from .name import HfName, is_hf_name, suggestion

__all__ = [
    "SETTINGS",
    "WEIGHTS",
    "HfName",
    "Snapshot",
    "fetch",
    "is_hf_name",
    "pinned",
    "suggestion",
]
