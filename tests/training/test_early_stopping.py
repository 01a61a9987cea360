"""With `patience`, training ends once it no longer improves, and keeps the best network."""

import json

import numpy as np
import pytest
from linear import Linear, features, rows, values
from test_finetuning import weights

from tinybert.evaluation.scorers import TextScorer
from tinybert.task import Task
from tinybert.training import FineTuning, Trainer, TrainingSettings, best_model
from tinybert.training.losses import SquaredError

TASK = Task("sequence-classification", ("bad", "good"))


def run(folder, monkeypatch, patience, said, epochs=7, evals_per_epoch=1):
    """Run a training without real steps, with two batches per epoch and given evaluation results.

    Returns:
        The step of each evaluation, and where the training ended.
    """

    def count(trainer, rows):
        trainer.progress.step, trainer.progress.batch = trainer.progress.step + 1, trainer.progress.batch + 1

    def evaluate():
        found.append(trainer.progress.step)
        return {"accuracy": next(remaining)}

    monkeypatch.setattr(Trainer, "_train_on", count)
    remaining, found = iter(said), []
    settings = TrainingSettings(epochs=epochs, batch_size=4, patience=patience, evals_per_epoch=evals_per_epoch)
    loss, data = SquaredError(), features(*rows(8))
    trainer = Trainer(Linear(), loss, data, settings, folder, evaluate=evaluate, metric="accuracy")
    return found, trainer.train()


@pytest.mark.parametrize(
    ("patience", "said", "ends"),
    [
        (1, [0.1, 0.2, 0.3, 0.2], 8),
        (2, [0.5, 0.4, 0.3], 6),
        (2, [0.5, 0.4, 0.6, 0.5, 0.4], 10),  # an improvement resets the count
        (2, [0.5, 0.5, 0.5], 6),  # equal is not better
        (None, [0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 14),
        (9, [0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 14),
    ],
)
def test_it_ends_after_that_many_evaluations_without_a_better_metric(patience, said, ends, monkeypatch, tmp_path):
    found, progress = run(tmp_path, monkeypatch, patience, said)
    assert found == list(range(2, ends + 1, 2))
    assert progress.step == ends


def test_it_is_evaluations_that_are_counted_not_epochs(monkeypatch, tmp_path):
    found, progress = run(tmp_path, monkeypatch, 2, [0.5, 0.4, 0.3], evals_per_epoch=2)
    assert found == [1, 2, 3]
    assert progress.best_step == 1


def test_a_training_that_ended_so_does_not_go_on(monkeypatch, tmp_path):
    run(tmp_path, monkeypatch, 2, [0.5, 0.4, 0.3])
    found, progress = run(tmp_path, monkeypatch, 2, [])
    assert found == []
    assert (progress.step, progress.best, progress.best_step) == (6, 0.5, 2)


def test_the_folder_has_the_best_network(monkeypatch, tmp_path, make_encoder, tokenizer, train, dev, no_graphs):
    """The second of four evaluations is best; the network keeps changing after it."""
    said, seen = iter([0.5, 0.7, 0.6, 0.65]), []

    def predictions(model, examples, **others):
        seen.append(values(model.runtime.network))
        return []

    monkeypatch.setattr(best_model, "predictions", predictions)
    monkeypatch.setattr(TextScorer, "score", lambda *_: {"accuracy": next(said), "macro_f1": 0.1 * len(seen)})
    settings = TrainingSettings(epochs=9, batch_size=8, learning_rate=5e-3, max_length=16, patience=2)
    metrics = FineTuning(make_encoder(), tokenizer, TASK, train[:16], tmp_path, dev=dev, settings=settings).run()
    assert len(seen) == 4
    assert metrics == pytest.approx({"accuracy": 0.7, "macro_f1": 0.2})
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    facts = json.loads((tmp_path / "training.json").read_text())
    assert (facts["best_step"], facts["steps"]) == (4, 8)
    kept = weights(tmp_path)
    for name, array in kept.items():
        np.testing.assert_array_equal(array, seen[1][name], err_msg=name)
    assert all((kept["dense_1.weight"] != seen[other]["dense_1.weight"]).any() for other in (0, 2, 3))
