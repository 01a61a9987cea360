"""`tinybert convert`: its output is the same network."""

from __future__ import annotations

import pytest
from tiny import command, save_model

HEADS = ("--config", "num_attention_heads=2")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("classifier"), "sequence-classification", ("no", "yes"))


@pytest.fixture(scope="module")
def vectors(encoder_folder):
    return embed(encoder_folder)


def embed(model, *options):
    run = command("embed", model, "--to", "tsv", *options, stdin=b"the good film\n")
    assert (run.code, run.err) == (0, "")
    return run.out


@pytest.mark.parametrize(("name", "layout"), [("a.ckpt", "v1.0"), ("a.ckpt", "later"), ("a.safetensors", "v1.0")])
def test_files(encoder_folder, vectors, tmp_path, name, layout):
    run = command("convert", encoder_folder, tmp_path / name, "--layout", layout)
    assert run.code == 0
    assert "39 parameters read, layout v1.0" in run.out
    assert f"written: {tmp_path / name}, layout {layout}" in run.out
    assert "--config num_attention_heads=2 --config hidden_act=gelu --config layer_norm_eps=1e-07" in run.out
    assert embed(tmp_path / name, "--vocabulary", encoder_folder, *HEADS) == vectors


def test_a_hugging_face_folder_and_back(encoder_folder, vectors, tmp_path):
    folder, back = tmp_path / "folder", tmp_path / "back.ckpt"
    assert command("convert", encoder_folder, folder).code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
    ]
    assert embed(folder) == vectors
    assert "layout huggingface" in command("convert", folder, back).out
    assert embed(back, "--vocabulary", folder, *HEADS) == vectors


def test_a_folder_that_holds_a_model_keeps_it(classifier, encoder_folder):
    before = {path.name: path.read_bytes() for path in classifier.iterdir()}
    for source in (classifier, encoder_folder):
        run = command("convert", source, classifier, "--encoder")
        assert run.code == 1
        assert f"{classifier} holds a model of this package, which would take precedence" in run.err
    assert {path.name: path.read_bytes() for path in classifier.iterdir()} == before


def test_what_the_file_does_not_tell_is_told(tmp_path):
    model = save_model(tmp_path / "model", "sequence-classification", ("早", "晚"), "multi-label")
    out = command("convert", model, tmp_path / "a.ckpt").out.splitlines()
    assert out[-2:] == ["nor its labels: 早, 晚", "nor that a text may have several of them"]


def test_a_file_of_another_kind(encoder_folder, tmp_path):
    run = command("convert", encoder_folder, tmp_path / "a.bin")
    assert (run.code, list(tmp_path.iterdir())) == (2, [])
    assert ".bin is not written" in run.err


def test_a_folder_without_a_vocabulary_becomes_one_without(encoder_folder, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    assert command("convert", encoder_folder, source).code == 0
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        (source / name).unlink()
    assert command("convert", source, target).code == 0
    assert sorted(path.name for path in target.iterdir()) == ["config.json", "model.safetensors"]


def test_a_head_that_hugging_face_does_not_have(classifier, tmp_path):
    run = command("convert", classifier, tmp_path / "folder")
    assert (run.code, run.out) == (1, "")
    assert "Leave the head out (Checkpoint.encoder(), or tinybert convert --encoder), or fine-tune one with" in run.err
    assert not list(tmp_path.iterdir())
    run = command("convert", classifier, tmp_path / "folder", "--encoder")
    assert "left aside: 2 (the head; only the encoder was asked for)" in run.out
    assert embed(tmp_path / "folder") == embed(classifier)


@pytest.mark.parametrize(
    ("kind", "labels", "use"),
    [
        ("sequence-classification", ("0", "1"), "classify"),
        ("token-classification", ("0", "1", "2"), "tag"),
    ],
)
def test_a_head_without_a_relu_goes_to_hugging_face_and_back(tmp_path, kind, labels, use):
    def says(model, *options):
        run = command(use, model, *options, stdin=b"the good film\n")
        assert (run.code, run.err) == (0, "")
        return run.out

    model = save_model(tmp_path / "model", kind, labels, head_act="none")
    folder, back = tmp_path / "folder", tmp_path / "back.ckpt"
    assert command("convert", model, folder).code == 0
    assert says(folder) == says(model)
    told = command("convert", folder, back).out.split("nor: ")[1].splitlines()[0].split()
    assert told[-4:] == ["--config", "head_act=none", "--config", "seq_length=24"]
    assert says(back, "--vocabulary", folder, *told) == says(model)


@pytest.mark.parametrize(("name", "layout"), [("a.ckpt", "huggingface"), ("folder", "later")])
def test_a_layout_that_the_target_cannot_have(encoder_folder, tmp_path, name, layout):
    run = command("convert", encoder_folder, tmp_path / name, "--layout", layout)
    assert run.code == 2
    assert f"the layout {layout} is a f" in run.err


def test_a_source_that_is_not_there(tmp_path):
    path = tmp_path / "missing.ckpt"
    run = command("convert", path, tmp_path / "a.ckpt")
    assert (run.code, run.err) == (
        1,
        f"tinybert: {path} does not exist: give a folder, a checkpoint file or a module's uid\n",
    )
