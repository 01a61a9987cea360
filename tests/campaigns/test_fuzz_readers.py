"""A short fuzz campaign: a corrupted file is read or rejected with one of our errors; a planted fault is found."""

from collections import Counter

import pytest
from fuzz_readers import fuzz, planted
from samples import READERS

WITH_MINDSPORE = ("mindrecord", "checked mindrecord", "training")
QUICK = {name: reader for name, reader in READERS.items() if name not in WITH_MINDSPORE}


def findings(folder, seed, cases, readers):
    return [
        f"{finding.case}: {finding.reader}: {finding.trace}"
        for finding in fuzz(folder, seed, cases, readers, Counter())
    ]


def test_spoiled_files(tmp_path):
    assert findings(tmp_path, 1, range(3 * len(QUICK)), QUICK) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_many_spoiled_files(tmp_path, seed):
    assert findings(tmp_path, seed, range(1000), READERS) == []


def test_a_planted_fault_is_found_and_is_the_same_each_time(tmp_path):
    ended = Counter()
    first = list(fuzz(tmp_path / "a", 1, range(50), {"planted": planted()}, ended))
    again = list(fuzz(tmp_path / "b", 1, range(50), {"planted": planted()}, Counter()))
    assert {finding.problem.partition(" at ")[0] for finding in first} >= {"TypeError"}
    assert [finding[:3] for finding in first] == [finding[:3] for finding in again]
    assert set(ended) == {"planted: read", "planted: refused"}
