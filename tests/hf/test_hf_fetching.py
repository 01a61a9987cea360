"""Files come from the hub or the cache; errors are one sentence that says what to do."""

from __future__ import annotations

import errno
import logging
import socket
import warnings

import huggingface_hub
import pytest

from tinybert.errors import DependencyError, DownloadError, HubError, InputError, OfflineError
from tinybert.hf import SETTINGS, WEIGHTS, fetch, pinned


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_what_the_reader_needs_is_fetched_and_nothing_else(hub, commit):
    snapshot = fetch("hf:me/encoder", (*SETTINGS, *WEIGHTS))
    assert str(snapshot.name) == f"hf:me/encoder@{commit}"
    assert hub.downloaded == {
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
    }


@pytest.mark.parametrize("revision", ["main", "v1.0", "refs/pr/1"])
def test_a_revision_is_a_branch_a_tag_or_a_commit(hub, folder, revision):
    hub.push("me/encoder", folder, number=2)
    old = hub.push("me/encoder", folder, number=1, revision=revision)
    assert pinned(f"hf:me/encoder@{revision}") == pinned(f"hf:me/encoder@{old}") == f"hf:me/encoder@{old}"


def test_a_branch_that_moved_on_is_fetched_anew_and_the_commit_stays(hub, folder, commit):
    first = pinned("hf:me/encoder")
    later = hub.push("me/encoder", folder, number=2)
    assert pinned("hf:me/encoder") == f"hf:me/encoder@{later}"
    assert pinned(first) == first == f"hf:me/encoder@{commit}"


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "MSHUB_OFFLINE"])
def test_offline_the_cache_is_used_and_nobody_asked(hub, commit, monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(OfflineError, match=f"^hf:me/encoder is not in the cache.*{variable} forbids.*load it once"):
        fetch("hf:me/encoder", SETTINGS)
    monkeypatch.delenv(variable)
    online = fetch("hf:me/encoder", SETTINGS)
    hub.requests.clear()
    monkeypatch.setenv(variable, "1")
    assert fetch("hf:me/encoder", SETTINGS) == online
    assert hub.requests == []


def test_a_cache_without_the_weights_is_incomplete(commit, monkeypatch):
    fetch("hf:me/encoder", SETTINGS)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(OfflineError, match="not all of it"):
        fetch("hf:me/encoder", WEIGHTS)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    with pytest.raises(OfflineError, match=r"127\.0\.0\.1 cannot be reached"):
        fetch("hf:me/encoder", WEIGHTS)


def test_a_hub_out_of_reach_leaves_the_cache(commit, monkeypatch):
    online = fetch("hf:me/encoder", SETTINGS)
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    assert fetch("hf:me/encoder", SETTINGS) == online
    with pytest.raises(OfflineError, match=r"^hf:me/other is not in the cache, and 127.0.0.1 cannot be reached \("):
        fetch("hf:me/other", SETTINGS)


def test_a_hub_that_never_answers_is_one_out_of_reach(commit, monkeypatch):
    online = fetch("hf:me/encoder", SETTINGS)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_ETAG_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert fetch("hf:me/encoder", SETTINGS) == online
        with pytest.raises(OfflineError, match=r"127.0.0.1 cannot be reached \("):
            fetch("hf:me/other", SETTINGS)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "RepoNotFound", "127.0.0.1 has no model me/encoder, or it is private.*HF_TOKEN"),
        (404, "RepoNotFound", "127.0.0.1 has no model me/encoder, or it is private.*HF_TOKEN"),
        (404, "", "127.0.0.1 has no model me/encoder, or it is private.*HF_TOKEN"),
        (403, "GatedRepo", "me/encoder is gated: accept its terms .*HF_TOKEN"),
        (401, "GatedRepo", "me/encoder is gated: accept its terms .*HF_TOKEN"),
        (403, "", r"does not let you read hf:me/encoder \(status 403\).*HF_TOKEN"),
        (501, "", "answers with status 501. Try again later"),
    ],
)
def test_what_the_hub_refuses(hub, commit, monkeypatch, status, code, message):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.refused["me/encoder"] = status, code
    with pytest.raises(DownloadError, match=message) as caught:
        fetch("hf:me/encoder", SETTINGS)
    assert hub.requests[-1][2] == "Bearer hf_secret"
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 250
    assert caught.value.__suppress_context__


def test_a_gated_model_that_tells_its_files(hub, commit):
    hub.gated.add("me/encoder")
    with pytest.raises(DownloadError, match=r"hf:me/encoder is gated: accept its terms on its page at 127\.0"):
        fetch("hf:me/encoder", SETTINGS)


def test_a_revision_that_is_not_there(commit):
    with pytest.raises(
        DownloadError, match=r"me/encoder on 127.0.0.1 has no revision v9: give a branch, tag or commit"
    ):
        fetch("hf:me/encoder@v9", SETTINGS)


@pytest.mark.parametrize(
    ("number", "message"), [(errno.ENOSPC, "make room"), (errno.EACCES, "set HF_HOME to a folder that you may write")]
)
def test_a_disk_that_takes_nothing(monkeypatch, number, message):
    def fail(*_, **__):
        raise OSError(number, "no", "a file")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(DownloadError, match=message):
        fetch("hf:me/encoder", SETTINGS)


def test_whatever_else_the_library_raises(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a page " * 1000) from ValueError("http://user:password@proxy")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(HubError, match=r"cannot be reached \(ValueError\)"):
        fetch("hf:me/encoder", SETTINGS)


def test_the_library_keeps_its_warnings_to_itself(commit, monkeypatch, recwarn, caplog):
    genuine = huggingface_hub.snapshot_download

    def warn(*arguments, **options):
        warnings.warn_explicit("a page", UserWarning, "a file", 1, module="huggingface_hub.file_download")
        logging.getLogger("huggingface_hub.file_download").warning("a page")
        return genuine(*arguments, **options)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", warn)
    fetch("hf:me/encoder", SETTINGS)
    assert not recwarn.list
    assert not caplog.records


def test_the_cache_is_where_the_environment_says(commit, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    assert fetch("hf:me/encoder", SETTINGS).folder.is_relative_to(tmp_path / "elsewhere")
    monkeypatch.delenv("HF_HUB_CACHE")
    assert fetch("hf:me/encoder", SETTINGS).folder.is_relative_to(tmp_path / "home" / "hub")


def test_without_the_library(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r"pip install 'mindspore-tinybert\[hf\]'"):
        fetch("hf:me/encoder", SETTINGS)


def test_a_name_is_refused_before_anybody_is_asked(hub):
    with pytest.raises(InputError, match="not the name of a model on Hugging Face"):
        fetch("hf:encoder", SETTINGS)
    assert hub.requests == []


def test_what_is_no_name_is_left_alone():
    assert pinned("folder") == "folder"
    assert pinned(None) is None
