"""A tiny model as substitute for all-MiniLM-L6-v2, or the real one if `make demo` has downloaded it."""

from __future__ import annotations

import shlex
import sys

import pytest

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from pages import ROOT, Runner, commands_of

UID = "demo/1.0/minilm-l6"
REAL_CACHE = ROOT / ".cache" / "hub"
VOCABULARY = ROOT / "tests" / "golden" / "english.vocab.txt"


@pytest.fixture(scope="session")
def tiny_cache(tmp_path_factory):
    """A hub cache whose `demo/1.0/minilm-l6` is a random network of one layer."""
    import mindspore as ms

    from tinybert import BertTokenizer, TinyBertConfig, TinyBertModel
    from tinybert.hub import publish
    from tinybert.hub.cache import HubCache
    from tinybert.weights import checkpoint_of

    ms.set_seed(1)
    folder = tmp_path_factory.mktemp("tiny") / "hub"
    config = TinyBertConfig(vocab_size=1500, hidden_size=384, num_hidden_layers=1, intermediate_size=32)
    checkpoint = checkpoint_of(TinyBertModel(config))
    publish(checkpoint, UID, tokenizer=BertTokenizer.from_file(VOCABULARY), cache=HubCache(folder))
    return folder


@pytest.fixture(scope="session")
def real_cache():
    if not (REAL_CACHE / f"{UID}.md").is_file():
        pytest.skip("all-MiniLM-L6-v2 is not in .cache/hub: make demo puts it there")
    return REAL_CACHE


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A function that creates the runner of a page in a new folder and changes to that folder."""

    def in_folder(cache, shell):
        monkeypatch.setenv("MSHUB_CACHE", str(cache))
        monkeypatch.setenv("MSHUB_OFFLINE", "1")
        monkeypatch.chdir(tmp_path)
        return Runner(tmp_path, cache, shell)

    return in_folder


@pytest.fixture
def command_line(capfd):
    """Run the `tinybert` calls of shell code in this process; skip pipes and all other commands."""

    def shell(code):
        import typer

        from tinybert.cli.app import app

        command = typer.main.get_command(app)
        for arguments in commands_of(code):
            if f"| tinybert {shlex.join(arguments)}" in code:
                continue
            command(list(map(str, arguments)), standalone_mode=False)
        return capfd.readouterr().out

    return shell
