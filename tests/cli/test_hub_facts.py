"""Output of `tinybert hub list`, `info` and `verify`."""

from __future__ import annotations

import hashlib
import json

import pytest
from asset_server import OTHER, SHA256
from entries import CN_WIKI, SST2

from tinybert import DEFAULT_MODEL
from tinybert.hub import find_module, list_uids
from tinybert.hub.registry import published

OWN = "somebody/1.0/mine"
SAME_FILE = [CN_WIKI, "mindspore/ascend/1.0/tinybert_v1.0_en-wiki"]
"""They even share a folder and a name."""


def test_list_shows_all_published_modules_and_what_is_cached(tinybert, given):
    tinybert("hub", "install", CN_WIKI, "--checkpoint", given)
    code, out, err = tinybert("hub", "list")
    rows = [line.split() for line in out.splitlines()]
    assert (code, err, len(rows)) == (0, "", 28)
    assert [row[0] for row in rows] == [DEFAULT_MODEL, *list_uids()]
    states = {row[0]: row[1:] for row in rows}
    assert states[CN_WIKI] == ["encoder", "cached"]
    assert states[DEFAULT_MODEL] == ["encoder", "in", "the", "package"]
    assert states[SST2] == ["sequence-classification", "not", "cached"]


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
        uid: uid in SAME_FILE for uid in (DEFAULT_MODEL, *list_uids())
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


def test_info_says_which_file_belongs_where(tinybert):
    code, out, _ = tinybert("hub", "info", SST2)
    module = find_module(SST2)
    assert code == 0
    for fact in (SST2, "sequence-classification", "0, 1", "acc90.28", module.card.asset.link, module.card.asset.sha256):
        assert fact in out
    assert str(module.paths.asset) in out
    assert "mindspore/1.10/tinybert_enwiki128_sst2" in out


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
