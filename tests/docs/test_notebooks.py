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


def run(notebook, tmp_path):
    """Runs the cells in a process of its own; MindSpore reads the source of networks from the file."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install matplotlib")
    script = tmp_path / f"{notebook.stem}.py"
    script.write_text("\n\n".join(cells(notebook)), encoding="utf-8")
    environment = dict(os.environ, MSHUB_CACHE=str(tmp_path / "hub"), MPLBACKEND="Agg", MSHUB_OFFLINE="1")
    # From the notebook's folder, as Jupyter starts it.
    done = subprocess.run(
        [sys.executable, str(script)], cwd=notebook.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def neighbours_are_of_one_topic(printed):
    assert int(printed.rstrip("%\n")) > 70


def loss_falls(printed):
    first, last = re.search(r"loss (\S+) at first, (\S+) at last", printed).groups()
    assert float(last) < 0.5 * float(first)


def student_is_like_its_teacher(printed):
    accuracies = re.findall(r"'accuracy': ([0-9.]+)", printed)
    assert min(map(float, accuracies)) >= 0.7
    assert float(printed.rpartition("mean difference ")[2]) < 0.06


CHECKS = {
    "distillation": student_is_like_its_teacher,
    "embeddings": neighbours_are_of_one_topic,
    "transfer_learning": loss_falls,
}
"""What each notebook must print."""


def test_there_are_three():
    assert [notebook.stem for notebook in NOTEBOOKS] == ["distillation", "embeddings", "transfer_learning"]


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
def test_notebooks_run_and_show_what_they_say(notebook, tmp_path):
    printed = run(notebook, tmp_path)
    CHECKS[notebook.stem](printed)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_in_jupyter(notebook):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbclient ipykernel")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    content = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(content, timeout=600, resources={"metadata": {"path": str(notebook.parent)}}).execute()
