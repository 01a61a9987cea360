"""Communication between the processes of a training."""

import json
import math
import sys

import pytest
from launched import LONGEST

from tinybert.training import distributed
from tinybert.training.distributed import World
from tinybert.training.launch import launch

pytestmark = [pytest.mark.usefixtures("nothing_is_left", "import_path"), pytest.mark.timeout(600)]

MEETING = """if True:
    import json, sys
    from pathlib import Path
    import numpy as np
    from mindspore import Parameter, Tensor
    from tinybert.training.distributed import start

    world = start()
    weight = Parameter(Tensor(np.full((2, 3), 0.5 + world.rank, np.float32)), "weight")
    world.broadcast([weight])
    found = {
        "size": world.size,
        "gather": world.gather({"rank": world.rank, "long": "x" * 10 * world.rank}),
        "share": world.share([world.rank, "first"]),
        "sum": world.sum(world.rank + 0.5),
        "any": [world.any(world.rank == 1), world.any(False)],
        "weight": weight.asnumpy().tolist(),
    }
    Path(sys.argv[1], f"found_{world.rank}.json").write_text(json.dumps(found))
"""


@pytest.mark.slow
def test_two_processes_tell_each_other_what_they_have(tmp_path):
    launch(2, [sys.executable, "-c", MEETING, str(tmp_path)], timeout=LONGEST)
    for rank in range(2):
        assert json.loads((tmp_path / f"found_{rank}.json").read_text()) == {
            "size": 2,
            "gather": [{"rank": 0, "long": ""}, {"rank": 1, "long": "x" * 10}],
            "share": [0, "first"],
            "sum": 2.0,
            "any": [True, False],
            "weight": [[0.5] * 3] * 2,
        }


def test_a_metric_that_is_not_defined_is_so_in_all_processes(monkeypatch):
    monkeypatch.setattr(World, "_broadcast", staticmethod(lambda values: values.asnumpy()))
    metrics = World(0, 2).share({"spearman": float("nan"), "pearson": 0.5})
    assert math.isnan(metrics.pop("spearman"))
    assert metrics == {"pearson": 0.5}


def test_one_process_alone_needs_nothing(monkeypatch):
    monkeypatch.delenv("MS_ROLE", raising=False)
    world = distributed.start()
    assert world == World(0, 1)
    assert world.share({"step": 1}) == {"step": 1}
    assert world.reducer([]) is None
