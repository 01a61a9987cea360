"""`tinybert hub publish`, `install` and `remove`, and common behaviour of all `hub` commands."""

from __future__ import annotations

import hashlib

import pytest
from asset_server import CONTENT, OTHER, SHA256
from entries import CN_WIKI

from tinybert.hub import find_module
from tinybert.hub.cache import HubCache

OWN = "somebody/1.0/mine"
HEADS = ("--config", "num_attention_heads=4")


@pytest.fixture
def source(make_encoder, tmp_path):
    """A checkpoint to publish."""
    from tinybert.checkpoint import save_checkpoint
    from tinybert.weights import checkpoint_of

    return save_checkpoint(checkpoint_of(make_encoder()), tmp_path / "source.ckpt")


def test_install_lays_the_given_file(tinybert, given):
    code, out, err = tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    assert (code, err) == (0, "")
    paths = find_module(CN_WIKI).paths
    assert [line.split()[-1] for line in out.splitlines()] == [str(p) for p in (paths.card, paths.code, paths.asset)]
    assert paths.asset.read_bytes() == CONTENT
    assert (paths.code / "mindspore_hub_conf.py").is_file()


def test_install_refuses_another_file_and_shows_both_hashes(tinybert, given):
    given.write_bytes(OTHER)
    code, out, err = tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    assert (code, out) == (1, "")
    assert err.startswith(f"tinybert: {given} is not the file that its card declares")
    assert SHA256 in err
    assert hashlib.sha256(OTHER).hexdigest() in err
    assert "Traceback" not in err
    assert not HubCache().root.exists()


def test_install_into_a_folder_that_cannot_be_made(tinybert, given):
    code, _, err = tinybert("hub", "install", CN_WIKI, "--checkpoint", given, "--cache", given / "cache")
    assert code == 1
    assert err.startswith("tinybert: ")
    assert str(given) in err
    assert "Traceback" not in err


def test_publish_then_list_info_and_verify(tinybert, source, tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"]))
    options = [*HEADS, "--config", "hidden_act=relu", "--license", "MIT", "--vocabulary", tmp_path / "vocab.txt"]
    code, out, err = tinybert("hub", "publish", source, OWN, *options)
    assert (code, err) == (0, "")
    assert f"published:   {OWN}" in out
    assert tinybert("hub", "list")[1].splitlines()[28].split() == [OWN, "encoder", "cached"]
    info = tinybert("hub", "info", OWN)[1]
    assert "hidden_act=relu" in info
    assert "num_attention_heads=4" in info
    assert "MIT" in info
    asset = find_module(OWN).card.asset
    assert all(
        fact in info for fact in (asset.file_name, asset.sha256, "hosted nowhere", str(find_module(OWN).paths.asset))
    )
    assert tinybert("hub", "verify") == (0, f"{OWN}: ok\n{OWN}: vocabulary ok\n", "")
    find_module(OWN).paths.vocab.write_text("changed")
    code, out, _ = tinybert("hub", "verify", OWN)
    assert code == 1
    assert "WRONG" in out
    assert tinybert("hub", "check", find_module(OWN).paths.card)[0] == 0


def test_publish_refuses_what_does_not_fit(tinybert, source):
    code, _, err = tinybert("hub", "publish", source, OWN, *HEADS, "--labels", "no, yes")
    assert code == 1
    assert "the outputs for encoder have no names" in err


def test_publish_takes_the_source_s_own_vocabulary_as_it_is(tinybert, make_encoder, tmp_path):
    """A table may have many more rows than the model's own vocabulary; another one of that size is another model's."""
    from tinybert.checkpoint import save_folder
    from tinybert.hub import publish
    from tinybert.text import BertTokenizer
    from tinybert.weights import checkpoint_of

    words = tmp_path / "vocab.txt"
    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]))
    large = checkpoint_of(make_encoder(vocab_size=300))
    folder = save_folder(large, tmp_path / "large", tokenizer=BertTokenizer.from_file(words))
    code, _, err = tinybert("hub", "publish", folder, OWN)
    assert (code, err) == (0, "")
    by_command = find_module(OWN).vocabulary_path().read_text()
    assert by_command == publish(folder, "somebody/1.0/same").vocabulary_path().read_text()
    code, _, err = tinybert("hub", "publish", folder, "somebody/1.0/other", "--vocabulary", words)
    assert code == 1
    assert "the vocabulary belongs to another model. Give this model's own (--vocabulary" in err


def test_another_cache(tinybert, given, tmp_path):
    other = tmp_path / "other"
    assert tinybert("hub", "install", CN_WIKI, "--checkpoint", given, "--cache", other)[0] == 0
    assert tinybert("hub", "verify", CN_WIKI, "--cache", other)[0] == 0
    assert "not cached" in tinybert("hub", "info", CN_WIKI)[1]
    assert "not cached" not in tinybert("hub", "info", CN_WIKI, "--cache", other)[1]


@pytest.mark.parametrize("command", ["info", "verify", "install"])
def test_an_unknown_uid_is_told_its_neighbours(tinybert, command):
    code, out, err = tinybert("hub", command, CN_WIKI[:-1])
    assert (code, out) == (1, "")
    assert err.startswith("tinybert: no module has the uid")
    assert CN_WIKI in err
    assert "Traceback" not in err


def test_another_model_needs_force_and_a_module_can_be_removed_and_brought_elsewhere(tinybert, tmp_path):
    from small_modules import small_model

    from tinybert.checkpoint import save_folder

    folders = []
    for seed in (1, 2):
        model = small_model(seed)
        folders.append(save_folder(model["source"], tmp_path / str(seed), tokenizer=model["tokenizer"]))
    assert tinybert("hub", "publish", folders[0], OWN)[0] == 0
    code, _, err = tinybert("hub", "publish", folders[1], OWN)
    assert code == 1
    assert err.rstrip().endswith("or replace it (--force)")
    assert tinybert("hub", "publish", folders[1], OWN, "--force")[0] == 0
    theirs = find_module(OWN)
    code, out, err = tinybert("hub", "install", theirs.paths.folder, "--cache", tmp_path / "other")
    assert (code, err) == (0, "")
    assert str(tmp_path / "other") in out
    assert find_module(OWN, cache=HubCache(tmp_path / "other")).checkpoint_bytes() == theirs.checkpoint_bytes()
    code, out, err = tinybert("hub", "remove", OWN)
    assert (code, err) == (0, "")
    assert f"removed:     {theirs.paths.card}\n" in out
    code, _, err = tinybert("hub", "remove", OWN)
    assert code == 1
    assert "there is nothing to remove" in err
    code, _, err = tinybert("hub", "publish", folders[0], OWN, "--link", "https://host.invalid")
    assert code == 1
    assert "(--link ...)" in err
