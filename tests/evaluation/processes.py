"""Processes that share an evaluation, played by threads of this one."""

import dataclasses
import json
import threading
from concurrent.futures import ThreadPoolExecutor

LONGEST = 60
"""Seconds after which a test that hangs fails; all of it takes less than one."""


@dataclasses.dataclass(frozen=True)
class Threads:
    """One of some processes, which is a thread; as `tinybert.evaluation.predicting.Processes` has it."""

    rank: int
    size: int
    values: dict
    barrier: threading.Barrier

    def gather(self, value):
        self.values[self.rank] = json.dumps(value)
        self.barrier.wait(LONGEST)
        return [json.loads(self.values[rank]) for rank in range(self.size)]


def in_processes(size, function):
    """What a function of the process returns in each; and what they told each other, as JSON by rank."""
    values, barrier = {}, threading.Barrier(size)
    with ThreadPoolExecutor(size) as pool:
        results = pool.map(lambda rank: function(Threads(rank, size, values, barrier)), range(size))
        return list(results), values
