"""Runner of documentation pages: runs their code blocks in order and compares the output with the page.

`python tests/docs/pages.py docs/tasks/embed.md docs/notebooks/embeddings.ipynb ...` runs pages and notebooks and writes
what they print into them.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
NOT_RUN = "<!-- not run"
WITHIN = re.compile(r"<!-- within ([0-9.]+): .+ -->")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DECIMAL = re.compile(r"-?\d+\.\d*(?:e-?\d+)?")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        language: `python`, `sh` or `text`.
        code: Content of the block.
        line: Its first line in the page.
        start: Where its content starts, in characters.
        runs: Whether it is to be run.
        within: For output blocks, the tolerance of decimal numbers, as given in the line above, `<!-- within 0.1: two
            of the 20 reviews -->`; 0 without such a line.
    """

    language: str
    code: str
    line: int
    start: int
    runs: bool
    within: float = 0.0


def pages() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    blocks = []
    for match in _FENCE.finditer(text):
        before = text[: match.start()].rstrip().rsplit("\n", 1)[-1]
        line = text.count("\n", 0, match.start(2)) + 1
        within = WITHIN.fullmatch(before)
        blocks.append(
            Block(
                match[1],
                match[2],
                line,
                match.start(2),
                runs=not before.startswith(NOT_RUN),
                within=float(within[1]) if within else 0.0,
            )
        )
    return blocks


def commands_of(code: str) -> Iterator[list[str]]:
    """Return the calls of `tinybert` in a block of shell code, as lists of arguments."""
    for line in code.replace("\\\n", " ").splitlines():
        for part in line.split(" | "):
            words = shlex.split(part)
            if words[:1] == ["tinybert"]:
                yield words[1:]


class Runner:
    """Runs the blocks of a page, one after the other, in a folder that has the data of the docs.

    Args:
        folder: The working folder.
        shell: Runs a block of shell code and returns what it prints.
    """

    def __init__(self, folder: Path, shell: Callable[[str], str]) -> None:
        self.folder, self.shell = folder, shell
        for name in ("docs/data", "examples"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "tinybert.md", folder)

    def run(self, page: Path) -> Iterator[tuple[Block, str, Block | None]]:
        """Yields each block that was run, what it printed, and the block of text after it, if there is one."""
        blocks = blocks_of(page)
        # The compiler reads the source of networks from files and looks up their module.
        module = types.ModuleType(f"page_{page.stem.replace('-', '_')}")
        sys.modules[module.__name__] = module
        try:
            for block, after in zip(blocks, [*blocks[1:], None], strict=True):
                if block.runs and block.language in ("python", "sh"):
                    run = self.shell if block.language == "sh" else self._python
                    printed = run(block.code) if block.language == "sh" else run(block.code, block, page, module)
                    yield block, printed, after if after is not None and after.language == "text" else None
        finally:
            del sys.modules[module.__name__]

    def _python(self, code: str, block: Block, page: Path, module: types.ModuleType) -> str:
        source = self.folder / f"{page.stem}_line_{block.line}.py"
        source.write_text(code, encoding="utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(source), "exec"), module.__dict__)
        return printed.getvalue()


def shell_of(folder: Path) -> Callable[[str], str]:
    """Runs shell code as a reader does, with this Python's `tinybert`."""

    def shell(code: str) -> str:
        environment = dict(os.environ, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}", PYTHONWARNINGS="")
        code = re.sub(r"^export PATH=.*$", "", code, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"exit code {done.returncode}:\n{code}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    return shell


def alike(printed: str, promised: str, within: float = 0.0) -> bool:
    """Return whether two outputs have equal words and integers, and decimal numbers within the tolerance."""
    if not within:
        return printed.rstrip() == promised.rstrip()
    if _DECIMAL.sub("0.0", printed).split() != _DECIMAL.sub("0.0", promised).split():
        return False
    pairs = zip(_DECIMAL.findall(printed), _DECIMAL.findall(promised), strict=True)
    return all(abs(float(a) - float(b)) <= within for a, b in pairs)


def update(page: Path) -> None:
    """Writes what the blocks of a page print into the blocks of text after them."""
    text = page.read_text(encoding="utf-8")
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.chdir(folder)
        os.environ["MSHUB_CACHE"] = str(folder / "hub")
        runs = list(Runner(folder, shell_of(folder)).run(page))
        os.chdir(before)
    for _, printed, after in reversed(runs):
        if after is not None:
            text = text[: after.start] + printed.rstrip() + "\n" + text[after.start + len(after.code) :]
    page.write_text(text, encoding="utf-8")


def update_notebook(notebook: Path) -> None:
    """Runs a notebook and writes its outputs into it, without what differs from run to run."""
    import nbclient
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(content, timeout=900, resources={"metadata": {"path": str(notebook.parent)}}).execute()
    for cell in content.cells:
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = None
    content.metadata.language_info = {"name": "python"}
    notebook.write_text(nbformat.writes(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        path = Path(argument).resolve()
        (update_notebook if path.suffix == ".ipynb" else update)(path)
