"""Whether the first line of a table holds the names of its columns, where nobody says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .columns import Request, is_known

ROWS_SEEN = 200
"""The most rows that are looked at."""
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


def looks_like_header(rows: Sequence[Sequence[str]], request: Request) -> bool:
    """Whether the first of some rows is a header.

    A header has names that differ and are not numbers. It is taken for one if a column that was asked for has a name
    that is known; or if the label's name is none of the labels below it, which are numbers or come more than once.

    Args:
        rows: The first rows of a table.
        request: What was asked for, columns by their indices.

    Example:
        >>> looks_like_header([["review", "stars"], ["good", "4"], ["bad", "1"]], Request(0, None, 1))
        True
    """
    if len(rows) < 2:
        return False
    names, below = rows[0], rows[1:]
    if len({*names}) < len(names) or any(not name.strip() or _NUMBER.fullmatch(name.strip()) for name in names):
        return False
    asked = [column for column in request.given if isinstance(column, int) and column < len(names)]
    if any(is_known(names[column]) for column in asked):
        return True
    label = request.label
    if not isinstance(label, int) or isinstance(label, bool) or label >= len(names):
        return False
    labels = [row[label].strip() for row in below if len(row) > label]
    if not labels or names[label].strip() in labels:
        return False
    return all(map(_NUMBER.fullmatch, labels)) or len({*labels}) <= len(labels) / 2
