"""Detection of a header line in a table, for callers who do not say whether it has one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .columns import Request, is_known

ROWS_SEEN = 200
"""Maximum number of rows inspected."""
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


def looks_like_header(rows: Sequence[Sequence[str]], request: Request) -> bool:
    """Return whether the first of some rows is a header.

    The names in a header are distinct and not numbers. Such a row is taken for a header if a requested column has a
    known name; or if the name of the label column is not one of the labels below it, and these are numbers or occur
    more than once.

    Args:
        rows: The first rows of a table.
        request: The caller's choice of columns, by index.

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
