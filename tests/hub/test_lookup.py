"""Lookup of a model by the user's name for it; anything else is rejected with valid forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinybert.errors import CheckpointError, InputError, UnknownModuleError
from tinybert.hub.lookup import find_stored


@pytest.mark.parametrize("source", [None, 3, "", b"model", ["model"]])
def test_what_is_not_a_name(source):
    with pytest.raises(InputError, match=r"it must be a folder, a checkpoint file or a module's uid"):
        find_stored(source)


@pytest.mark.parametrize(
    "source", ["missing.ckpt", "./missing", "~/missing", "~nobody/x", "/missing", Path("missing.safetensors")]
)
def test_a_path_that_is_not_there(source):
    with pytest.raises(InputError, match="does not exist: give a folder, a checkpoint file or a module's uid"):
        find_stored(source)


def test_a_name_that_is_neither_a_path_nor_a_uid():
    with pytest.raises(InputError, match="nowhere is neither a folder nor a file, and not a module's uid"):
        find_stored("nowhere")


def test_a_uid_of_no_module():
    with pytest.raises(UnknownModuleError, match=r"tinybert_v1.0_cn-wiki"):
        find_stored("mindspore/ascend/1.0/tinybert_cn-wiki")


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(CheckpointError, match="holds no model"):
        find_stored(tmp_path)
