"""`tinybert hub`: list, describe, check, install, publish and remove modules."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from ..hub.cache import HubCache
from ..hub.finding import find_module, installed_copy, known_modules
from ..hub.included import DEFAULT_MODEL
from . import completion, options
from .hub_check import Json, check
from .hub_facts import facts, is_cached, lines, state, verified
from .option_values import config_fields, label_names

app = typer.Typer(help="Modules: list, describe, verify, install, publish, remove, check cards.", no_args_is_help=True)


class Dtype(str, Enum):
    """Type of the numbers in a checkpoint."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


Uid = Annotated[
    str,
    typer.Argument(
        help="A module's uid, such as mindspore/ascend/1.0/tinybert_v1.0_cn-wiki.", autocompletion=completion.uids
    ),
]
Cache = Annotated[
    Optional[Path],  # noqa: UP045 -- typer reads the annotation
    typer.Option("--cache", help="The cache folder. [default: $MSHUB_CACHE or ~/.mscache]", file_okay=False),
]


@app.command("list")
def list_modules(
    only_cached: Annotated[
        bool, typer.Option("--cached", help="List only those whose weights are in the cache.")
    ] = False,
    as_json: Json = False,
    cache: Cache = None,
) -> None:
    """List all modules that can be loaded, and whether their weights are in the cache.

    Example: tinybert hub list --cached
    """
    where = HubCache(cache)
    modules = [find_module(uid, cache=where) for uid in known_modules(where)]
    modules = [module for module in modules if is_cached(module) or not only_cached]
    if as_json:
        typer.echo(_json([{"uid": m.uid, "task": m.card.task, "cached": is_cached(m)} for m in modules]))
        return
    for module in modules:
        typer.echo(f"{module.uid:45}  {module.card.task:25}  {state(module)}")


@app.command()
def info(uid: Uid, as_json: Json = False, cache: Cache = None) -> None:
    """Describe a module: what it is, its files with their hashes and locations, and the vocabulary it needs.

    Example: tinybert hub info mindspore/ascend/1.0/tinybert_v1.0_cn-wiki
    """
    where = HubCache(cache)
    module = find_module(uid, cache=where)
    typer.echo(_json(facts(module, where)) if as_json else "\n".join(lines(module, where)))


@app.command()
def verify(
    uid: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A module's uid. [default: all in the cache]", autocompletion=completion.uids),
    ] = None,
    as_json: Json = False,
    cache: Cache = None,
) -> None:
    """Check the files in the cache against the hashes in their cards. Exit code 1 if one differs.

    Example: tinybert hub verify
    """
    where = HubCache(cache)
    checked: list[dict[str, Any]] = []
    modules = [find_module(each, cache=where) for each in ([uid] if uid else known_modules(where))]
    if (uid is None or uid == DEFAULT_MODEL) and (copy := installed_copy(where)):
        modules.append(copy)
    for module in modules:
        found = verified(module) if uid or is_cached(module) else []
        checked += found
        if not as_json:
            for entry in found:
                typer.echo(f"{entry['uid']}: {entry['said']}")
    if as_json:
        typer.echo(_json(checked))
    if not checked:
        typer.echo("nothing to verify: no checkpoint is in the cache", err=True)
        raise typer.Exit(1 if uid else 0)
    if not all(entry["ok"] for entry in checked):
        raise typer.Exit(1)


@app.command()
def install(
    source: Annotated[
        str,
        typer.Argument(
            metavar="UID|URL|FOLDER",
            help="Uid of a module; or one published elsewhere: a folder with a card and its files, the path or "
            "address of a card, the address of its folder.",
            autocompletion=completion.uids,
        ),
    ],
    checkpoint: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="The checkpoint file, downloaded elsewhere. [default: download it]", dir_okay=False),
    ] = None,
    uid: Annotated[str, typer.Option(help="Uid for a module published elsewhere. [default: as its card says]")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace another model of that uid.")] = False,
    cache: Cache = None,
) -> None:
    """Install a module's card, code and files in the cache, where the official client finds them too.

    Example: tinybert hub install mindspore/ascend/1.0/tinybert_v1.0_cn-wiki --checkpoint tinybert.ckpt

    Example: tinybert hub install https://example.org/models/me/1.0/reviews.md
    """
    from ..hub.installing import install as lay

    paths = lay(source, checkpoint=checkpoint, uid=uid or None, force=force, cache=HubCache(cache))
    typer.echo(f"card:        {paths.card}\ncode:        {paths.code}\ncheckpoint:  {paths.asset}")


@app.command()
def remove(uid: Uid, cache: Cache = None) -> None:
    """Remove a module from the cache; files that other modules need stay.

    Example: tinybert hub remove me/1.0/reviews
    """
    from ..hub.removing import remove as take_out

    for path in take_out(uid, cache=HubCache(cache)):
        typer.echo(f"removed:     {path}")


@app.command()
def publish(
    source: options.Model,
    uid: Annotated[str, typer.Argument(help="Uid of the module: USER/VERSION/NAME or USER/DEVICE/VERSION/NAME.")],
    link: Annotated[
        str,
        typer.Option(help="https address of the folder in which USER/VERSION/ will be hosted. [default: nowhere]"),
    ] = "",
    repo_link: Annotated[
        str,
        typer.Option(help="Address of the code: https://HOST.com/OWNER/REPO[/tree/BRANCH/PATH]. [default: TinyBERT's]"),
    ] = "",
    task: Annotated[
        str,
        typer.Option(help="What the head is for: sequence-classification, token-classification or question-answering."),
    ] = "",
    labels: Annotated[
        str, typer.Option(help="Names of the head's outputs, separated by commas; or a file with one a line.")
    ] = "",
    problem: Annotated[
        str, typer.Option(help="Problem of a head for texts, where the source does not say: multi-label or regression.")
    ] = "",
    vocabulary: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="A vocab.txt, a folder with one, or hf:OWNER/NAME. [default: the source's own]"),
    ] = None,
    license_: Annotated[str, typer.Option("--license", help="The licence of the weights.")] = "",
    summary: Annotated[str, typer.Option(help="A sentence about the module.")] = "",
    dtype: Annotated[
        Dtype, typer.Option(help="Type of the numbers in the checkpoint; float16 halves the file.")
    ] = Dtype.FLOAT32,
    config: options.Config = None,
    prefix: options.Prefix = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace another model, or other settings, of that uid.")
    ] = False,
    cache: Cache = None,
) -> None:
    """Publish a checkpoint or a Hugging Face model as a hub entry that `load` accepts.

    Example: tinybert hub publish ./all-MiniLM-L6-v2 me/1.0/minilm --license Apache-2.0
    """
    from ..hub.lookup import find_stored
    from ..hub.new_card import PUBLISHED_CODE
    from ..hub.publishing import publish as lay

    checkpoint, tokenizer = find_stored(source).open_to_copy(vocabulary, **config_fields(config, prefix))
    names = label_names(labels) if labels else ()
    module = lay(
        checkpoint,
        uid,
        tokenizer=tokenizer,
        task=checkpoint.task.changed(task or None, names, problem or None),
        link=link or None,
        repo_link=repo_link or PUBLISHED_CODE,
        facts={name: value for name, value in (("license", license_), ("summary", summary)) if value},
        dtype=dtype.value,
        force=force,
        cache=HubCache(cache),
    )
    typer.echo(f"published:   {module.uid}\ncard:        {module.paths.card}\ncheckpoint:  {module.paths.asset}")


app.command()(check)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
