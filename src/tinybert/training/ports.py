"""Where the processes of a parallel training find each other: a port, and for how long they try."""

from __future__ import annotations

import socket

from ..errors import DistributedError

HOST = "127.0.0.1"
SECONDS_TO_MEET = 45
"""How long processes wait for each other. MindSpore's own 600 seconds make a port in use look like a hang."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def check_port(port: int) -> int:
    """Returns a port that can be listened on, or raises DistributedError, which says why it cannot."""
    if not 1024 <= port <= 65535:
        message = f"port {port} cannot be used; choose one from 1024 to 65535, or none for a free one"
        raise DistributedError(message, argument="port")
    with socket.socket() as probe:
        # Else a connection that was closed a minute ago counts as use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"port {port} is in use ({error.strerror}); choose another, or none for a free one"
            raise DistributedError(message, argument="port") from None
    return port
