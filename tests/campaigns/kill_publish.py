"""Kill publishing at every moment, and read during publishing: readers must see the old model or the new one.

    python tests/campaigns/kill_publish.py [--seed N] [--rounds N] [--readers N] [--plant]

Each round publishes a model and then changes it in a process that is killed, or fails, at one of its file operations:
it publishes the model again with the same or an older code folder, installs another one, or removes it. Afterwards a
reader must see a complete model, the neighbouring module must be unchanged, and publishing again must work. Exit code 1
if not.
"""

from __future__ import annotations

import argparse
import errno
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "hub"), str(Path(__file__).resolve().parents[2] / "src")]

from small_modules import small_model  # noqa: E402 -- beside the tests of the hub

from tinybert.hub import find_module, install, publish, remove  # noqa: E402
from tinybert.hub.cache import HubCache  # noqa: E402
from tinybert.hub.finding import cached_modules  # noqa: E402

UID, NEIGHBOUR = "me/1.0/mine", "me/1.0/other"
FULL = OSError(errno.ENOSPC, "No space left on device")
_BROKEN = 2
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime", "os.link", "os.symlink")


def lay(root: Path, seed: int, uid: str = UID) -> None:
    """Publish the model of a seed, replacing any existing one."""
    publish(**small_model(seed), uid=uid, cache=HubCache(root), force=True)


def seen(root: Path) -> tuple[bytes, bytes] | None:
    """Return the checkpoint and vocabulary that a reader gets; None if no module is listed."""
    cache = HubCache(root)
    if UID not in cached_modules(cache):
        return None
    module = find_module(UID, cache=cache)
    vocabulary = module.vocabulary_path()
    return module.checkpoint_bytes(), b"" if vocabulary is None else vocabulary.read_bytes()


def complaint(root: Path, allowed: list[tuple[bytes, bytes] | None]) -> str | None:
    """Return what is wrong with a cache in which a run was killed; None if nothing is."""
    try:
        if (found := seen(root)) not in allowed:
            return "a reader sees neither the old model nor the new"
        uids = [UID, NEIGHBOUR] if found else [NEIGHBOUR]
        if list(cached_modules(HubCache(root))) != uids:
            return f"listed are {list(cached_modules(HubCache(root)))}"
        find_module(NEIGHBOUR, cache=HubCache(root)).checkpoint_bytes()
        if found and not (root / "me/1.0/tinybert/src/tinybert/hub/conf.py").is_file():
            return "the code folder is not whole"
        lay(root, 7)
        left = [path for path in root.rglob("*") if path.name.startswith((".write-", ".code-"))]
        return f"publishing again left {left}" if left else None
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]


def ends_at(point: int, action: Callable[[], object], root: Path, *, fails: bool) -> bool:
    """Run an action in a process that is killed or fails at its n-th file change; return False if it makes fewer.

    A Python audit hook is called before each change.

    Raises:
        RuntimeError: The process ended with another error.
    """
    pid = os.fork()
    if pid:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == _BROKEN:
            raise RuntimeError("it failed by itself, as printed above")
        return code != 0
    changes = itertools.count(1)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        touched = (opened or event in _CHANGES) and any(
            str(argument).startswith(str(root)) for argument in arguments[:2]
        )
        if (touched or event == "ctypes.dlsym") and next(changes) == point:
            if fails:
                raise FULL
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(hook)
        action()
    except OSError:
        os._exit(1)
    except BaseException:
        traceback.print_exc(limit=0)
        os._exit(_BROKEN)
    os._exit(0)


