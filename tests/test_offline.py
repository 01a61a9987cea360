"""An environment variable determines whether the network may be used."""

from __future__ import annotations

import pytest

from tinybert.errors import HubError
from tinybert.offline import offline


@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_offline_on(value, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", value)
    assert offline() is True


@pytest.mark.parametrize("value", [None, "", "0", "False", "no", "off"])
def test_offline_off(value, monkeypatch):
    monkeypatch.delenv("MSHUB_OFFLINE", raising=False)
    if value is not None:
        monkeypatch.setenv("MSHUB_OFFLINE", value)
    assert offline() is False


def test_offline_neither(monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "maybe")
    with pytest.raises(HubError, match=r"maybe.*1, true, yes, on.*0, false, no, off"):
        offline()
