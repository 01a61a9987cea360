"""Processes that share an evaluation, simulated by threads."""

import dataclasses
import json
import threading
from concurrent.futures import ThreadPoolExecutor

LONGEST = 60
"""Seconds after which a hanging test fails; normally everything takes less than one."""


@dataclasses.dataclass(frozen=True)
class Threads:
    """One simulated process (a thread), with the interface `tinybert.evaluation.predicting.Processes`."""

    rank: int
    size: int
    values: dict
    barrier: threading.Barrier

    def gather(self, value):
        self.values[self.rank] = json.dumps(value)
        self.barrier.wait(LONGEST)
        return [json.loads(self.values[rank]) for rank in range(self.size)]


def in_processes(size, function):
    """Run a function in each process; return the results, and the exchanged messages as JSON by rank."""
    values, barrier = {}, threading.Barrier(size)
    with ThreadPoolExecutor(size) as pool:
        results = pool.map(lambda rank: function(Threads(rank, size, values, barrier)), range(size))
        return list(results), values
