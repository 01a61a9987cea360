"""Processes of a parallel training, played by threads of this one."""

import dataclasses
import json
import threading

from tinybert.training.distributed import World


@dataclasses.dataclass(frozen=True)
class Threads(World):
    """Processes that are threads of this one."""

    size: int = 2
    values: dict = dataclasses.field(default_factory=dict)
    barrier: threading.Barrier = None

    def gather(self, value):
        self.values[self.rank] = json.dumps(value)
        self.barrier.wait(30)
        return [json.loads(self.values[rank]) for rank in range(self.size)]


def in_processes(size, function):
    values, barrier, results = {}, threading.Barrier(size), [None] * size

    def run(rank):
        results[rank] = function(Threads(rank, size, values, barrier))

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results, values
