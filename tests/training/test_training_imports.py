"""Importing training and evaluation does not import MindSpore until it is used."""

import importlib

from tinybert import training

WITHOUT_MINDSPORE = """
import sys
import tinybert.evaluation
import tinybert.training
from tinybert.data import TextExample
from tinybert.evaluation import evaluate, labels_of, predictions, scorer_for, task_for
from tinybert.training import TrainingSettings
from tinybert.training.launch import launch

examples = [TextExample("fine", None, "good"), TextExample("no", None, "bad")]
task = task_for("sequence-classification", examples)
assert scorer_for(task, task.labels, examples).score(["good", "good"])["accuracy"] == 0.5
assert TrainingSettings(epochs=1).epochs == 1
assert {"finetune", "FineTuning", "Trainer"} <= set(dir(tinybert.training))
print("mindspore" in sys.modules)
"""


def test_neither_training_nor_evaluation_imports_mindspore(fresh_python):
    assert fresh_python("-c", WITHOUT_MINDSPORE).stdout == "False\n"


def test_each_name_is_that_of_its_file():
    assert set(training.__all__) == {*training._HOMES, "TrainingSettings"}
    for name, home in training._HOMES.items():
        assert getattr(training, name) is getattr(importlib.import_module(f"tinybert.training.{home}"), name)
