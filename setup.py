"""Packaging of the distribution `mindspore-tinybert`: the package `tinybert` and the hub module's own files."""

import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
HUB_MODULE_FILES = ("hub_conf.py", "mindspore_hub_conf.py", "tinybert.md", "LICENSE")


class BuildWithHubModule(build_py):
    """Copies the hub module's top-level files into the wheel: `tinybert hub install` lays them into the hub cache."""

    def run(self) -> None:
        """Builds the package, then adds the files."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "tinybert" / "hub" / "module"
            target.mkdir(parents=True, exist_ok=True)
            for name in HUB_MODULE_FILES:
                shutil.copy2(ROOT / name, target / name)


RUNTIME = ["mindspore>=2.7,<3", "numpy<2", "scipy>=1.10", "safetensors>=0.4", "tokenizers>=0.19", "tfrecord>=1.14"]
RUNTIME += ["PyYAML>=6", "requests>=2.31", "urllib3>=2.2", "filelock>=3.12", "typer>=0.12", "rich>=13"]
REFERENCES = ["scikit-learn>=1.3", "seqeval>=1.2"]  # the metrics are compared with theirs
EXTRAS = {
    "hub": ["mindspore-hub"],
    "train": ["matplotlib>=3.8"],
    "test": ["pytest>=8", "pytest-xdist>=3", "pytest-timeout>=2", "hypothesis>=6", "trustme>=1", *REFERENCES],
    "check": ["ruff", "mypy", "import-linter", "types-PyYAML", "types-requests"],
    "docs": ["mkdocs>=1.6"],
    "notebook": ["matplotlib>=3.8", "nbclient>=0.10", "ipykernel>=6.29"],
}

setup(
    name="mindspore-tinybert",
    version="0.1.0",
    description="TinyBERT as a MindSpore Hub module: verified weights, text in, answers out",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.13",
    packages=find_packages("src"),
    package_dir={"": "src"},
    package_data={"tinybert": ["py.typed"], "tinybert.hub": ["published_cards.json"]},
    install_requires=RUNTIME,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["tinybert = tinybert.cli:main"]},
    cmdclass={"build_py": BuildWithHubModule},
)
