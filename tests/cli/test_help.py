"""The help is complete, and its examples can be copied. `test_app.py` tests that it appears at once."""

from __future__ import annotations

import dataclasses
import shlex

import pytest
import typer
from tiny import command

from tinybert.cli.app import app
from tinybert.training import TrainingSettings

COMMANDS = (
    "embed",
    "classify",
    "tag",
    "answer",
    "search",
    "rerank",
    "finetune",
    "evaluate",
    "convert",
    "fill",
    "augment",
)
DISTILLATIONS = tuple(f"distill {name}" for name in ("general", "classify", "tag", "answer", "embed"))
GROUPS = ("distill", "hub")
# The command line of a release: options that users' scripts rely on.
TABLES = "--header --no-header --delimiter --encoding"
TRAINING = (
    "--devices --port --epochs --batch-size --learning-rate --warmup-ratio --weight-decay --max-grad-norm "
    "--accumulation-steps --max-length --seed --evals-per-epoch --patience --pad-to-multiple-of --save-minutes "
    "--class-weights --loss --margin --matryoshka"
)
DISTILLED = (
    f"{TRAINING} --teacher --output -o --student --from-layers --config --embeddings --hidden --attention --relations "
    "--directions --vectors --prediction --hard-labels --temperature --layer-map --hidden-layers --projections "
    "--relation-heads --dropout --no-dropout --vocabulary"
)
LEARNED = (
    f"{TABLES} --preset --train --dev --intermediate-epochs --intermediate-learning-rate --text --pair --label "
    "--negative --from --multi-label --allow-extra-fields --skip-unlabelled --on-error"
)
OPTIONS = {
    "embed": f"{TABLES} "
    "--output -o --to --pooling --normalize --no-normalize --truncate-dim --prompt-name --prompt --text "
    "--allow-extra-fields --from --max-length --batch-size --on-error --vocabulary --cased --uncased --config",
    "classify": f"{TABLES} "
    "--output -o --to --all --threshold --candidate-labels --hypothesis-template --multi-label "
    "--id --pair --text --allow-extra-fields --from --max-length "
    "--batch-size --on-error --vocabulary --cased --uncased --config",
    "tag": f"{TABLES} "
    "--output -o --to --conll --words --aggregation --id --text --allow-extra-fields --from --max-length "
    "--batch-size --on-error --vocabulary --cased --uncased --config",
    "answer": f"{TABLES} --align-to-words --no-align-to-words --id --question-column --context-column "
    "--question --context --output -o --to --top-k --no-answer-threshold --from --allow-extra-fields --max-length "
    "--batch-size --on-error --vocabulary --cased --uncased --config",
    "search": "--model --top-k --output -o --to --prompt-name --prompt --rerank --candidates --label --vocabulary "
    "--cased --uncased --config",
    "rerank": f"{TABLES} "
    "--query --top-k --label --output -o --to --text --allow-extra-fields --from --max-length --batch-size --on-error "
    "--vocabulary --cased --uncased --config",
    "fill": f"{TABLES} "
    "--output -o --to --top-k --id --text --allow-extra-fields --from --max-length --batch-size --on-error "
    "--vocabulary --cased --uncased --config",
    "augment": f"{TABLES} "
    "--model --data --output -o --task --word-vectors --regression --batch-size --p-threshold --copies --candidates "
    "--seed --text --pair --label --negative --from --multi-label --allow-extra-fields --skip-unlabelled --on-error "
    "--vocabulary --cased --uncased --config",
    "finetune": f"{TABLES} "
    "--model --train --output -o --dev --text --pair --label --negative --from --regression --multi-label "
    "--on-error --labels "
    f"--allow-extra-fields --skip-unlabelled --skip-misplaced --vocabulary --cased --uncased --config {TRAINING}",
    "evaluate": f"{TABLES} "
    "--predictions --report --task --truncate-dim "
    "--text --pair --label --negative --from --multi-label --allow-extra-fields --max-length "
    "--skip-unlabelled --on-error --batch-size --vocabulary --cased --uncased --config",
    "distill general": f"{DISTILLED} --text --held-out --pack --shards --keep-vectors",
    "distill classify": f"{DISTILLED} {LEARNED}",
    "distill tag": f"{DISTILLED} {LEARNED}",
    "distill answer": f"{DISTILLED} {LEARNED}",
    "distill embed": f"{DISTILLED} {LEARNED}",
    "convert": "--layout --encoder --config --prefix",
    "hub list": "--cached --json --cache",
    "hub info": "--json --cache",
    "hub verify": "--json --cache",
    "hub install": "--checkpoint --uid --force --cache",
    "hub remove": "--cache",
    "hub publish": "--link --repo-link --task --labels --problem --vocabulary --license --summary --dtype --config "
    "--prefix --force --cache",
    "hub check": "--strict --json",
}


