"""The notebooks run from top to bottom, and are small."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from pages import DOCS, ROOT

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
MOST_BYTES = 300_000


def cells(notebook):
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def run(notebook, tmp_path, cache):
    """Runs the cells in a process of its own; MindSpore reads the source of networks from the file."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install matplotlib")
    script = tmp_path / f"{notebook.stem}.py"
    script.write_text("\n\n".join(cells(notebook)), encoding="utf-8")
    environment = dict(os.environ, MSHUB_CACHE=str(cache), MPLBACKEND="Agg", MSHUB_OFFLINE="1")
    # From the notebook's folder, as Jupyter starts it.
    done = subprocess.run(
        [sys.executable, str(script)], cwd=notebook.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_there_are_two():
    assert [notebook.stem for notebook in NOTEBOOKS] == ["embeddings", "transfer_learning"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_small_and_name_no_folder_of_this_machine(notebook):
    text = notebook.read_text(encoding="utf-8")
    assert len(text) < MOST_BYTES
    assert str(ROOT) not in text
    for source in cells(notebook):
        compile(source, notebook.name, "exec")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_with_a_tiny_model(notebook, tmp_path, tiny_cache):
    run(notebook, tmp_path, tiny_cache)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_with_the_real_model(notebook, tmp_path, real_cache):
    printed = run(notebook, tmp_path, real_cache)
    if notebook.stem == "embeddings":
        assert int(printed.rstrip("%\n")) > 70
    else:
        first, last = re.search(r"loss (\S+) at first, (\S+) at last", printed).groups()
        assert float(last) < 0.5 * float(first)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_in_jupyter(notebook, tiny_cache, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbclient ipykernel")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("MSHUB_CACHE", str(tiny_cache))
    content = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(content, timeout=600, resources={"metadata": {"path": str(notebook.parent)}}).execute()
