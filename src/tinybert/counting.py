"""Counts in messages, with the noun in singular or plural: 1 row, 2 rows."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    Args:
        number: The count.
        noun: The noun in the singular.
        plural: The noun in the plural, also used for 0; the default adds an s.

    Examples:
        >>> counted(1, "row"), counted(0, "row"), counted(2, "row without a label", "rows without a label")
        ('1 row', '0 rows', '2 rows without a label')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def there_are(number: int, noun: str, plural: str | None = None) -> str:
    """Return the count of `counted` as the beginning of a sentence.

    Examples:
        >>> there_are(1, "row"), there_are(2, "row")
        ('There is 1 row', 'There are 2 rows')
    """
    return f"There {'is' if number == 1 else 'are'} {counted(number, noun, plural)}"
