"""Corrupt valid files in many ways and read them: each read must give a result or one of our errors, in time.

    python tests/campaigns/fuzz_readers.py --cases 20000
    python tests/campaigns/fuzz_readers.py --seed 7 --only 1234    # one case again, with its traceback

Exit code 1 if there are findings. `--plant` adds a reader with a fault, which must be found.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from mutations import spoil
from samples import READERS, Reader

from tinybert.errors import TinyBertError

_SLOW = 20.0
"""Seconds after which a case counts as hanging."""


class Finding(NamedTuple):
    """A case with an unexpected outcome.

    Attributes:
        case: Its number.
        reader: What was read.
        problem: The error's class and where it was raised, or that it took long.
        trace: The whole traceback.
    """

    case: int
    reader: str
    problem: str
    trace: str


def fuzz(
    folder: Path, seed: int, cases: range, readers: Mapping[str, Reader], ended: Counter[str]
) -> Iterator[Finding]:
    """Run cases and yield the findings.

    Args:
        folder: An empty folder for the files.
        seed: Seed; together with the case number it determines the file and its corruption.
        cases: Numbers of the cases.
        readers: The readers to test; each case uses one.
        ended: Counts how cases ended, by reader.
    """
    names = list(readers)
    for case in cases:
        name = names[case % len(names)]
        good = folder / "good" / name
        if not good.exists():
            good.mkdir(parents=True)
            readers[name].make(good)
            readers[name].read(_copy(good, folder / "case"))  # must not fail
        bad = _copy(good, folder / "case")
        dice = random.Random(f"{seed} {case}")
        files = sorted(file for file in bad.glob(readers[name].spoiled) if file.suffix != ".lock")
        target = dice.choice(files)
        target.write_bytes(spoil(target.read_bytes(), target.name, dice))
        begin = time.monotonic()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                readers[name].read(bad)
            ended[f"{name}: read"] += 1
        except TinyBertError:
            ended[f"{name}: refused"] += 1
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
            yield Finding(case, f"{name}, {target.name}", place, traceback.format_exc())
        if time.monotonic() - begin > _SLOW:
            yield Finding(case, f"{name}, {target.name}", "takes long", "")


def planted() -> Reader:
    """Add a faulty reader, which trusts a number from JSON."""
    import json

    return Reader(
        lambda folder: (folder / "a.json").write_text('{"count": 3}'), lambda folder: _count(json, folder / "a.json")
    )


def _count(json, path: Path) -> int:
    try:
        return len(range(json.loads(path.read_bytes())["count"]))
    except (ValueError, KeyError) as error:
        raise TinyBertError(str(error)) from error


def _copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return shutil.copytree(source, target)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, help="a new one, which is printed, if not given")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--only", type=int, metavar="CASE", help="the number of one case to try")
    parser.add_argument("--plant", action="store_true", help="add a reader with a fault, to see that it is found")
    chosen = parser.parse_args()
    faulthandler.enable()
    os.environ.setdefault("GLOG_v", "4")  # MindSpore's own messages when it rejects a file
    seed = random.SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    readers = {**READERS, "planted": planted()} if chosen.plant else READERS
    cases = range(chosen.cases) if chosen.only is None else range(chosen.only, chosen.only + 1)
    ended: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for finding in fuzz(Path(folder), seed, cases, readers, ended):
            kinds[f"{finding.reader}: {finding.problem}"] += 1
            if chosen.only is not None or kinds[f"{finding.reader}: {finding.problem}"] == 1:
                print(f"case {finding.case}: {finding.reader}: {finding.problem}\n{finding.trace}", flush=True)
    for what, count in (*sorted(ended.items()), *kinds.most_common()):
        print(f"{count:7} {what}")
    print(f"{len(cases)} cases, {sum(kinds.values())} findings of {len(kinds)} kinds")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
