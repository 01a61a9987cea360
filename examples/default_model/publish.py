"""Make the distilled student the model that is part of the package: card, checkpoint in float16, vocabulary.

Example: python examples/default_model/publish.py student
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from pathlib import Path

from tinybert import DEFAULT_MODEL, hub
from tinybert.checkpoint.sentence import SentenceSettings
from tinybert.hub.cache import HubCache
from tinybert.hub.card import render_card
from tinybert.hub.included import INCLUDED
from tinybert.hub.lookup import find_stored

NOWHERE = f"https://included.invalid/{DEFAULT_MODEL.rpartition('/')[0]}"
FACTS = {
    "author": "mindspore-tinybert",
    "license": "Apache-2.0",
    "summary": "An English encoder for sentence embeddings and fine-tuning, distilled from all-MiniLM-L6-v2",
    "train_dataset": "279,454 English sentences, without those of SST-2, STS-B and WNUT-17's dev part",
}


def main() -> None:
    """Publish the student into the package's own folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("student", type=Path, help="folder that `tinybert distill general` wrote")
    parser.add_argument("--body", type=Path, default=Path(__file__).with_name("card_body.md"), help="text of the card")
    parser.add_argument("--date", required=True, help="date of the card, such as 2026-11-28")
    args = parser.parse_args()
    shutil.rmtree(INCLUDED, ignore_errors=True)
    checkpoint, tokenizer = find_stored(args.student).open_to_copy(None)
    # The teacher's vectors are the mean of the tokens', scaled to length 1.
    checkpoint = dataclasses.replace(checkpoint, sentence=SentenceSettings(normalize=True))
    module = hub.publish(
        checkpoint,
        DEFAULT_MODEL,
        tokenizer=tokenizer,
        dtype="float16",
        facts={**FACTS, "update_time": args.date, "body": args.body.read_text(encoding="utf-8").strip()},
        cache=HubCache(INCLUDED),
    )
    shutil.rmtree(module.paths.code)
    name_as_asset(module)
    (INCLUDED / ".tinybert.lock").unlink(missing_ok=True)
    for path in sorted(module.paths.folder.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.relative_to(INCLUDED)}")


def name_as_asset(module: hub.Module) -> None:
    """Rewrite the card so that its checkpoint has an address, without which the official client loads no file.

    The address never exists (RFC 2606): the file is in the cache before that client looks for it.
    """
    assert module.paths.asset is not None
    assert module.card.asset is not None
    asset = dataclasses.replace(module.card.asset, link=f"{NOWHERE}/{module.paths.asset.name}")
    card = dataclasses.replace(module.card, assets=(asset,), checkpoint_file=None, checkpoint_sha256=None)
    module.paths.card.write_text(render_card(card), encoding="utf-8")


if __name__ == "__main__":
    main()
