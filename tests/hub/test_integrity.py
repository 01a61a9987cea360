"""A file other than its card declares is rejected, and set aside if it is ours to move."""

from __future__ import annotations

import hashlib
import os

import pytest

from tinybert.errors import IntegrityError
from tinybert.hub.integrity import sha256_of, verified_bytes, verify

CONTENT = b"weights" * 1_000_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tinybert.ckpt"
    path.write_bytes(CONTENT)
    return path


def test_the_right_file_passes(path):
    assert sha256_of(path) == SHA256
    assert verify(path, SHA256.upper()) == path
    assert verified_bytes(path, SHA256) == CONTENT


@pytest.mark.parametrize("check", [verify, verified_bytes])
def test_a_wrong_file_is_refused_and_set_aside(path, check):
    path.write_bytes(CONTENT[:-1])
    found = hashlib.sha256(CONTENT[:-1]).hexdigest()
    with pytest.raises(IntegrityError, match=r"tinybert\.ckpt\.rejected") as caught:
        check(path, SHA256)
    assert (caught.value.expected, caught.value.actual) == (SHA256, found)
    assert all(part in str(caught.value) for part in (str(path), SHA256, found))
    assert [entry.name for entry in path.parent.iterdir()] == ["tinybert.ckpt.rejected"]


@pytest.mark.parametrize("check", [verify, verified_bytes])
def test_a_file_of_the_users_stays_where_it_is(path, check):
    with pytest.raises(IntegrityError):
        check(path, "0" * 64, quarantine=False)
    assert path.read_bytes() == CONTENT


def test_a_right_file_that_came_meanwhile_stays(path, monkeypatch):
    path.write_bytes(b"wrong")
    fstat = os.fstat

    def fstat_while_another_process_replaces(number):
        path.with_name("new").write_bytes(CONTENT)
        os.replace(path.with_name("new"), path)
        return fstat(number)

    monkeypatch.setattr("tinybert.hub.integrity.os.fstat", fstat_while_another_process_replaces)
    with pytest.raises(IntegrityError):
        verified_bytes(path, SHA256)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, "0" * 65])
def test_a_hash_that_is_none_is_refused(path, sha256):
    with pytest.raises(ValueError, match="64"):
        verify(path, sha256)
    assert path.exists()
