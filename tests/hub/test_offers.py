"""Modules published on one machine are installed on another, from a folder or web server, with hashes checked."""

from __future__ import annotations

import functools
import http.server
import re
import threading

import pytest
from asset_server import AssetServer
from small_modules import small_model

from tinybert.errors import CardError, DownloadError, HubError, IntegrityError, OfflineError, UnsafePathError
from tinybert.hub import find_module, install, publish
from tinybert.hub.cache import HubCache

UID = "me/1.0/mine"


@pytest.fixture
def offered(tmp_path):
    """A module in the cache of another machine."""
    return publish(**small_model(), uid=UID, cache=HubCache(tmp_path / "theirs"))


@pytest.fixture
def address(offered):
    """The address of that cache on a plain web server, as `python -m http.server` starts one."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    root = offered.paths.folder.parents[1]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=root))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def assert_installed(offered, uid=UID):
    module = find_module(uid)
    assert module.card == offered.card
    assert module.paths.folder != offered.paths.folder
    assert module.checkpoint_bytes() == offered.checkpoint_bytes()
    assert module.vocabulary_path().read_bytes() == offered.vocabulary_path().read_bytes()
    assert (module.paths.code / "mindspore_hub_conf.py").is_file()


@pytest.mark.parametrize("end", ["/me/1.0/mine.md", "/me/1.0/mine", "/me/1.0/", "/me/1.0"])
def test_from_a_web_server_on_this_machine(offered, address, end):
    install(address + end)
    assert_installed(offered)


@pytest.mark.parametrize("end", ["mine.md", "."])
def test_from_a_folder(offered, end):
    install(offered.paths.folder / end)
    assert_installed(offered)
    install(str(offered.paths.folder / end))  # the same model again is not a different one


def test_a_card_that_lacks_what_ours_say_is_laid_as_it_is(offered):
    text = re.sub("infer-backend: .*\n", "", offered.paths.card.read_text(encoding="utf-8"))
    offered.paths.card.write_text(text, encoding="utf-8")
    install(offered.paths.folder)
    install(UID)
    module = find_module(UID)
    assert module.paths.card.read_text(encoding="utf-8") == text
    assert module.card.infer_backend == ()
    assert module.checkpoint_bytes() == offered.checkpoint_bytes()


def test_a_card_without_a_hash_installs_nothing(tmp_path):
    theirs = publish(**small_model(), uid=UID, link="https://example.org", cache=HubCache(tmp_path / "theirs")).paths
    text = re.sub("asset-sha256: .*", "asset-sha256: 77dcaf0f", theirs.card.read_text(encoding="utf-8"))
    theirs.card.write_text(text, encoding="utf-8")
    for checkpoint in (None, theirs.asset):
        with pytest.raises(CardError, match=r"77dcaf0f.*not a SHA-256"):
            install(theirs.card, checkpoint=checkpoint)


def test_from_a_web_server_over_tls(offered, server):
    for path in (offered.paths.card, *offered.paths.files):
        server.files[f"/models/{path.name}"] = path.read_bytes()
    install(server.url("/models/mine.md"))
    assert_installed(offered)


def test_under_another_name(offered):
    install(offered.paths.card, uid="you/2.0/theirs")
    assert_installed(offered, "you/2.0/theirs")
    with pytest.raises(UnsafePathError):
        install(offered.paths.card, uid="mindspore/ascend/1.0/tinybert_v1.0_cn-wiki")


def test_a_file_that_is_not_the_declared_one_is_not_installed(offered, address):
    offered.paths.vocab.write_text("another")
    for source in (address + "/me/1.0/mine.md", offered.paths.folder):
        with pytest.raises(IntegrityError):
            install(source)
    assert not HubCache().card_path(UID).exists()
    assert offered.paths.vocab.read_text() == "another"


def test_a_file_that_is_missing_is_named(offered, address):
    offered.paths.asset.unlink()
    with pytest.raises(DownloadError, match=offered.paths.asset.name):
        install(address + "/me/1.0/mine.md")
    with pytest.raises(HubError, match=f"{offered.paths.asset.name} is missing"):
        install(offered.paths.folder)


def test_another_model_under_the_name_stays_unless_it_is_to_be_replaced(offered):
    mine = publish(**small_model(1), uid=UID)
    with pytest.raises(HubError, match="another model"):
        install(offered.paths.folder)
    assert find_module(UID).card == mine.card
    install(offered.paths.folder, force=True)
    assert_installed(offered)


def test_one_of_several_cards_has_to_be_chosen(offered, address):
    publish(**small_model(1), uid="me/1.0/other", cache=HubCache(offered.paths.folder.parents[1]))
    offered.paths.card.with_name("README.md").write_text("# Ours\n")
    for source in (offered.paths.folder, address + "/me/1.0/"):
        with pytest.raises(CardError, match=r"holds 2 cards(?s:.*)other\.md"):
            install(source)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("http://example.org/mine.md", HubError, "could replace the card"),
        ("http://127.0.0.1.example.org/mine.md", HubError, "could replace the card"),
        ("ftp://127.0.0.1/mine.md", HubError, "must begin with https://"),
        ("https://user@127.0.0.1/mine.md", HubError, "user name"),
        ("./gone", HubError, "does not exist"),
        ("gone.md", HubError, "does not exist"),
    ],
)
def test_what_is_no_source_says_so(source, error, message):
    with pytest.raises(error, match=message):
        install(source)


def test_a_folder_without_a_card(tmp_path):
    with pytest.raises(CardError, match="holds no card"):
        install(tmp_path)


def test_a_page_that_is_no_card(offered, address):
    (offered.paths.folder / "bytes.md").write_bytes(b"\xff\xfe")
    (offered.paths.folder / "long.md").write_bytes(b"x" * (2 << 20))
    for name, error in (("bytes.md", CardError), ("long.md", DownloadError), ("gone.md", DownloadError)):
        with pytest.raises(error, match=name):
            install(f"{address}/me/1.0/{name}")


def test_without_a_network(offered, address, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    with pytest.raises(OfflineError, match="MSHUB_OFFLINE"):
        install(address + "/me/1.0/mine.md")
    install(offered.paths.folder)
    assert_installed(offered)


def test_a_mirror_is_not_asked_for_what_has_an_address(offered, address, monkeypatch):
    monkeypatch.setenv("MSHUB_MIRROR", "https://127.0.0.1:1")
    install(address + "/me/1.0/mine.md")
    assert_installed(offered)


def test_a_redirect_from_http_leads_to_no_other_host(offered):
    from asset_server import Answer

    with AssetServer(None) as first, AssetServer(None) as second:
        second.files["/mine.md"] = offered.paths.card.read_bytes()
        first.script = [Answer(302, {"Location": second.url("/mine.md")}, b"")]
        with pytest.raises(DownloadError, match="not https"):
            install(first.url("/mine.md"))


def test_a_card_that_does_not_say_what_to_call_it(offered):
    text = offered.paths.card.read_text(encoding="utf-8")
    start = text.index("uid: ", text.index("network-config"))
    offered.paths.card.write_text(text[:start] + text[text.index("\n", start) :], encoding="utf-8")
    with pytest.raises(CardError, match="does not say what to call the module"):
        install(offered.paths.folder)
    install(offered.paths.folder, uid=UID)
    assert find_module(UID).checkpoint_bytes() == offered.checkpoint_bytes()