def click_command(words):
    """A command or group of commands as click has it."""
    found = typer.main.get_command(app)
    for word in words.split():
        found = found.commands[word]
    return found


@pytest.mark.parametrize("name", [*COMMANDS, *DISTILLATIONS])
def test_every_help_tells_the_exit_codes(name):
    run = command(*name.split(), "--help")
    assert (run.code, run.err) == (0, "")
    assert "Exit codes: 0 done; 1 an error" in run.out


@pytest.mark.parametrize("name", OPTIONS)
def test_no_option_is_lost(name):
    found = {option for each in click_command(name).params for option in (*each.opts, *each.secondary_opts)}
    found = {option for option in found if option.startswith("-")}
    assert found == set(OPTIONS[name].split())


def test_these_are_all_commands():
    group = click_command("")
    names = [name for name in group.commands if name not in GROUPS]
    inner = [f"{outer} {name}" for outer in GROUPS for name in group.commands[outer].commands]
    assert {*names, *inner} == {*OPTIONS}


@pytest.mark.parametrize("name", [*COMMANDS, *DISTILLATIONS])
def test_the_example_can_be_copied(name):
    """An example is one line, or lines ending in a backslash, and the command accepts it."""
    lines = command(*name.split(), "--help").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip().startswith("Example: "))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    example = "\n".join(lines[start : end + 1]).replace("\\\n", "").strip().removeprefix("Example: ")
    assert not lines[end + 1].strip()
    words = shlex.split(example)
    count = len(name.split())
    assert words[: count + 1] == ["tinybert", *name.split()]
    click_command(name).make_context(name, words[count + 1 :])


def test_defaults_are_not_taken_for_markup():
    assert "[default: a known name; the last]" in " ".join(command("finetune", "--help").out.split())


NOT_NONE = {"patience": 1, "class_weights": "balanced", "loss": "cosent", "margin": 0.5, "matryoshka": "24,12"}
"""Values of the settings whose default is none."""


def test_the_training_options_are_the_settings_with_their_defaults():
    options = {each.name: each for each in click_command("finetune").params}
    settings = {name: options[name] for name in TrainingSettings().to_dict()}
    assert {name: each.default for name, each in settings.items()} == TrainingSettings().to_dict()
    assert [each.opts for each in settings.values()] == [["--" + name.replace("_", "-")] for name in settings]
    help_ = {field.name: field.metadata["help"] for field in dataclasses.fields(TrainingSettings)}
    assert {name: each.help for name, each in settings.items()} == help_
    words = ["classify", "--model=m", "--train=t", "--output=o"]
    words += [f"{each.opts[0]}={NOT_NONE.get(each.name, each.default)}" for each in settings.values()]
    given = click_command("finetune").make_context("finetune", words).params
    settings = TrainingSettings(**{name: given[name] for name in settings})
    assert settings == dataclasses.replace(TrainingSettings(), **NOT_NONE)
    assert {type(each) for each in dataclasses.astuple(settings)} == {int, float, str}
