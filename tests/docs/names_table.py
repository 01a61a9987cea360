"""The table of parameter names in `docs/checkpoints.md`, generated from the code.

`python tests/docs/names_table.py` writes it into the page.
"""

from __future__ import annotations

from pathlib import Path

from tinybert.checkpoint import layouts
from tinybert.checkpoint.heads import HEADS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checkpoints.md"
BEGIN, END = "<!-- names: begin -->\n", "<!-- names: end -->"


def table() -> str:
    lines = ["| `v1.0`, the network's own | `later` | `huggingface` |", "|---|---|---|"]
    for own, later, theirs in layouts._ROWS:
        same = '"' if later == own else f"`{later}`"
        lines.append(f"| `{own}` | {same} | `{theirs}` |")
    for own in dict.fromkeys(name for head in HEADS.values() for name in head.names):
        names = " or ".join(dict.fromkeys(f"`{head.names[own]}`" for head in HEADS.values() if own in head.names))
        lines.append(f'| `{own}` | " | {names} |')
    return "\n".join(lines) + "\n"


def table_in_page() -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip() + "\n"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
