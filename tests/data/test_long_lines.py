"""Lines of megabytes: memory grows with them and not faster, and a message holds no more than a piece of one."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from tinybert.data import read_conll, read_squad, read_texts
from tinybert.errors import InputError, TinyBertError
from tinybert.text import BertTokenizer, Vocabulary

SIZE = 2_000_000
BIG = b"x" * SIZE
SECRET = b"\x1b[31mSECRET\xe2\x80\xae"
SPECIAL = b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n"


def squad(context, answer, start=3, identifier="1"):
    question = {"id": identifier, "question": "q", "answers": [{"text": answer, "answer_start": start}]}
    return json.dumps({"data": [{"paragraphs": [{"context": context, "qas": [question]}]}]}).encode()


def scores(path):
    return read_texts(path, regression=True)


def schemed(path):
    return read_conll(path, scheme="IOB2", strict=True)


TABLES = {
    "a line": b"text\tlabel\n%b\ta\n",
    "a row too many": b"text\tlabel\n%b\ta\tb\n",
    "a header": b"%b\n1\n",
    "a label": b"text\tlabel\na\t%b\n",
}
LINES = {
    **{f"tsv: {name}": ("a.tsv", content % BIG, scores) for name, content in TABLES.items()},
    **{f"csv: {name}": ("a.csv", content.replace(b"\t", b",") % BIG, scores) for name, content in TABLES.items()},
    "csv: an open quote": ("a.csv", b'text,label\n"' + BIG, read_texts),
    "csv: quotes": ("a.csv", b"text,label\n" + b'"' * SIZE, read_texts),
    "csv: columns": ("a.csv", b"c," * (SIZE // 10) + b"c\n1\n", read_texts),
    "jsonl: open": ("a.jsonl", b'{"text": "' + BIG + b"\n", read_texts),
    "jsonl: a key twice": ("a.jsonl", b'{"' + BIG + b'": 1, "' + BIG + b'": 2}\n', read_texts),
    "jsonl: digits": ("a.jsonl", b'{"text": ' + b"9" * SIZE + b"}\n", read_texts),
    "jsonl: a label": ("a.jsonl", b'{"text": "a", "label": {"' + BIG + b'": 1}}\n', read_texts),
    "jsonl: a list": ("a.jsonl", b'["' + BIG + b'"]\n', read_texts),
    "jsonl: depth": ("a.jsonl", b"[" * SIZE + b"\n", read_texts),
    "conll: a word": ("a.conll", b"a O\n" + BIG + b"\n", read_conll),
    "conll: a label": ("a.conll", b"a I-" + BIG + b"\n", schemed),
    "conll: columns": ("a.conll", b"a O\n" + b"x " * (SIZE // 10) + b"O\n", read_conll),
    "squad: an answer": ("a.json", squad("x" * SIZE, "y" * SIZE), read_squad),
    "squad: everywhere": ("a.json", squad("ab" * (SIZE // 2), "a", 3), read_squad),
    "squad: an id": ("a.json", squad("c", "c", 3, "i" * SIZE), read_squad),
    "squad: no object": ("a.json", b'{"data": ["' + BIG + b'"]}', read_squad),
    "vocabulary: twice": ("vocab.txt", SPECIAL + (BIG + b"\n") * 2, BertTokenizer.from_file),
    "vocabulary: none": ("vocab.txt", BIG + b"\n", BertTokenizer.from_file),
    "tokenizer: a type": ("tokenizer.json", b'{"model": {"type": "' + BIG + b'"}}', BertTokenizer.from_file),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_megabytes(write, name):
    file, content, read = LINES[name]
    path = write(file, content)
    tracemalloc.start()
    try:
        if name.endswith(": a line"):
            content = content.replace(b"a\n", b"1\n")
            read(write(file, content))
        else:
            with pytest.raises(TinyBertError, match=f"{file}") as caught:
                read(path)
            assert len(str(caught.value)) < 1000
        assert tracemalloc.get_traced_memory()[1] < 40 * len(content)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("a.tsv", b"text\tlabel\n%b\t%b\t%b\n", read_texts),
        ("a.tsv", b"%b\t%b\n1\t2\n", read_texts),
        ("a.csv", b"text,label\na,%b\n", scores),
        ("a.jsonl", b'{"\\u001b[31mSECRET\\u202e": 1}\n', read_texts),
        ("a.conll", b"a O\n%b %b %b\n", read_conll),
        ("a.conll", b"a O\n%b I-%b\n", schemed),
        ("a.json", squad("c", "\x1b[31mSECRET\u202e"), read_squad),
        ("a.json", squad("c", "x", 0, "\x1b[31mSECRET\u202e"), read_squad),
        ("vocab.txt", SPECIAL + b"%b\n%b\n", BertTokenizer.from_file),
        ("tokenizer.json", b'{"model": {"type": "\\u001b[31mSECRET\\u202e"}}', BertTokenizer.from_file),
    ],
)
def test_what_a_terminal_would_obey_is_shown_as_escapes(write, name, content, read):
    with pytest.raises(TinyBertError, match="SECRET") as caught:
        read(write(name, content.replace(b"%b", SECRET)))
    assert not {"\x1b", "\u202e"} & set(str(caught.value))


@pytest.mark.parametrize(
    "text",
    ["x" * (SIZE // 20), " " * (SIZE // 20), "x " * (SIZE // 40), "\u96ea" * (SIZE // 20), "x\u0301" * (SIZE // 40)],
)
def test_a_long_text_is_tokenized(text):
    tokenizer = BertTokenizer(Vocabulary((*SPECIAL.decode().split(), "x", "##x", "\u96ea")))
    assert tokenizer([text], max_length=16).inputs[0].shape[1] <= 16


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (0, "at 4"),
        (5, "at 4"),
        (9, "at 12"),
        (8, "at 4"),
        (100, "at 20"),
        (-7, "at 4"),
        (10**30, "at 20"),
        (19, "at 20"),
    ],
)
def test_the_nearest_place_of_an_answer(write, start, known):
    with pytest.raises(InputError, match=f"is not at character {start}, .*; it is {known}"):
        read_squad(write("a.json", squad("....Bonn....Bonn....Bonn", "Bonn", start)))


def test_an_answer_that_overlaps_itself(write):
    with pytest.raises(InputError, match="it is at 2"):
        read_squad(write("a.json", squad("baaab", "aa", 3)))
