"""Model cards of MindSpore Hub: information about a module, in the format that the hub publishes.

A card is one Markdown file: a title, a header between two lines of `---`, and text for people. The header's fields are
the hub's, plus a few of our own (`task` and those after it), which the hub's validator accepts.
"""

from .model import Asset, Card
from .reading import check_card, parse_card, read_card, read_card_text
from .writing import render_card

__all__ = ["Asset", "Card", "check_card", "parse_card", "read_card", "read_card_text", "render_card"]
