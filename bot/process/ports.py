"""Listen on an address, or say which one cannot be had and which setting moves it; find free ports."""

from __future__ import annotations

import errno
import random
import socket
from contextlib import ExitStack, suppress

_BELOW_OUTGOING = range(20_000, 32_768)
"""Linux takes the ports of outgoing connections from above: none of these is taken before its process listens."""


class PortTaken(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when we cannot listen where we should."""


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket that listens.

    Args:
        setting: name of the setting that moves the port.

    Raises:
        PortTaken: names address, cause and setting.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol named: asyncio turns Nagle's waiting off only on sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Bound twice with SO_REUSEADDR is found out only here.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise PortTaken(_why(error, host, port, setting)) from error
    return listener


def free_ports(count: int) -> list[int]:
    """Return different ports of loopback that nothing listens on now.

    Raises:
        PortTaken: there are not so many.
    """
    ports: list[int] = []
    with ExitStack() as probes:
        for port in random.sample(_BELOW_OUTGOING, len(_BELOW_OUTGOING)):
            if len(ports) == count:
                return ports
            with suppress(PortTaken):
                probes.enter_context(listen("127.0.0.1", port, "another port"))
                ports.append(port)
    raise PortTaken(f"no free port on 127.0.0.1 from {_BELOW_OUTGOING.start} to {_BELOW_OUTGOING.stop - 1}")


def _why(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken ({error.strerror}): stop what listens there, or set another {setting}"
    if error.errno == errno.EACCES:
        return f"not allowed to listen on port {port}: choose one above 1023 with {setting}"
    return f"cannot listen on {host}:{port} ({error.strerror}): check LIYAN_HOST"
