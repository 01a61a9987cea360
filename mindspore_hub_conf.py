"""What the official `mindspore_hub` client looks for. It binds the weights itself, after the network was built."""

import runpy
from pathlib import Path
from typing import Any


def create_network(name: str, *args: Any, **kwargs: Any) -> Any:
    """Builds the network without weights; its parameters have the names that the checkpoint has.

    Args:
        name: The model-name of the card, in lower case.
        *args: As for `create_network` in `hub_conf.py`.
        **kwargs: Likewise.

    Returns:
        The network.
    """
    hub_conf = runpy.run_path(str(Path(__file__).resolve().with_name("hub_conf.py")))
    return hub_conf["create_network"](name, *args, **{**kwargs, "pretrained": False})
