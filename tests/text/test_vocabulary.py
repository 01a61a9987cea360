"""Reading of valid and damaged vocabularies, and writing."""

import dataclasses
import json

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from tinybert.errors import InputError
from tinybert.text import AddedToken, BertTokenizer, Vocabulary

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TOKENS = [*SPECIALS, "snow", "Snow", "##y", "雪"]


def write_vocab(path, tokens=TOKENS):
    path.write_text("".join(f"{token}\n" for token in tokens), encoding="utf-8", newline="\n")
    return path


def library_tokenizer(lower=True, added=()):
    library = Tokenizer(models.WordPiece({token: i for i, token in enumerate(TOKENS)}, unk_token="[UNK]"))
    library.normalizer = normalizers.BertNormalizer(lowercase=lower)
    library.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    library.decoder = decoders.WordPiece()
    library.add_special_tokens(SPECIALS)
    library.add_tokens(list(added))
    return library


def test_vocab_txt_lower_cases_unless_told_otherwise(tmp_path):
    path = write_vocab(tmp_path / "vocab.txt")
    assert BertTokenizer.from_file(path).tokenize("Snowy 雪雪") == ["snow", "##y", "雪", "雪"]
    assert BertTokenizer.from_file(str(path), do_lower_case=False).tokenize("Snowy") == ["Snow", "##y"]


def test_byte_order_mark_windows_lines_and_empty_last_lines_are_let_pass(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*TOKENS, "", ""]).encode())
    assert list(BertTokenizer.from_file(path).vocab) == TOKENS


def test_unicode_line_separator_is_a_token_of_the_chinese_vocabulary(tmp_path):
    path = write_vocab(tmp_path / "vocab.txt", [*SPECIALS, "\u2028", "##\u2028", "雪"])
    assert BertTokenizer.from_file(path).token_to_id("雪") == 7


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        ("\n".join([*TOKENS, "snow"]).encode(), r"line 10: 'snow' appears twice, first at line 6"),
        ("\n".join([*SPECIALS, "", "snow"]).encode(), r"line 6: an empty token"),
        (b"[PAD]\n[UNK]\ncaf\xe9\n", r"line 3: not UTF-8"),
        ("\n".join(TOKENS).encode("utf-16"), r"line 1: not UTF-8"),
        (b"[PAD]\n[UNK]\nsnow\n", r"has no \[CLS\], \[SEP\]"),
        ("\n".join(["<s>", "</s>", "snow"]).encode(), r"has no \[PAD\], \[UNK\], \[CLS\], \[SEP\]"),
    ],
)
def test_broken_vocab_txt_is_named_with_its_line(tmp_path, content, message):
    path = tmp_path / "vocab.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        BertTokenizer.from_file(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["no.txt", "no.json", "no"])
def test_missing_file_is_named(tmp_path, name):
    with pytest.raises(InputError, match=name):
        BertTokenizer.from_file(tmp_path / name)


def test_folder_prefers_tokenizer_json_then_vocab_txt_then_the_only_other_one(tmp_path):
    with pytest.raises(InputError, match="none of them"):
        BertTokenizer.from_file(tmp_path)
    write_vocab(tmp_path / "tinybert_v1.0_cn-wiki.vocab.txt")
    assert BertTokenizer.from_file(tmp_path).vocab_size == len(TOKENS)
    write_vocab(tmp_path / "other.vocab.txt")
    with pytest.raises(InputError, match=r"2 files \*.vocab.txt"):
        BertTokenizer.from_file(tmp_path)
    write_vocab(tmp_path / "vocab.txt", [*TOKENS, "b"])
    assert BertTokenizer.from_file(tmp_path).vocab_size == len(TOKENS) + 1
    library_tokenizer(added=["c", "d"]).save(str(tmp_path / "tokenizer.json"))
    assert BertTokenizer.from_file(tmp_path).vocab_size == len(TOKENS) + 2


def test_folder_settings_are_used_and_a_file_is_read_alone(tmp_path):
    path = write_vocab(tmp_path / "vocab.txt")
    (tmp_path / "config.json").write_text(json.dumps({"do_lower_case": True, "max_position_embeddings": 64}))
    assert BertTokenizer.from_file(tmp_path).model_max_length == 64
    settings = {"do_lower_case": False, "model_max_length": 10**30, "strip_accents": True}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = BertTokenizer.from_file(tmp_path)
    assert tokenizer.tokenize("Sńow snow") == ["Snow", "snow"]
    assert tokenizer.model_max_length == 64
    assert BertTokenizer.from_file(tmp_path, do_lower_case=True).tokenize("Snow") == ["snow"]
    assert BertTokenizer.from_file(path).tokenize("Snow") == ["snow"]
    assert BertTokenizer.from_file(path).model_max_length == 512


