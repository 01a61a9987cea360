"""What web servers send when a module is asked for: pages of folders, answers and headers of every kind."""

from __future__ import annotations

import functools
import http.server
import threading

import pytest
from small_modules import small_model

from tinybert.errors import CardError, DownloadError, HubError, TinyBertError
from tinybert.hub import find_module, install, publish, remove
from tinybert.hub.cache import HubCache

UID = "me/1.0/mine"
ACCENTS = "me/1.0/caf\u00e9 d\u2019or 100%"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two modules on a plain web server: its address, and pages by their paths that it sends in the place of others."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path not in pages:
                return super().do_GET()
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)

        def log_message(self, *_):
            pass

    pages, root = {}, tmp_path_factory.mktemp("theirs")
    for uid, seed in ((UID, 0), (ACCENTS, 1)):
        publish(**small_model(seed), uid=uid, cache=HubCache(root / uid[7:11]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=root))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", pages, root
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ask(site):
    """A function that installs from an address, at which another page may be sent."""
    address, pages, _ = site

    def ask(path, page=None):
        if page:
            pages[f"/{path}"] = page
        try:
            install(address + path)
        finally:
            pages.clear()

    return ask


def links(*targets):
    return 200, {"Content-Type": "text/html"}, "".join(f'<a href="{target}">x</a>\n' for target in targets).encode()


FOUND = [
    ("mine.md",),
    ("http://[bad.md", "mine.md"),
    ("//[::1.md", "mine.md", "../"),
    ("/mine/me/1.0/mine.md",),
    ("mine.md", "./mine.md", "mine.md?raw=1", "mine.md#top"),
    ("mine&#46;md",),
    ("../1.0/mine.md",),
    ("mine.md", "README.md", "readme.zh.md", "ReadMe_CN.md"),
    ("mine.md", "http://example.org/other.md", "file:///etc/other.md", "javascript:x.md", "sub/other.md"),
]
NOT_FOUND = [
    ("mine.MD", "holds no card"),
    ("http://example.org/mine.md", "holds no card"),
    ("//[::1.md", "holds no card"),
    ("mine\0.md", "mine"),
    ("\x1b[2J.md", "404"),
]


@pytest.mark.parametrize("targets", FOUND)
def test_a_card_is_found_among_whatever_else_a_page_links_to(ask, targets):
    ask("mine/me/1.0/", links(*targets))
    assert find_module(UID).checkpoint_bytes()
    assert find_module(UID).tokenizer()


@pytest.mark.parametrize(("target", "message"), NOT_FOUND)
def test_what_is_no_card_s_address(ask, target, message):
    with pytest.raises(HubError, match=message) as caught:
        ask("mine/me/1.0/", links(target))
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<![" * 300, b"<!" * 300, b"<a href='mine.md'>x</a><![", b"<?" * 300, b"\xff<a "])
def test_a_page_that_is_not_well_formed(ask, body):
    if b"mine" in body:
        ask("mine/me/1.0/", (200, {}, body))
        assert find_module(UID).checkpoint_bytes()
    else:
        with pytest.raises(CardError, match="holds no card"):
            ask("mine/me/1.0/", (200, {}, body))


def test_a_page_of_very_many_cards_is_a_short_message(ask):
    with pytest.raises(CardError, match="holds 5000 cards") as caught:
        ask("mine/me/1.0/", links(*(f"x{number}.md" for number in range(5000))))
    assert len(str(caught.value)) < 12_000


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 410, 418, 429, 500, 503, 999])
def test_an_answer_without_the_card_is_said_with_its_number(ask, status):
    with pytest.raises(DownloadError, match=r"mine\.md could not be fetched: the server s.*") as caught:
        ask("mine/me/1.0/mine.md", (status, {}, b"" if status in (204, 304) else b"oops\x1b[2J"))
    assert status == 206 or str(status) in str(caught.value)


@pytest.mark.parametrize(
    "target", ["http://[bad", "file:///etc/passwd", "ftp://127.0.0.1/x.md", "x.md", "//example.org"]
)
def test_a_redirect_that_leads_nowhere(ask, target):
    with pytest.raises(TinyBertError, match=r"x\.md could not be fetched: the server redirects"):
        ask("x.md", (302, {"Location": target}, b""))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "gzip"},
        {"Content-Type": "text/markdown; charset=utf-16"},
        {"ETag": "\u00e9\x80"},
        {"Last-Modified": "x" * 5000},
        {"Set-Cookie": "a=b; domain=\x01"},
        {"Retry-After": "-1"},
    ],
)
def test_headers_that_say_something_else_than_the_body(ask, site, headers):
    ask("mine/me/1.0/mine.md", (200, headers, (site[2] / "mine/me/1.0/mine.md").read_bytes()))
    assert find_module(UID).checkpoint_bytes()


@pytest.mark.parametrize(
    "end", ["", "/", "/caf%C3%A9%20d%E2%80%99or%20100%25.md", "/caf%C3%A9%20d%E2%80%99or%20100%25"]
)
def test_names_with_accents_spaces_and_percent_signs(ask, site, end):
    ask(f"caf%C3%A9/me/1.0{end}")
    assert find_module(ACCENTS).tokenizer().vocabulary.tokens[-1] == "word1"
    remove(ACCENTS)
    install(site[2] / "caf\u00e9" / "me/1.0")
    assert find_module(ACCENTS).checkpoint_bytes()
