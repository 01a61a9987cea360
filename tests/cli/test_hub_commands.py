"""What `tinybert hub` prints, and with which exit code: 0 done, 1 an error that is explained, 2 wrong usage."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from asset_server import CONTENT, OTHER, SHA256
from entries import CN_WIKI, SST2, exchange

from tinybert.hub import find_module, list_uids
from tinybert.hub.cache import HubCache
from tinybert.hub.registry import published

REPOSITORY = Path(__file__).resolve().parents[2]
OWN = "somebody/1.0/mine"
SAME_FILE = [CN_WIKI, "mindspore/ascend/1.0/tinybert_v1.0_en-wiki"]
"""They lie in one folder under one name, too."""
HEADS = ("--config", "num_attention_heads=4")


@pytest.fixture
def given(tmp_path, monkeypatch):
    """The declared file of the published module, fetched elsewhere."""
    path = tmp_path / "given.ckpt"
    path.write_bytes(CONTENT)
    exchange(monkeypatch, CN_WIKI, path)
    return path


@pytest.fixture
def source(make_encoder, tmp_path):
    """A checkpoint to publish."""
    from tinybert.checkpoint import save_checkpoint
    from tinybert.weights import checkpoint_of

    return save_checkpoint(checkpoint_of(make_encoder()), tmp_path / "source.ckpt")


def test_list_shows_all_published_modules_and_what_is_cached(tinybert, given):
    tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    code, out, err = tinybert("hub", "list")
    rows = [line.split() for line in out.splitlines()]
    assert (code, err, len(rows)) == (0, "", 27)
    assert [row[0] for row in rows] == list_uids()
    states = {row[0]: row[1:] for row in rows}
    assert states[CN_WIKI] == ["encoder", "cached"]
    assert states[SST2] == ["sequence-classification", "not", "cached"]


def test_info_says_which_file_belongs_where(tinybert):
    code, out, _ = tinybert("hub", "info", SST2)
    module = find_module(SST2)
    assert code == 0
    for fact in (SST2, "sequence-classification", "0, 1", "acc90.28", module.card.asset.link, module.card.asset.sha256):
        assert fact in out
    assert str(module.paths.asset) in out
    assert "mindspore/1.10/tinybert_enwiki128_sst2" in out


def test_list_shows_what_is_cached_only(tinybert, given):
    assert tinybert("hub", "list", "--cached") == (0, "", "")
    tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    _, out, _ = tinybert("hub", "list", "--cached")
    assert [line.split()[0] for line in out.splitlines()] == SAME_FILE


def test_what_is_known_of_modules_is_json_too(tinybert, given):
    tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    code, out, err = tinybert("hub", "list", "--json")
    assert (code, err) == (0, "")
    assert {entry["uid"]: entry["cached"] for entry in json.loads(out)} == {
        uid: uid in SAME_FILE for uid in list_uids()
    }
    assert json.loads(tinybert("hub", "list", "--json", "--cached")[1]) == [
        {"uid": uid, "task": "encoder", "cached": True} for uid in SAME_FILE
    ]
    told = json.loads(tinybert("hub", "info", SST2, "--json")[1])
    module = find_module(SST2)
    assert (told["uid"], told["labels"], told["cached"]) == (SST2, ["0", "1"], False)
    assert told["files"][0]["SHA-256"] == module.card.asset.sha256
    assert told["files"][0]["belongs at"] == str(module.paths.asset)
    code, out, _ = tinybert("hub", "verify", "--json")
    assert (code, json.loads(out)) == (
        0,
        [{"uid": uid, "what": "checkpoint", "ok": True, "said": "ok"} for uid in SAME_FILE],
    )
    find_module(CN_WIKI).paths.asset.write_bytes(OTHER)
    code, out, _ = tinybert("hub", "verify", "--json")
    assert (code, json.loads(out)[0]["ok"]) == (1, False)


@pytest.mark.parametrize(
    ("uid", "tokens", "sha256"),
    [
        (CN_WIKI, "30,522", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        (SST2, "30,522", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        (
            "mindspore/ascend/1.2/tinybert_v1.2_zhwiki",
            "21,128",
            "45bbac6b341c319adc98a532532882e91a9cefc0329aa57bac9ae761c27b291c",
        ),
    ],
)
def test_info_and_card_say_which_vocabulary_a_published_module_takes(tinybert, uid, tokens, sha256):
    _, out, _ = tinybert("hub", "info", uid)
    for text in (out, find_module(uid).card.body):
        assert f"{tokens} tokens" in text
        assert sha256 in text
        assert "https://storage.googleapis.com/bert_models/" in text


def test_info_names_the_vocabulary_of_a_module_of_one_s_own(tinybert):
    from small_modules import small_model

    from tinybert.hub import publish

    module = publish(**small_model(), uid=OWN)
    told = json.loads(tinybert("hub", "info", OWN, "--json")[1])
    assert told["vocabulary"]["SHA-256"] == module.card.vocab_sha256
    assert f"vocabulary:    {module.paths.vocab.name}" in tinybert("hub", "info", OWN)[1]


def test_info_shows_every_file_of_a_module(tinybert):
    _, out, _ = tinybert("hub", "info", "mindspore/ascend/1.2/tinybert_v1.2_en-wiki")
    assert all(asset.sha256 in out for asset in published()["mindspore/ascend/1.2/tinybert_v1.2_en-wiki"].assets)


def test_check_accepts_a_good_card(tinybert):
    card = REPOSITORY / "tinybert.md"
    assert tinybert("hub", "check", card) == (0, f"{card}: valid\n", "")


def test_check_prints_each_problem_with_its_line(tinybert, tmp_path):
    lines = (REPOSITORY / "tinybert.md").read_text(encoding="utf-8").splitlines()
    wrong = {
        lines.index("module-type: nlp"): "module-type: text",
        lines.index("license: Apache2.0"): "license:",
    }
    bad = tmp_path / "bad.md"
    bad.write_text("\n".join(wrong.get(number, line) for number, line in enumerate(lines)))
    code, out, _ = tinybert("hub", "check", bad, REPOSITORY / "tinybert.md", tmp_path / "gone.md")
    assert code == 1
    found = out.splitlines()
    first, second = (number + 1 for number in wrong)
    assert found[0].startswith(f"{bad}:{first}: `module-type` ")
    assert found[1].startswith(f"{bad}:{second}: note: `license` is empty")
    assert found[2].endswith("tinybert.md: valid")
    assert found[3].startswith(f"{tmp_path / 'gone.md'} cannot be read")
    assert len(found) == 4


@pytest.fixture
def folder(tmp_path):
    """A folder with a good card, one with a note, one with an error, and Markdown that is not a card."""
    good = (REPOSITORY / "tinybert.md").read_text(encoding="utf-8")
    folder = tmp_path / "assets"
    (folder / "me" / "1.0").mkdir(parents=True)
    (folder / "README.en.md").write_text("text")
    (folder / "me" / "1.0" / "good.md").write_text(good)
    (folder / "me" / "1.0" / "noted.md").write_text(good.replace("infer-backend: ascend\n", ""))
    (folder / "me" / "1.0" / "wrong.md").write_text(good.replace("fine-tunable: True", "fine-tunable: maybe"))
    return folder


def test_check_tells_errors_from_notes_in_all_cards_of_a_folder(tinybert, folder):
    code, out, err = tinybert("hub", "check", folder)
    assert (code, err) == (1, "3 cards: 2 valid, 1 not\n")
    good, noted, valid, wrong = out.splitlines()
    assert good == f"{folder / 'me/1.0/good.md'}: valid"
    assert noted.startswith(f"{folder / 'me/1.0/noted.md'}:3: note: `infer-backend` is missing")
    assert valid == f"{folder / 'me/1.0/noted.md'}: valid, with 1 note"
    assert "wrong.md:11: `fine-tunable` must be True or False" in wrong


def test_notes_fail_a_strict_check_only(tinybert, folder):
    card = folder / "me" / "1.0" / "noted.md"
    assert tinybert("hub", "check", card)[0] == 0
    assert tinybert("hub", "check", "--strict", card)[0] == 1
    assert tinybert("hub", "check", "--strict", REPOSITORY / "tinybert.md")[0] == 0


def test_check_prints_json(tinybert, folder):
    code, out, _ = tinybert("hub", "check", "--json", folder)
    good, noted, wrong = json.loads(out)
    assert code == 1
    assert good == {"card": str(folder / "me/1.0/good.md"), "valid": True, "problems": []}
    assert (noted["valid"], noted["problems"][0]["severity"], noted["problems"][0]["line"]) == (True, "note", 3)
    assert (wrong["valid"], wrong["problems"][0]["severity"]) == (False, "error")


def test_check_of_a_folder_without_cards(tinybert, tmp_path):
    (tmp_path / "README.md").write_text("text")
    code, _, err = tinybert("hub", "check", tmp_path)
    assert code == 1
    assert f"{tmp_path} holds no card" in err


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


def test_verify_tells_the_right_file_from_a_wrong_one(tinybert, given):
    tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    alias = "mindspore/ascend/1.0/tinybert_v1.0_en-wiki"
    assert tinybert("hub", "verify", CN_WIKI) == (0, f"{CN_WIKI}: ok\n", "")
    assert tinybert("hub", "verify") == (0, f"{CN_WIKI}: ok\n{alias}: ok\n", "")
    find_module(CN_WIKI).paths.asset.write_bytes(OTHER)
    code, out, _ = tinybert("hub", "verify", CN_WIKI)
    assert code == 1
    assert out.startswith(f"{CN_WIKI}: WRONG")
    assert SHA256 in out
    assert hashlib.sha256(OTHER).hexdigest() in out
    assert tinybert("hub", "verify")[0] == 1


def test_verify_with_nothing_in_the_cache(tinybert):
    assert tinybert("hub", "verify")[0] == 0
    code, out, err = tinybert("hub", "verify", CN_WIKI)
    assert (code, out) == (1, "")
    assert "nothing to verify" in err


def test_publish_then_list_info_and_verify(tinybert, source, tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"]))
    options = [*HEADS, "--config", "hidden_act=relu", "--license", "MIT", "--vocabulary", tmp_path / "vocab.txt"]
    code, out, err = tinybert("hub", "publish", source, OWN, *options)
    assert (code, err) == (0, "")
    assert f"published:   {OWN}" in out
    assert tinybert("hub", "list")[1].splitlines()[27].split() == [OWN, "encoder", "cached"]
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
