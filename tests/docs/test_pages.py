"""The code in the documentation runs and prints the output shown on the pages."""

from __future__ import annotations

import re

import pytest
from pages import DOCS, NOT_RUN, ROOT, WITHIN, alike, blocks_of, commands_of, pages, shell_of

WITHOUT_MODEL = ("data.md", "hub.md", "checkpoints.md", "tasks/fill.md")
WITH_MODEL = (
    "index.md",
    "tasks/embed.md",
    "tasks/classify.md",
    "tasks/tag.md",
    "tasks/answer.md",
    "tasks/rerank.md",
    "distillation.md",
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def ids(page):
    return page.relative_to(DOCS).as_posix()


def test_every_page_with_code_is_run():
    with_code = {
        ids(page)
        for page in pages()
        if any(block.runs and block.language in ("python", "sh") for block in blocks_of(page))
    }
    assert with_code == {*WITHOUT_MODEL, *WITH_MODEL}


def test_what_is_not_run_says_why():
    for page in pages():
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith(NOT_RUN):
                assert re.fullmatch(r"<!-- not run: .+ -->", line), f"{page}: {line}"


def test_how_far_numbers_may_be_off_is_said_above_what_is_printed():
    for page in pages():
        lines = page.read_text(encoding="utf-8").splitlines()
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith("<!-- within"):
                assert WITHIN.fullmatch(line), f"{page}: {line}"
                assert after == "```text", f"{page}: {line}"


@pytest.mark.parametrize(
    ("printed", "within", "same"),
    [
        ("PER Anna 0 10 0.85\n", 0.0, True),
        ("PER Anna 0 10 0.84\n", 0.0, False),
        ("PER Anna 0 10 0.81\n", 0.05, True),
        ("PER Anna 0 10 0.79\n", 0.05, False),
        ("PER Anna 0 11 0.85\n", 0.05, False),
        ("LOC Anna 0 10 0.85\n", 0.05, False),
        ("PER Anna 0 10 0.85 0.85\n", 0.05, False),
    ],
)
def test_outputs_are_alike(printed, within, same):
    assert alike(printed, "PER Anna 0 10 0.85", within) is same


@pytest.mark.parametrize("name", WITHOUT_MODEL)
def test_pages_without_a_model_print_what_they_say(name, in_folder, command_line):
    for block, printed, promised in in_folder(command_line).run(DOCS / name):
        if promised is not None:
            assert alike(printed, promised.code), f"{name}, line {block.line}:\n{printed}\ninstead of\n{promised.code}"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", WITH_MODEL)
def test_pages_print_what_they_say(name, tmp_path, in_folder):
    for block, printed, promised in in_folder(shell_of(tmp_path)).run(DOCS / name):
        if promised is not None:
            assert alike(printed, promised.code, promised.within), (
                f"{name}, line {block.line}:\n{printed}\ninstead of\n{promised.code}"
            )


def test_command_lines_have_options_that_exist():
    import typer

    from tinybert.cli.app import app

    seen = set()
    for page in pages():
        for block in blocks_of(page):
            for arguments in commands_of(block.code) if block.language == "sh" else ():
                command = typer.main.get_command(app)
                context = command.make_context("tinybert", arguments[:1], resilient_parsing=True)
                rest = list(arguments)
                while hasattr(command, "commands"):
                    name = rest.pop(0)
                    assert name in command.commands, f"{page}, line {block.line}: tinybert {' '.join(arguments)}"
                    command = command.commands[name]
                    seen.add(name)
                # Parse without reading files or running anything; an unknown option is an error.
                own_context = type(context)(command, parent=context, resilient_parsing=True)
                values, _, _ = command.make_parser(own_context).parse_args(args=rest)
                required = [parameter for parameter in command.params if parameter.required]
                for parameter in required:
                    assert parameter.name in values, f"{page}, line {block.line}: {parameter.name} is missing"
    assert {"embed", "classify", "tag", "answer", "finetune", "evaluate", "convert", "publish", "install"} <= seen


def test_links_resolve():
    for page in pages():
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for link in _LINK.findall(text):
            if "://" not in link:
                target = page.parent / link.partition("#")[0]
                assert target.is_file(), f"{page}: {link}"


def test_every_page_is_in_the_navigation():
    import yaml

    def files(entries):
        for entry in entries:
            for value in entry.values():
                yield from files(value) if isinstance(value, list) else [value]

    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(files(nav)) == sorted(map(ids, pages()))