@pytest.mark.parametrize("content", ["{", "[]", '{"do_lower_case": "true"}', '{"added_tokens_decoder": {"x": {}}}'])
def test_broken_settings_are_named(tmp_path, content):
    write_vocab(tmp_path / "vocab.txt")
    (tmp_path / "tokenizer_config.json").write_text(content)
    with pytest.raises(InputError, match=r"tokenizer_config.json"):
        BertTokenizer.from_file(tmp_path)


def test_tokenizer_json_gives_what_the_library_gives_and_its_own_padding_is_ignored(tmp_path):
    library = library_tokenizer(lower=False)
    library.enable_padding(length=100)
    library.enable_truncation(3)
    library.save(str(tmp_path / "tokenizer.json"))
    out = BertTokenizer.from_file(tmp_path / "tokenizer.json")("Snowy snowy Snow [MASK]")
    assert out.input_ids.tolist() == [[2, 6, 7, 5, 7, 6, 4, 3]]


def test_added_tokens_survive_reading_and_saving(tmp_path):
    path = write_vocab(tmp_path / "vocab.txt")
    added = (AddedToken("Snow", 6, normalized=False), AddedToken("<e1>", 9, special=True, normalized=False))
    first = BertTokenizer(Vocabulary(tuple(TOKENS), added=added))
    assert first("Snow <e1> snow").input_ids.tolist() == [[2, 6, 9, 5, 3]]
    assert first.vocab_size == 10
    first.save(tmp_path / "saved")
    assert (tmp_path / "saved" / "vocab.txt").read_bytes() == path.read_bytes()
    second = BertTokenizer.from_file(tmp_path / "saved")
    assert second.vocabulary.added == added
    assert second("Snow <e1> snow").input_ids.tolist() == [[2, 6, 9, 5, 3]]


def test_saving_and_reading_back_keeps_every_rule(tmp_path):
    rules = {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False, "model_max_length": 40}
    vocabulary = Vocabulary(tuple(TOKENS), **rules)
    BertTokenizer(vocabulary).save(tmp_path / "a" / "b")
    again = BertTokenizer.from_file(tmp_path / "a" / "b").vocabulary
    assert {name: getattr(again, name) for name in rules} == rules
    assert again.tokens == vocabulary.tokens


def test_saving_takes_the_place_of_another_tokenizer(tmp_path):
    library_tokenizer().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "special_tokens_map.json").write_text('{"additional_special_tokens": ["snow"]}')
    (tmp_path / "added_tokens.json").write_text('{"else": 99}')
    vocabulary = Vocabulary((*TOKENS, "new"), strip_accents=False, model_max_length=7)
    BertTokenizer(vocabulary).save(tmp_path)
    back = BertTokenizer.from_file(tmp_path).vocabulary
    assert dataclasses.replace(back, source=vocabulary.source) == vocabulary


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["model"].update(type="BPE"), "model is 'BPE'"),
        (lambda content: content.update(normalizer=None), "normalizer is None"),
        (lambda content: content["model"]["vocab"].update(snow=77), "ids of its 9 tokens are not 0 to 8"),
        (lambda content: content["model"]["vocab"].pop("[SEP]"), "ids of its 8 tokens"),
        (lambda content: content.pop("model"), "model is None"),
        (lambda content: content["added_tokens"].append({"id": 12, "content": "x"}), "neither its place .* nor 9"),
        (
            lambda content: content["added_tokens"].append({"content": "x"}),
            "object missing required field id",
        ),
    ],
)
def test_tokenizer_json_of_another_kind_is_refused(tmp_path, change, message):
    content = json.loads(library_tokenizer().to_str())
    change(content)
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        BertTokenizer.from_file(tmp_path)


def test_vocabulary_is_read_only(tmp_path):
    tokenizer = BertTokenizer.from_file(write_vocab(tmp_path / "vocab.txt"))
    with pytest.raises(TypeError):
        tokenizer.vocab["new"] = 1
    assert tokenizer.token_to_id("snow") == 5
    assert tokenizer.token_to_id("rain") is None
