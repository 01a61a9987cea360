"""What scripts pass to the stand-in by mistake raises the kinds of errors that the official client raises."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from small_modules import small_model

import mindspore_hub as mshub
from tinybert.errors import TinyBertError
from tinybert.hub import publish

UID = "me/1.0/a"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")


@pytest.fixture
def module():
    return publish(**small_model(), uid=UID)


@pytest.mark.parametrize(
    "name",
    [
        UID,
        np.str_(UID),
        Path(UID),
        f"https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/{UID}.md",
        f"https://example.org/assets/{UID}",
        f"https://gitee.com/hub/assets/{UID}.md?raw=true",
        f"https://example.org/assets/{UID}/",
    ],
)
def test_names_that_are_taken(name, module):
    assert {parameter.name for parameter in mshub.load_weights(name).values()} == set(mshub.load_weights(UID))
    assert mshub.load(name, False, pretrained=False).config.hidden_size == 8


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, TypeError) for name in (None, b"x", [UID], (UID,), {}, 3.5, True, object(), PurePosixPath(UID))),
        *(
            (name, ValueError)
            for name in ("", " ", "a", "a/b", f"{UID}/", f"/{UID}", f" {UID}", f"{UID}.md", "me/1.0/A")
        ),
        *((name, ValueError) for name in (f"http://example.org/{UID}", "file:///me/1.0/a", f"hf:{UID}", "me/1.0/\0")),
        *((name, ValueError) for name in ("me/../a", "me/1.0/..", "~/1.0/a", "me\\1.0\\a", "x" * 5000)),
    ],
)
def test_names_that_are_none(name, kind):
    for function in (mshub.load, mshub.load_weights):
        with pytest.raises(kind) as caught:
            function(name)
        assert isinstance(caught.value, TinyBertError)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"pretrained": None}, TypeError),
        ({"pretrained": 1}, TypeError),
        ({"force_reload": "yes"}, TypeError),
        ({"source": None}, TypeError),
        ({"source": "GITEE"}, ValueError),
        ({"source": ["gitee"]}, TypeError),
        ({"source": "local"}, ValueError),
        ({"is_training": None}, ValueError),
        ({"seq_length": "16"}, ValueError),
        ({"seq_length": 0}, ValueError),
        ({"seq_length": 10**9}, ValueError),
        ({"compute_type": "float8"}, ValueError),
        ({"checkpoint": "gone.ckpt"}, ValueError),
        ({"vocab_size": -1}, ValueError),
        ({"hidden_dropout_prob": 2}, ValueError),
        ({"hidden_act": "tanh"}, ValueError),
        ({"batch_size": 16}, ValueError),
        ({"num_attention_heads": 3}, ValueError),
    ],
)
def test_other_arguments(module, arguments, kind):
    with pytest.raises(kind) as caught:
        mshub.load(UID, **arguments)
    assert isinstance(caught.value, TinyBertError)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8, np.array])
def test_a_number_of_numpy_s_is_one(module, kind):
    config = mshub.load(UID, False, pretrained=False, seq_length=kind(8)).config
    assert (config.seq_length, type(config.seq_length)) == (8, int)
    for wrong in (kind(0), np.float32(8), np.bool_(True), np.array([8, 8])):
        with pytest.raises(ValueError, match=r"seq_length is .*: it must be an integer"):
            mshub.load(UID, False, pretrained=False, seq_length=wrong)


@pytest.mark.parametrize(("version", "count"), [("", 0), ("1", 0), ("R1.0", 0), ("r1.0", 4), ("1.0", 4), ("\0", 0)])
def test_versions_of_the_list(module, version, count):
    assert len(mshub.hub_list(version)) == count
    assert "a" in mshub.hub_list("master")


@pytest.mark.parametrize("version", [1, 1.0, ["1.0"], b"1.0", True, Path("1.0")])
def test_what_is_no_version(version):
    with pytest.raises(TypeError):
        mshub.hub_list(version)


@pytest.mark.parametrize(("path", "kind"), [(0, TypeError), (True, TypeError), ("", ValueError), ("a\0b", ValueError)])
def test_what_is_no_card_of_info(path, kind):
    before = os.fstat(0)
    with pytest.raises(kind):
        mshub.info.CellInfo(path)
    assert os.path.samestat(before, os.fstat(0)), "a number is an open file of somebody else's, which stays open"


@pytest.mark.parametrize("folder", ["", ".", "~", "gone/below", "a b", "\u96ea"])
def test_any_folder_may_become_the_cache(folder, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    mshub.manage.set_hub_dir(folder)
    assert Path(mshub.manage.get_hub_dir()).is_relative_to(home)
    assert mshub.hub_list("1.0") == ["tinybert-en", "tinybert_v1.0_cn-wiki", "tinybert_v1.0_en-wiki"]
    publish(**small_model(), uid=UID)
    assert len(mshub.load_weights(UID)) == len(small_model()["source"].tensors)
