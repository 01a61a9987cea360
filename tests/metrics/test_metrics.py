"""The metrics together: their examples run, importing them costs nothing, and higher is better."""

import doctest
import importlib
import math
import pkgutil

import pytest

from tinybert import metrics

# The key to compare by, truth, good predictions, worse ones.
EXAMPLES = {
    metrics.classification_scores: ("accuracy", [0, 1, 1], [0, 1, 1], [0, 1, 0]),
    metrics.multilabel_scores: ("micro_f1", [[0, 1]], [[0, 1]], [[1, 1]]),
    metrics.correlation_scores: ("spearman", [1, 2, 3], [1, 2, 3], [1, 3, 2]),
    metrics.entity_scores: ("f1", [["B-A", "O"]], [["B-A", "O"]], [["B-A", "B-A"]]),
    metrics.squad_scores: ("f1", {"q": ["Ulm"]}, {"q": "Ulm"}, {"q": "Bonn"}),
    metrics.squad_v2_scores: ("f1", {"q": []}, {"q": ""}, {"q": "Bonn"}),
}


@pytest.mark.parametrize("scores", EXAMPLES, ids=lambda scores: scores.__name__)
def test_the_better_predictions_have_the_higher_score(scores):
    key, truth, better, worse = EXAMPLES[scores]
    results = [scores(truth, better), scores(truth, worse)]
    assert results[0][key] > results[1][key]
    for result in results:  # a JSON log takes them as they are
        assert all(type(name) is str and type(value) is float for name, value in result.items())
        assert all(math.isfinite(value) for value in result.values())


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(metrics.__path__)])
def test_the_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"{metrics.__name__}.{name}"))
    assert result.failed == 0


def test_importing_them_imports_no_heavy_library(fresh_python):
    code = "import sys, tinybert.metrics; print(*({'mindspore', 'scipy', 'sklearn', 'seqeval'} & {*sys.modules}))"
    assert fresh_python("-c", code).stdout.strip() == ""
