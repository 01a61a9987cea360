"""A single request: over https, to a host with a trusted certificate, for a file that fits on the disk."""

from __future__ import annotations

import errno
import shutil
from io import FileIO
from types import SimpleNamespace

import pytest
import trustme
from asset_server import CONTENT, PATH, SHA256, Answer
from fetches import QUICK, assert_explains

from tinybert.errors import DownloadError
from tinybert.hub.fetch import fetch


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

    def test_a_disk_that_fills_up_is_reported_and_the_next_call_goes_on(self, server, target, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr("tinybert.hub.fetch.partial_file.open", SmallDiskFile, raising=False)
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
