"""Which network the training loop keeps."""

import numpy as np
import pytest

from tinybert.checkpoint.restore import add_head
from tinybert.checkpoint.task import Task
from tinybert.training import Trainer, TrainingSettings, featurize
from tinybert.training.losses import loss_of

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, max_length=16)
NAN = float("nan")


@pytest.mark.parametrize(
    ("said", "kept", "step"),
    [
        ([0.1, 0.3, 0.2, 0.3], [0.1, 0.3], 2),
        ([NAN, 0.2, NAN, 0.1], [NAN, 0.2], 2),
        ([0.2, NAN, 0.3, NAN], [0.2, 0.3], 3),
        ([NAN, NAN, NAN, NAN], [NAN], 1),
    ],
)
def test_nan_is_worse_than_any_number(said, kept, step, monkeypatch, tmp_path, make_encoder, tokenizer, dev):
    """Predictions that are all the same have no correlation. The first network is kept whatever its metric is."""

    def count(trainer, rows):
        trainer.progress.step, trainer.progress.batch = trainer.progress.step + 1, trainer.progress.batch + 1

    monkeypatch.setattr(Trainer, "_train_on", count)
    values, found = iter(said), []
    trainer = Trainer(
        add_head(make_encoder(), TASK, 2),
        loss_of(TASK),
        featurize(dev[:8], TASK, tokenizer, 16),
        SETTINGS,
        tmp_path,
        evaluate=lambda: {"spearman": next(values)},
        metric="spearman",
        keep=lambda: found.append(trainer.progress.best),
    )
    assert trainer.train().best_step == step
    np.testing.assert_array_equal(found, kept)
