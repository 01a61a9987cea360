"""A training from its beginning, or from where it was interrupted, to its end; what has ended is not done again."""

from __future__ import annotations

import warnings

from .log import draw_curves
from .record import RECORD, has_ended, write_record
from .state import remove_state
from .trainer import Trainer


def train_once(trainer: Trainer, command: list[str], source: str | None, *, says_if_ended: bool = True) -> None:
    """Trains to the end, draws the curves, writes the record, and removes the state.

    Args:
        trainer: The training.
        command: What to write down as the command.
        source: What the training started from, to be written down; None where nobody said.
        says_if_ended: Whether to warn that there is nothing to do where it had ended before.

    Raises:
        CheckpointError: The folder holds what another training made; says what differs.
        KeyboardInterrupt, OutputError: As `Trainer.train`.

    Warns:
        UserWarning: The training had ended before.
    """
    world, folder = trainer.world, trainer.folder
    if world.share(world.is_first and has_ended(folder, trainer.identity)):
        if world.is_first and says_if_ended:
            warnings.warn(
                f"the training in {folder} was finished before; nothing was done. To train anew, use another folder or "
                f"remove {RECORD} in it",
                stacklevel=4,
            )
    else:
        progress = trainer.train()
        if world.is_first:
            draw_curves(folder)
            write_record(folder, command, source, trainer.settings, ended=(progress, trainer.identity))
    if world.is_first:  # what the record says, the state need not say any more
        remove_state(folder)
