"""Whatever the asset host does, the result is the declared file, or no file and an error that says why."""

from __future__ import annotations

import hashlib
import socket
import sys
from types import SimpleNamespace

import pytest
from asset_server import CONTENT, OTHER, PATH, SHA256, Answer
from fetches import QUICK, assert_explains

from tinybert.errors import DownloadError, IntegrityError, OfflineError
from tinybert.hub.fetch import fetch


@pytest.fixture
def pauses(monkeypatch):
    """The pauses between attempts, which take no time here."""
    pauses = []
    monkeypatch.setattr("tinybert.hub.fetch.fetching.time", SimpleNamespace(sleep=pauses.append))
    return pauses


def test_a_good_file_arrives_in_one_request_and_alone(server, target, names):
    assert fetch(server.url(), target, SHA256.upper(), **QUICK) == target
    assert target.read_bytes() == CONTENT
    assert names() == {"tinybert.ckpt"}
    assert len(server.requests) == 1


def test_a_file_that_is_there_is_not_fetched_again(server, target):
    fetch(server.url(), target, SHA256, **QUICK)
    fetch(server.url(), target, SHA256, **QUICK)
    assert len(server.requests) == 1


def test_a_wrong_file_that_is_there_is_set_aside_and_the_next_call_fetches(server, target, names):
    target.parent.mkdir(parents=True)
    target.write_bytes(OTHER)
    with pytest.raises(IntegrityError):
        fetch(server.url(), target, SHA256, **QUICK)
    assert names() == {"tinybert.ckpt.rejected"}
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT


def test_another_file_than_declared_is_refused_and_not_kept(server, target, names):
    server.files[PATH] = OTHER
    with pytest.raises(IntegrityError) as caught:
        fetch(server.url(), target, SHA256, **QUICK)
    assert (caught.value.expected, caught.value.actual) == (SHA256, hashlib.sha256(OTHER).hexdigest())
    assert caught.value.expected in str(caught.value)
    assert caught.value.actual in str(caught.value)
    assert names() == set()
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_final(server, target, names, status):
    server.script = [Answer(status=status)]
    with pytest.raises(DownloadError, match=str(status)) as caught:
        fetch(server.url(), target, SHA256, **QUICK)
    assert_explains(caught.value, server.url(), target)
    assert len(server.requests) == 1
    assert names() == set()


def test_a_failing_server_is_asked_again(server, target):
    server.script = [Answer(status=500), Answer(status=503)]
    assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
    assert len(server.requests) == 3


def test_a_server_that_fails_every_time_is_given_up(server, target, names):
    server.script = [Answer(status=500)] * 9
    with pytest.raises(DownloadError, match="500") as caught:
        fetch(server.url(), target, SHA256, **QUICK)
    assert not isinstance(caught.value, OfflineError)
    assert len(server.requests) == 3
    assert names() == set()


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("9999", 60.0), ("Fri, 01 Jan 2999 00:00:00 GMT", 60.0)])
def test_the_server_says_how_long_to_wait_up_to_a_minute(server, target, pauses, asked, waited):
    server.script = [Answer(status=429, headers={"Retry-After": asked})]
    fetch(server.url(), target, SHA256, **QUICK)
    assert pauses == [waited]


def test_pauses_grow(server, target, pauses):
    server.script = [Answer(status=500)] * 3
    fetch(server.url(), target, SHA256, **{**QUICK, "attempts": 4, "backoff": 1.0})
    assert [low <= pause <= 2 * low for low, pause in zip((0.5, 1.0, 2.0), pauses, strict=True)] == [True] * 3


class TestEnvironment:
    def test_offline_opens_no_connection(self, server, target, names, monkeypatch):
        monkeypatch.setenv("MSHUB_OFFLINE", "1")
        monkeypatch.setattr(socket, "socket", None)
        with pytest.raises(OfflineError, match="MSHUB_OFFLINE") as caught:
            fetch(server.url(), target, SHA256, **QUICK)
        assert_explains(caught.value, server.url(), target)
        assert names() == set()

    def test_offline_takes_what_is_there(self, server, target, monkeypatch):
        fetch(server.url(), target, SHA256, **QUICK)
        monkeypatch.setenv("MSHUB_OFFLINE", "1")
        assert fetch(server.url(), target, SHA256, **QUICK) == target

    def test_without_a_connection_the_error_says_the_same(self, target, names):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"https://127.0.0.1:{unused.getsockname()[1]}{PATH}"
            with pytest.raises(OfflineError, match="no connection") as caught:
                fetch(url, target, SHA256, uid="mindspore/1.3/lenet_mnist", **QUICK)
        assert_explains(caught.value, url, target)
        assert "tinybert hub install mindspore/1.3/lenet_mnist --checkpoint FILE" in str(caught.value)
        assert caught.value.__suppress_context__
        assert names() == set()

    def test_a_mirror_has_the_same_paths(self, server, target, monkeypatch):
        monkeypatch.setenv("MSHUB_MIRROR", server.url("/prefix/"))
        server.files[f"/prefix{PATH}"] = CONTENT
        fetch(f"https://download.invalid{PATH}", target, SHA256, **QUICK)
        assert [path for path, _ in server.requests] == [f"/prefix{PATH}"]

    def test_a_mirror_may_be_http_for_every_byte_is_hashed(self, plain_server, target, names, monkeypatch):
        monkeypatch.setenv("MSHUB_MIRROR", plain_server.url("/").rstrip("/"))
        assert fetch(f"https://download.invalid{PATH}", target, SHA256, **QUICK).read_bytes() == CONTENT
        target.unlink()
        plain_server.files[PATH] = OTHER
        with pytest.raises(IntegrityError, match="nothing of it was kept"):
            fetch(f"https://download.invalid{PATH}", target, SHA256, **QUICK)
        assert names() == set()

    def test_a_mirror_may_be_a_folder_also_offline(self, target, names, tmp_path, monkeypatch):
        file = tmp_path / "mirror" / PATH.strip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(CONTENT)
        monkeypatch.setenv("MSHUB_MIRROR", str(tmp_path / "mirror"))
        monkeypatch.setenv("MSHUB_OFFLINE", "1")
        target.parent.mkdir(parents=True)
        target.with_name(f"{target.name}.part").write_bytes(OTHER[:100])
        url = f"https://download.invalid{PATH}"
        assert fetch(url, target, SHA256, **QUICK).read_bytes() == CONTENT
        assert names() == {target.name}
        target.unlink()
        with pytest.raises(DownloadError, match="larger than the limit"):
            fetch(url, target, SHA256, max_bytes=10, **QUICK)
        file.write_bytes(OTHER)
        with pytest.raises(IntegrityError, match="nothing of it was kept"):
            fetch(url, target, SHA256, **QUICK)
        file.unlink()
        with pytest.raises(DownloadError, match="does not have it") as caught:
            fetch(url, target, SHA256, **QUICK)
        assert_explains(caught.value, url, target)
        assert str(file) in str(caught.value)
        assert names() == set()


@pytest.mark.parametrize(
    ("progress", "terminal", "shown"), [(None, False, False), (None, True, True), (True, False, True)]
)
def test_the_progress_bar_is_shown_on_demand_and_on_terminals(
    server, target, capsys, monkeypatch, progress, terminal, shown
):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    fetch(server.url(), target, SHA256, **{**QUICK, "progress": progress})
    out, err = capsys.readouterr()
    assert out == ""
    assert ("tinybert.ckpt" in err, "300.0/300.0 kB" in err) == (shown, shown)
