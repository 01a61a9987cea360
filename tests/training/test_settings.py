"""An invalid setting is an error that names it and the allowed values."""

import json

import pytest

from tinybert.errors import ConfigError
from tinybert.training import TrainingSettings


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"epochs": 0}, "epochs is 0: it must be an integer of at least 1"),
        ({"epochs": 1.5}, "epochs is 1.5: it must be an integer of at least 1"),
        ({"batch_size": True}, "batch_size is True: it must be an integer"),
        ({"max_length": 2}, "max_length is 2: it must be an integer of at least 3"),
        ({"seed": -1}, "seed is -1: it must be an integer of at least 0"),
        ({"warmup_ratio": 1.1}, "warmup_ratio is 1.1: it must be a number from 0 to 1"),
        ({"learning_rate": float("nan")}, "learning_rate is nan: it must be a number of at least 0"),
        ({"learning_rate": "1e-3"}, "learning_rate is '1e-3': it must be a number of at least 0"),
        ({"patience": 0}, "patience is 0: it must be an integer of at least 1"),
        ({"loss": "mse"}, r"loss is 'mse': it must be one of cosine, cosent, .*\(loss=...\)"),
        ({"margin": -1}, "margin is -1: it must be a number of at least 0"),
        ({"matryoshka": "64,x"}, "matryoshka is '64,x': give sizes of vectors, separated by commas"),
        ({"matryoshka": [64, 64]}, r"matryoshka is \[64, 64\]: each size must be at least 1, and different"),
        ({"matryoshka": 0}, "matryoshka is 0: each size must be at least 1"),
    ],
)
def test_what_is_not_allowed(setting, message):
    with pytest.raises(ConfigError, match=message):
        TrainingSettings(**setting)


def test_the_limits_are_allowed():
    settings = TrainingSettings(epochs=1, max_length=3, seed=0, warmup_ratio=1, learning_rate=0, patience=None)
    assert TrainingSettings(**json.loads(json.dumps(settings.to_dict()))) == settings


def test_matryoshka_sizes_are_kept_as_text_from_the_largest_down():
    for given in ("96, 384,192", [96, 384, 192], (384, 192, 96)):
        assert TrainingSettings(matryoshka=given).matryoshka == "384,192,96"


def test_an_unknown_setting_is_told_the_known_ones():
    with pytest.raises(ConfigError, match=r"unknown setting 'epoch'; known are epochs, batch_size, .*, save_minutes"):
        TrainingSettings.from_dict({"epoch": 3})
    assert TrainingSettings.from_dict({"epochs": 5}) == TrainingSettings(epochs=5)
