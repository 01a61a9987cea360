"""Keep the tokenizers library quiet and safe in processes that fork, such as data loaders.

The library splits a batch over threads. Threads do not survive a fork, so a forked child must tokenize without them;
releases up to 0.21 warn about this on every fork unless `TOKENIZERS_PARALLELISM` is set. Here the variable is set to
`false` for the child only: the child runs on one thread without a warning, and the parent stays parallel. A value set
by the user is not changed.
"""

from __future__ import annotations

import os

_VARIABLE = "TOKENIZERS_PARALLELISM"
_set_here = False


def _before_fork() -> None:
    global _set_here  # noqa: PLW0603 - handlers of os.register_at_fork take no arguments
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = "false"
        _set_here = True


def _after_fork_in_parent() -> None:
    global _set_here  # noqa: PLW0603
    if _set_here:
        os.environ.pop(_VARIABLE, None)
        _set_here = False


def quiet_forks() -> None:
    """Register the fork handlers; do nothing on systems without fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent)
