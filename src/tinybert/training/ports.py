"""Port and timeout by which the processes of a multi-process training find each other."""

from __future__ import annotations

import socket

from ..errors import DistributedError

HOST = "127.0.0.1"
SECONDS_TO_MEET = 45
"""How long processes wait for each other. MindSpore's default of 600 seconds makes a port in use look like a hang."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def check_port(port: int) -> int:
    """Return the port if it can be listened on; raise DistributedError with the reason if not."""
    if not 1024 <= port <= 65535:
        message = f"port {port} cannot be used; choose one from 1024 to 65535, or none for a free one"
        raise DistributedError(message, argument="port")
    with socket.socket() as probe:
        # Otherwise a connection that was closed a minute ago would count as using the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"port {port} is in use ({error.strerror}); choose another, or none for a free one"
            raise DistributedError(message, argument="port") from None
    return port
