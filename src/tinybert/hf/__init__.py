"""Models on the Hugging Face Hub, under names such as `hf:sentence-transformers/all-MiniLM-L6-v2`.

The only package that uses `huggingface_hub`, which the extra `hf` installs.
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
