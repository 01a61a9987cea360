"""All metrics: their examples run, importing them is cheap, and higher is better."""

import doctest
import importlib
import math
import pkgutil

import numpy as np
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


@pytest.mark.parametrize("count", [2, 3, 7, 30])
def test_no_score_is_beyond_its_range(count):
    """Despite rounding of sums and roots, perfect and opposite predictions stay within the bounds."""
    random = np.random.default_rng(count)
    for _ in range(20):
        labels, numbers = random.integers(0, 4, count), random.normal(size=count) * 10.0 ** random.integers(-6, 6)
        hot = np.eye(4, dtype=int)[labels]
        tags = [[f"B-{label}" for label in labels]]
        answers = {str(number): [f"word {label} and {number}"] for number, label in enumerate(labels)}
        said = {name: texts[0] for name, texts in answers.items()}
        found = [
            metrics.classification_scores(labels, labels),
            metrics.classification_scores(labels, 3 - labels),
            metrics.correlation_scores(numbers, numbers * 0.1),
            metrics.correlation_scores(numbers, 7 - numbers * 3),
            metrics.multilabel_scores(hot, hot),
            metrics.entity_scores(tags, tags),
            {name: value / 100 for name, value in metrics.squad_scores(answers, said).items() if name != "total"},
            metrics.retrieval_scores(np.ones(count, int)),
        ]
        assert all(-1 <= value <= 1 for scores in found for value in scores.values())


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(metrics.__path__)])
def test_the_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"{metrics.__name__}.{name}"))
    assert result.failed == 0


def test_importing_them_imports_no_heavy_library(fresh_python):
    code = "import sys, tinybert.metrics; print(*({'mindspore', 'scipy', 'sklearn', 'seqeval'} & {*sys.modules}))"
    assert fresh_python("-c", code).stdout.strip() == ""
