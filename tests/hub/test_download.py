"""Whatever the asset host does, the declared file is there afterwards, or none is and the error says why."""

from __future__ import annotations

import errno
import hashlib
import shutil
import socket
import sys
from io import FileIO
from types import SimpleNamespace

import pytest
import trustme
from asset_server import CONTENT, OTHER, PATH, SHA256, Answer

from tinybert.errors import DownloadError, HubError, IntegrityError, OfflineError
from tinybert.hub import fetch

QUICK = {"attempts": 3, "timeout": (5, 2), "backoff": 0.001, "progress": False}


def assert_explains(error, url, target):
    for part in (url, SHA256, str(target), "pretrained=False", "MSHUB_MIRROR", "tinybert hub install"):
        assert part in str(error)


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
def test_the_server_says_how_long_to_wait_up_to_a_minute(server, target, monkeypatch, asked, waited):
    pauses = []
    monkeypatch.setattr("tinybert.hub.download.time.sleep", pauses.append)
    server.script = [Answer(status=429, headers={"Retry-After": asked})]
    fetch(server.url(), target, SHA256, **QUICK)
    assert pauses == [waited]


def test_pauses_grow(server, target, monkeypatch):
    pauses = []
    monkeypatch.setattr("tinybert.hub.download.time.sleep", pauses.append)
    server.script = [Answer(status=500)] * 3
    fetch(server.url(), target, SHA256, **{**QUICK, "attempts": 4, "backoff": 1.0})
    assert [low <= pause <= 2 * low for low, pause in zip((0.5, 1.0, 2.0), pauses, strict=True)] == [True] * 3


class TestTransportSecurity:
    def test_a_redirect_to_https_is_followed(self, server, target):
        server.script = [Answer(status=302, headers={"Location": PATH})]
        assert fetch(server.url("/moved"), target, SHA256, **QUICK).read_bytes() == CONTENT

    def test_the_page_that_comes_with_a_redirect_is_not_waited_for(self, server, target):
        server.script = [Answer(status=302, headers={"Location": PATH}, body=b"moved", stall_after=2)]
        assert fetch(server.url("/moved"), target, SHA256, **{**QUICK, "attempts": 1}).read_bytes() == CONTENT

    def test_a_redirect_to_http_is_not(self, server, plain_server, target, names):
        server.script = [Answer(status=302, headers={"Location": plain_server.url()})]
        with pytest.raises(DownloadError, match="not https"):
            fetch(server.url(), target, SHA256, **QUICK)
        assert plain_server.requests == []
        assert names() == set()

    def test_redirects_end(self, server, target):
        server.script = [Answer(status=302, headers={"Location": PATH})] * 20
        with pytest.raises(DownloadError, match="redirects more than 5 times"):
            fetch(server.url(), target, SHA256, **QUICK)

    @pytest.mark.parametrize("location", ["https://[", "https://\xff\xfe"])
    def test_a_malformed_redirect_is_an_error_of_ours(self, server, target, location):
        server.script = [Answer(status=302, headers={"Location": location})]
        with pytest.raises(DownloadError):
            fetch(server.url(), target, SHA256, **{**QUICK, "attempts": 1})

    def test_an_unknown_authority_is_not_trusted(self, server, target, names, tmp_path, monkeypatch):
        stranger = tmp_path / "stranger.pem"
        trustme.CA().cert_pem.write_to_path(stranger)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger))
        with pytest.raises(DownloadError, match=r"certificate is not trusted.*REQUESTS_CA_BUNDLE"):
            fetch(server.url(), target, SHA256, **QUICK)
        assert server.requests == []
        assert names() == set()

    def test_a_certificate_for_another_host_is_not_trusted(self, server, target):
        with pytest.raises(DownloadError, match="certificate is not trusted"):
            fetch(server.url().replace("127.0.0.1", "localhost"), target, SHA256, **QUICK)
        assert server.requests == []

    def test_a_missing_bundle_is_an_error_of_ours(self, server, target, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
        with pytest.raises(DownloadError, match=r"/nowhere\.pem"):
            fetch(server.url(), target, SHA256, **QUICK)

    @pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
    def test_other_schemes_are_refused(self, plain_server, target, names, scheme):
        with pytest.raises(ValueError, match="https"):
            fetch(plain_server.url().replace("http", scheme), target, SHA256, **QUICK)
        assert plain_server.requests == []
        assert names() == set()


class TestRoom:
    def test_a_file_that_declares_to_be_too_large_is_not_begun(self, server, target, names):
        with pytest.raises(DownloadError, match="300000 bytes are more than the limit of 299999"):
            fetch(server.url(), target, SHA256, max_bytes=299_999, **QUICK)
        assert names() == set()
        assert fetch(server.url(), target, SHA256, max_bytes=300_000, **QUICK).exists()

    def test_a_file_that_turns_out_to_be_too_large_is_not_kept(self, server, target, names):
        server.script = [Answer(sized=False)]
        with pytest.raises(DownloadError, match="larger than the limit"):
            fetch(server.url(), target, SHA256, max_bytes=200_000, **QUICK)
        assert names() == set()

    def test_the_disk_is_looked_at_before(self, server, target, names, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
        with pytest.raises(DownloadError, match="disk is full") as caught:
            fetch(server.url(), target, SHA256, **QUICK)
        assert_explains(caught.value, server.url(), target)
        assert "tinybert.ckpt" not in names()
        assert len(server.requests) == 1

    def test_a_disk_that_fills_up_is_told_and_the_next_call_goes_on(self, server, target, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr("tinybert.hub.part.open", SmallDiskFile, raising=False)
            with pytest.raises(DownloadError, match="the disk became full"):
                fetch(server.url(), target, SHA256, **QUICK)
        assert not target.exists()
        assert len(server.requests) == 1
        assert fetch(server.url(), target, SHA256, **QUICK).read_bytes() == CONTENT
        assert "Range" in server.requests[1][1]

    def test_a_folder_that_cannot_be_is_an_error_of_ours(self, server, tmp_path):
        tmp_path.joinpath("file").touch()
        with pytest.raises(DownloadError, match="MSHUB_CACHE"):
            fetch(server.url(), tmp_path / "file" / "tinybert.ckpt", SHA256, **QUICK)


class SmallDiskFile(FileIO):
    """A file on a disk with room for 100,000 bytes."""

    def write(self, block):
        if self.tell() + len(block) > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(block)


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

    def test_a_mirror_that_is_not_https_is_refused(self, plain_server, target, monkeypatch):
        monkeypatch.setenv("MSHUB_MIRROR", plain_server.url("/"))
        with pytest.raises(HubError, match="MSHUB_MIRROR"):
            fetch(f"https://download.invalid{PATH}", target, SHA256, **QUICK)
        assert plain_server.requests == []


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
