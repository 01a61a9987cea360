"""Write a benchmark's section of the report; sections of other benchmarks are kept."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
_HEADING = (
    "# Benchmark results\n\nWritten by the commands named below; see [README.md](README.md) for what they measure.\n"
)


def write_section(path: Path, name: str, body: str) -> None:
    """Replace the text between a section's markers, or append the section.

    Args:
        path: The report; created if missing.
        name: The section's name in its markers.
        body: Markdown.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    text = path.read_text(encoding="utf-8") if path.exists() else _HEADING
    text, replaced = re.subn(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: section, text, flags=re.DOTALL)
    if not replaced:
        text = f"{text.rstrip()}\n\n{section}\n"
    path.write_text(text, encoding="utf-8")


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are numbers."""
    header = list(header)
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))


def circumstances(versions: Mapping[str, str]) -> str:
    """Return date, machine, versions and command as a Markdown list."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    command = shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])
    return "\n".join(
        [
            f"- Date: {datetime.date.today().isoformat()}",
            f"- Machine: {_cpu()}, {os.cpu_count()} cores, {_memory()}, {platform.system()}",
            f"- Versions: Python {platform.python_version()}, {named}",
            f"- Command: `{command}`",
        ]
    )


def _cpu() -> str:
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    match = re.search(r"^model name\s*: (.+)$", info, re.MULTILINE)
    return f"{match.group(1)} ({platform.machine()})" if match else platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "memory unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
