"""A clean environment, and servers on the loopback interface whose certificates are trusted."""

from __future__ import annotations

import os
import ssl

import pytest
import trustme
from asset_server import AssetServer

from tinybert.hub import set_hub_dir


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority; its certificate is in the file `authority.path`."""
    authority = trustme.CA()
    authority.path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(authority.path)
    return authority


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path, authority):
    """Remove the user's settings and allow no network beyond this machine."""
    for name in list(os.environ):
        if name.startswith("MSHUB_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.path))
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "cache"))
    yield
    set_hub_dir(None)


@pytest.fixture(autouse=True)
def quick_code(request):
    """The code folders of modules have few files, unless a test is marked `whole_code`."""
    if not request.node.get_closest_marker("whole_code"):
        request.getfixturevalue("little_code")


@pytest.fixture
def server(authority):
    """An https server with a certificate for 127.0.0.1."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with AssetServer(tls) as server:
        yield server


@pytest.fixture
def plain_server():
    """The same without TLS."""
    with AssetServer(None) as server:
        yield server


@pytest.fixture
def target(tmp_path):
    """A path in a cache that does not exist yet."""
    return tmp_path / "cache" / "mindspore" / "1.0" / "tinybert.ckpt"


@pytest.fixture
def names(target):
    """A function that returns the names in the target's folder, except the lock, which may remain."""

    def names():
        if not target.parent.exists():
            return set()
        return {path.name for path in target.parent.iterdir()} - {f"{target.name}.lock"}

    return names
