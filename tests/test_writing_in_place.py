"""Replacing a file keeps its mode, link and neighbours; devices and pipes are written to; a kill does no harm."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from safetensors import SafetensorError

from tinybert.errors import TinyBertError, WriteError
from tinybert.writing import check_writable, replacing, settle

posix = pytest.mark.skipif(os.name != "posix", reason="devices, pipes and modes are POSIX's")


def write(path, text="new", **options):
    with replacing(path, **options) as file:
        file.write_text(text)


@posix
def test_a_device_stays_a_device():
    write("/dev/null")
    write("/dev/null", through_link=True)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@posix
def test_a_link_to_a_device_stays_a_link(tmp_path):
    link = tmp_path / "out.tsv"
    link.symlink_to("/dev/null")
    write(link, through_link=True)
    write(link)
    assert os.readlink(link) == "/dev/null"
    assert list(tmp_path.iterdir()) == [link]


@posix
def test_a_pipe_is_written_to(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe)
    reader.join(30)
    assert read == ["new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755, 0o4755])
def test_a_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(mode)
    write(path)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    os.chown(path, 12345, 54321)
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


@posix
@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_that_the_user_names_is_written_through(tmp_path, dangling):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "b", tmp_path / "a"
    link.symlink_to(target)
    if not dangling:
        target.write_text("old")
    write(link, through_link=True)
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


@posix
def test_what_others_keep_behind_a_link_is_not_touched(tmp_path):
    target, link = tmp_path / "b", tmp_path / "a"
    target.write_text("old")
    link.symlink_to(target)
    write(link)
    assert (link.is_symlink(), link.read_text(), target.read_text()) == (False, "new", "old")


@posix
def test_links_that_lead_in_circles_are_an_error(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(WriteError):
        write(tmp_path / "a", through_link=True)


REFUSED = {
    "folder": "it is a folder",
    "folder/": "it is a folder",
    ".": "it is a folder",
    "file/a": "is a file, not a folder",
    "file/b/c": "is a file, not a folder",
    "x" * 300: "name too long",
    "a\0b": "null",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_written_is_found_before_anything_is_done(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").touch()
    for refuse in (check_writable, lambda path: replacing(path).__enter__()):
        with pytest.raises((WriteError, TinyBertError), match=f"(?i)cannot be written: .*{REFUSED[name]}"):
            refuse(name)
    assert sorted(os.listdir()) == ["file", "folder"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match="nothing may be written"):
        check_writable(tmp_path / "a")


@pytest.mark.skipif(not os.path.isdir("/proc/1"), reason="a folder in which nobody can write")
def test_a_file_system_that_takes_no_files():
    with pytest.raises(WriteError, match="cannot be written"), replacing("/proc/a"):
        pytest.fail("it began")


TROUBLE = {
    "python": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "quota": OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
    "input and output": OSError(errno.EIO, os.strerror(errno.EIO)),
    "rust": SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
    "mindrecord": RuntimeError("Dataset Pipeline Error Message: [ERROR] No free disk to be used while writing"),
    "c++": RuntimeError("[ERROR] write failed: No space left on device\nC++ Call Stack: ..."),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_a_full_disk_is_one_error_whoever_notices_it(tmp_path, name):
    (tmp_path / "a").write_text("old")
    with (
        pytest.raises(WriteError, match=r"a cannot be written: .*\. (Make room|Choose)") as caught,
        replacing(tmp_path / "a"),
    ):
        raise TROUBLE[name]
    assert "C++" not in str(caught.value)
    assert caught.value.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a": "old"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device")
def test_a_device_that_is_full():
    with pytest.raises(WriteError, match=r"/dev/full cannot be written: No space left on device\. Make room"):
        write("/dev/full")


def test_other_errors_are_passed_on(tmp_path):
    for error in (ValueError("no space"), FileNotFoundError(2, "an input"), KeyError("a")):
        with pytest.raises(type(error)) as caught, replacing(tmp_path / "a"):
            raise error
        assert caught.value is error


def files(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*")) if file.is_file()}


def write_several(folder):
    with replacing(folder / "config", without=("other", "none")) as file:
        file.write_text("new")
        file.with_name("weights").write_text("new")
        (file.parent / "1_Pooling").mkdir()
        (file.parent / "1_Pooling" / "config").write_text("new")


NEW = {"config": "new", "weights": "new", "1_Pooling/config": "new", "kept": "kept"}
OLD = {"config": "old", "weights": "old", "other": "old", "kept": "kept"}


@pytest.mark.parametrize("call", range(12))
@pytest.mark.parametrize("function", ["replace", "rename", "unlink", "mkdir"])
def test_several_files_are_the_old_or_the_new_wherever_a_process_dies(tmp_path, monkeypatch, function, call):
    for name, text in OLD.items():
        (tmp_path / name).write_text(text)
    real, calls = getattr(os, function), []

    def dies(*args, **kwargs):
        calls.append(args)
        if len(calls) > call:
            raise KeyboardInterrupt  # and no step after it either
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, function, dies)
        patched.setattr("shutil.rmtree", lambda *_, **__: None)
        with contextlib.suppress(KeyboardInterrupt):
            write_several(tmp_path)
    settle(tmp_path)
    found = {name: text for name, text in files(tmp_path).items() if not name.startswith(".write-")}
    assert found in (OLD, NEW)
    write_several(tmp_path)
    assert {name: text for name, text in files(tmp_path).items() if not name.startswith(".write-")} == NEW


def test_a_list_of_files_to_remove_reaches_no_other_folder(tmp_path):
    folder = tmp_path / "folder"
    (folder / ".replace-x").mkdir(parents=True)
    for path in (tmp_path / "a", folder / "b"):
        path.touch()
    (folder / ".replace-x" / ".gone").write_text(f"../a\n{tmp_path / 'a'}\nb\n\0\n")
    settle(folder)
    assert files(tmp_path) == {"a": ""}


def test_many_that_settle_at_once(tmp_path):
    decided = tmp_path / ".replace-x"
    decided.mkdir()
    for number in range(200):
        (decided / str(number)).write_text("new")
    threads = [threading.Thread(target=settle, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(files(tmp_path)) == set(map(str, range(200)))


def test_a_file_that_fails_within_others_has_its_own_name(tmp_path):
    with pytest.raises(WriteError) as caught, replacing(tmp_path / "a") as file, replacing(file.with_name("b")):
        raise TROUBLE["python"]
    assert str(caught.value).startswith(f"{tmp_path / 'b'} cannot be written")