def campaign_of_kills(folder: Path, seed: int, *, stride: int = 1, code_stride: int = 17) -> tuple[int, list[str]]:
    """Kill each action at each of its changes; return the number of kills, and complaints.

    Args:
        folder: Where to lay the caches.
        seed: Seed for the models, and for the changes if not all are tried.
        stride: Interval of the changes at which a kill is tried.
        code_stride: The interval while the code folder is replaced, which takes hundreds of changes.
    """
    chance = random.Random(seed)
    old, new = chance.sample(range(100, 1000), 2)
    template, elsewhere, new_only = folder / "template", folder / "elsewhere", folder / "new"
    for uid, model in ((UID, old), (NEIGHBOUR, old)):
        lay(template, model, uid)
    lay(elsewhere, new)
    lay(new_only, old, NEIGHBOUR)
    models = [seen(template), seen(elsewhere)]

    def from_older_code(root: Path) -> None:
        (root / "me/1.0/tinybert/src/tinybert/hub/conf.py").write_text("# of an older version")

    actions: dict[str, tuple[Path, Callable[[Path], object], Callable[[Path], object], list, int]] = {
        "publish": (new_only, lambda root: None, lambda root: lay(root, new), [None, models[1]], stride),
        "republish": (template, lambda root: None, lambda root: lay(root, new), models, stride),
        "republish with new code": (template, from_older_code, lambda root: lay(root, new), models, code_stride),
        "install": (
            template,
            lambda root: None,
            lambda root: install(elsewhere / "me/1.0", cache=HubCache(root), force=True),
            models,
            stride,
        ),
        "remove": (
            template,
            lambda root: None,
            lambda root: remove(UID, cache=HubCache(root)),
            [models[0], None],
            stride,
        ),
    }
    ends, complaints = 0, []
    for name, (start, prepare, action, allowed, every) in actions.items():
        for fails in (False, True):
            first = chance.randrange(every)
            for point in itertools.count(1 + first, every):
                root = folder / "cache"
                shutil.rmtree(root, ignore_errors=True)
                shutil.copytree(start, root)
                prepare(root)
                try:
                    ended = ends_at(point, lambda root=root, action=action: action(root), root, fails=fails)
                except RuntimeError as error:
                    complaints.append(f"{name}: {error}")
                    break
                if wrong := complaint(root, allowed if ended else allowed[1:]):
                    complaints.append(f"{name}, {'full disk' if fails else 'killed'} at change {point}: {wrong}")
                if not ended:
                    break
                ends += 1
    return ends, complaints


def campaign_of_readers(folder: Path, seed: int, publications: int, readers: int) -> tuple[int, list[str]]:
    """Read in several processes while two others publish two models in turn; return the read count and complaints."""
    root = folder / "shared"
    done = [folder / "done1", folder / "done2"]
    models = []
    for uid, model in ((NEIGHBOUR, seed), (UID, seed + 1), (UID, seed)):
        lay(root, model, uid)
        models.append(seen(root))

    def write(done: Path) -> None:
        try:
            for number in range(publications):
                lay(root, seed + number % 2)
        finally:
            done.touch()

    def read(report: Path) -> None:
        found = []
        while not all(path.exists() for path in done):
            found.append(read_one(root, models[1:]))
        report.write_text("\n".join([str(len(found)), *filter(None, found)]))

    reports = [folder / f"reader{number}" for number in range(readers)]
    writers = (lambda path=path: write(path) for path in done)
    side_by_side([*writers, *(lambda report=report: read(report) for report in reports)])
    lines = [report.read_text().split("\n") for report in reports]
    return sum(int(first) for first, *_ in lines), [line for _, *rest in lines for line in rest]


def read_one(root: Path, allowed: list[tuple[bytes, bytes] | None]) -> str | None:
    """Return what is wrong with a reader's result; None if nothing is."""
    try:
        return None if seen(root) in allowed else "a reader saw neither the old model nor the new"
    except Exception as error:
        return f"a reader got {type(error).__name__}: {error}".splitlines()[0]


def side_by_side(works: list[Callable[[], None]]) -> None:
    """Run each in its own process, and wait for all."""
    children = []
    for work in works:
        pid = os.fork()
        if not pid:
            try:
                work()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            os._exit(_BROKEN)
        children.append(pid)
    if sum(os.waitpid(pid, 0)[1] for pid in children):
        raise RuntimeError("a process failed by itself, as printed above")


def plant() -> None:
    """Plant a fault, to check that it is found: file names that do not depend on the content."""
    sys.modules["tinybert.hub.publishing"].content_name = lambda name, sha256, ending: f"{name}.{ending}"


def main() -> int:
    """Run the campaign; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--publications", type=int, default=60, help="while the readers read, in each round")
    parser.add_argument("--plant", action="store_true", help="puts in a fault to find")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    if options.plant:
        plant()
    warnings.simplefilter("ignore")
    found = []
    for seed in range(options.seed, options.seed + options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            ends, complaints = campaign_of_kills(Path(folder), seed)
            reads, more = campaign_of_readers(Path(folder), seed, options.publications, options.readers)
        found += complaints + more
        print(f"{ends} runs ended, {reads} reads beside publishing, {len(complaints) + len(more)} complaints")
    print("\n".join(found[:20]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
