"""Several processes share an evaluation, and each has the metrics of all examples."""

import json

import pytest
from threads import in_processes
from to_find import CASES, tagged

from tinybert.training import evaluate, predictions, score


@pytest.mark.parametrize("size", [2, 3])
def test_processes_share_the_examples_and_each_has_all_metrics(size, finder, answerer):
    sets = [(finder, CASES["tag"][1](19, 3)), (answerer, CASES["answer"][1](19, 3))]
    for model, examples in sets:
        alone = predictions(model, examples)
        results, values = in_processes(size, lambda world, m=model, e=examples: predictions(m, e, world=world))
        assert results == [alone] * size
        assert sorted(len(json.loads(value)) for value in values.values())[-1] <= len(examples) // size + 1
        assert sum(len(json.loads(value)) for value in values.values()) == len(examples)
        results, _ = in_processes(size, lambda world, m=model, e=examples: evaluate(m, e, world=world))
        assert results == [score(model, examples, alone)] * size


def test_each_process_does_all_where_there_are_too_few(finder):
    results, values = in_processes(3, lambda world: predictions(finder, [tagged(["good", "film"])] * 2, world=world))
    assert results == [[["B-X", "O"]] * 2] * 3
    assert not values
