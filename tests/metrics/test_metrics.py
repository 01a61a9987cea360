"""The metrics together: their examples run, importing them costs nothing, and higher is better."""

import doctest
import importlib
import math
import pkgutil
import subprocess
import sys

import pytest

from tinybert import metrics
from tinybert.metrics import METRICS

# Truth, good predictions, worse ones.
EXAMPLES = {
    "classification": ([0, 1, 1], [0, 1, 1], [0, 1, 0]),
    "multilabel": ([[0, 1]], [[0, 1]], [[1, 1]]),
    "regression": ([1, 2, 3], [1, 2, 3], [1, 3, 2]),
    "tagging": ([["B-A", "O"]], [["B-A", "O"]], [["B-A", "B-A"]]),
    "question_answering": ({"q": ["Ulm"]}, {"q": "Ulm"}, {"q": "Bonn"}),
    "question_answering_v2": ({"q": []}, {"q": ""}, {"q": "Bonn"}),
}


@pytest.mark.parametrize("task", METRICS)
def test_of_each_task_the_better_predictions_have_the_higher_score(task):
    truth, better, worse = EXAMPLES[task]
    metric = METRICS[task]
    results = [metric.scores(truth, better), metric.scores(truth, worse)]
    assert results[0][metric.key] > results[1][metric.key]
    for result in results:  # a JSON log takes them as they are
        assert all(type(name) is str and type(value) is float for name, value in result.items())
        assert all(math.isfinite(value) for value in result.values())


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(metrics.__path__)])
def test_the_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"{metrics.__name__}.{name}"))
    assert result.failed == 0


def test_importing_them_imports_no_heavy_library():
    code = "import sys, tinybert.metrics; print(*({'mindspore', 'scipy', 'sklearn', 'seqeval'} & {*sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == ""
