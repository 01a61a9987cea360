"""Bad input to any command: one line on stderr names the problem and the option that helps; nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tiny import command, save_model

FILES = {
    "texts.txt": "good film\nbad film\n",
    "empty.csv": "",
    "open.csv": 'text,label\ngood,no\n"bad,yes\n',
    "more.csv": "text,label\ngood,no\nbad,no,yes\n",
    "columns.csv": "a,b\n1,2\n",
    "labels.tsv": "text\tlabel\ngood\tno\nbad\tmaybe\n",
    "pairs.tsv": "sentence1\tsentence2\tscore\ngood\tbad\t1\n",
    "words.tsv": "sentence1\tsentence2\tscore\ngood\tbad\thigh\n",
    "broken.jsonl": '{"text": "good"}\n{"text": \n',
    "broken.json": '{"data": [',
    "list.json": "[1, 2]",
    "ragged.conll": "good O\nfilm\n",
    "empty.conll": "",
    "folder/config.json": '{"model_type": "bert"',
    "folder/model.safetensors": "junk",
    "folder/vocab.txt": "",
}
OUT = ("-o", "{here}/out")
HEADS = ("--config", "num_attention_heads=2", "--config", "head_act=relu")
CASES = [
    (("embed", "encoder", "none.txt"), "none.txt cannot be read: No such file or directory"),
    (("embed", "encoder", "folder"), "folder cannot be read: Is a directory"),
    (("embed", "encoder", "open.csv"), "open.csv, line 3: a quote is opened that nothing closes"),
    (("embed", "encoder", "more.csv"), "more.csv, line 3: 3 fields, but line 1 has 2"),
    (("embed", "encoder", "more.csv"), "(--allow-extra-fields)."),
    (("embed", "encoder", "columns.csv"), "line 1: no column is known as a text; there are 'a', 'b'. Say which one"),
    (("embed", "encoder", "columns.csv", "--text", "c"), "there is no column 'c' for text; there are 'a', 'b' (--text"),
    (("embed", "encoder", "columns.csv", "--text", "7"), "there is no column 7 for text; there are 0 to 1 (--text"),
    (("embed", "encoder", "broken.jsonl"), "broken.jsonl, line 2: not JSON"),
    (("embed", "encoder", "pairs.tsv"), "Say which of them is meant (--text sentence1)."),
    (("embed", "nowhere", "texts.txt"), "nowhere is neither a folder nor a file, and not a module's uid"),
    (("embed", "folder", "texts.txt"), "folder/vocab.txt is empty. A vocabulary has one token a line."),
    (("embed", "file", "texts.txt"), "comes without a vocabulary: give the one that it was trained with"),
    (("embed", "file", "texts.txt"), "(--vocabulary vocab.txt)"),
    (("embed", "file", "texts.txt", "--vocabulary", "none.txt"), "none.txt cannot be read: No such file"),
    (("embed", "file", "texts.txt", "--vocabulary", "texts.txt"), "texts.txt has no [PAD], [UNK], [CLS], [SEP]"),
    (("embed", "encoder", "texts.txt", "--config", "hidden_act=tanh"), "hidden_act is 'tanh': it must be one of gelu"),
    (("embed", "encoder", "texts.txt", "--max-length", "2"), "max_length is 2; it must be an integer, 3 or more."),
    (("classify", "encoder", "texts.txt"), "is an encoder: it has no head for sequence-classification. Fine-tune one"),
    (
        ("classify", "tagger", "texts.txt"),
        "for token-classification, not for sequence-classification: use Tagger (tiny",
    ),
    (("classify", "classifier", "columns.csv", "--text", "a", "--pair", "z"), "no column 'z' for pair"),
    (("classify", "classifier", "texts.txt", "--pair", "z"), "which has no columns. Say what it is (--from tsv)."),
    (("tag", "classifier", "texts.txt"), "not for token-classification: use Classifier (tinybert classify)"),
    (("tag", "tagger", "ragged.conll"), "ragged.conll, line 2: 1 column, but the first row has 2: 'film'."),
    (("tag", "tagger", "empty.conll"), "empty.conll has no words."),
    (("answer", "classifier", "list.json"), "not for question-answering: use Classifier (tinybert classify)"),
    (("answer", "answerer", "broken.json"), "broken.json, line 1: not JSON"),
    (("answer", "answerer", "list.json"), "no list 'data'; there is [1, 2]. SQuAD has data, paragraphs, qas, answers."),
    (("evaluate", "classifier", "empty.csv"), "empty.csv has no rows."),
    (("evaluate", "classifier", "texts.txt"), "Give one of tsv, csv, jsonl (--from"),
    (
        ("evaluate", "classifier", "labels.tsv", "--multi-label", ""),
        "give a character that no label contains (--multi-",
    ),
    (("evaluate", "classifier", "labels.tsv", "--task", "token-classification"), "not for token-classification: use"),
    (("evaluate", "file", "labels.tsv", "--vocabulary", "encoder"), "a head, and a file does not say what for (--task"),
    (("evaluate", "file", "labels.tsv", "--vocabulary", "encoder", "--task", "poetry"), "task is 'poetry': it must be"),
    (("evaluate", "encoder", "words.tsv"), "words.tsv, line 2: the label 'high' is not a number"),
    (("evaluate", "tagger", "labels.tsv", "--label", "x"), "columns of CoNLL files have no names"),
    (("evaluate", "answerer", "broken.json"), "broken.json, line 1: not JSON"),
    (("convert", "texts.txt", "{here}/out.ckpt"), "texts.txt: format 'txt' cannot be loaded"),
    (("convert", "folder", "{here}/out.ckpt"), "folder/config.json, line 1: not JSON: Expecting ',' delimiter"),
    (
        ("convert", "classifier", "{here}/out"),
        "Hugging Face's heads have none. Leave the head out (",
    ),
    (("convert", "classifier", "{here}/out"), "tinybert convert --encoder)"),
    (("finetune", "classify", "--model", "encoder", "--train", "none.csv", *OUT), "none.csv cannot be read: No such"),
    (
        ("finetune", "classify", "--model", "encoder", "--train", "labels.tsv", "--regression", *OUT),
        "the label 'no' is n",
    ),
    (("finetune", "classify", "--model", "file", "--train", "labels.tsv", *OUT), "(--vocabulary vocab.txt)"),
    (("finetune", "classify", "--model", "encoder", "--train", "labels.tsv", "--patience", "0", *OUT), "patience is 0"),
    (("finetune", "answer", "--model", "encoder", "--train", "broken.json", *OUT), "broken.json, line 1: not JSON"),
    (
        ("finetune", "embed", "--model", "encoder", "--train", "labels.tsv", *OUT),
        "trained and evaluated on pairs of te",
    ),
    (("hub", "publish", "encoder", "mine"), "'mine' is not a uid: it must have 3 or 4 parts"),
    (("hub", "publish", "encoder", "me/1.0/x", "--labels", "a,b"), "the outputs for encoder have no names (--labels"),
    (("hub", "publish", "classifier", "me/1.0/x", "--labels", "a,b,c"), "2 outputs, but 3 labels are given (--labels"),
    (
        ("hub", "publish", "file", "me/1.0/x", *HEADS, "--task", "poetry"),
        "question-answering, masked-language-modeling (--task",
    ),
    (
        ("hub", "publish", "tagger", "me/1.0/x", "--problem", "regression"),
        "the task is token-classification (--problem",
    ),
    (("hub", "info", "mine"), "'mine' is not a uid"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory, encoder_folder):
    """A folder with models of each kind and with bad files."""
    from tinybert.checkpoint import read_checkpoint, save_checkpoint

    folder = tmp_path_factory.mktemp("here")
    (folder / "encoder").symlink_to(encoder_folder)
    save_model(folder / "classifier", "sequence-classification", ("no", "yes"))
    save_model(folder / "tagger", "token-classification", ("O", "B-X"))
    save_model(folder / "answerer", "question-answering")
    save_checkpoint(read_checkpoint(folder / "classifier"), folder / "classifier.ckpt")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def files(here):
    """All files and folders of a folder, and of the hub's cache."""
    cache = Path(os.environ["MSHUB_CACHE"])
    return sorted([*here.rglob("*"), *cache.rglob("*")])


@pytest.mark.parametrize(("words", "message"), CASES)
def test_it_is_told_in_one_line(here, monkeypatch, words, message):
    monkeypatch.chdir(here)
    before = files(here)
    run = command(*("classifier.ckpt" if word == "file" else word.replace("{here}", str(here)) for word in words))
    assert run.code == 1
    assert run.err.startswith("tinybert: ")
    assert message in run.err
    assert run.err.count("\n") == 1
    assert "Traceback" not in run.err
    assert files(here) == before
