"""The one step of the build that `pyproject.toml` cannot describe: the hub module's own files go into the wheel."""

import shutil
from pathlib import Path

from setuptools import setup
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


setup(cmdclass={"build_py": BuildWithHubModule})
