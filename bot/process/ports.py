"""Listen on an address, or say which one cannot be had and which setting moves it."""

from __future__ import annotations

import errno
import socket


class PortTaken(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when we cannot listen where we should."""


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket that listens.

    Args:
        setting: what moves the port.

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


def _why(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken ({error.strerror}): stop what listens there, or set {setting}"
    if error.errno == errno.EACCES:
        return f"not allowed to listen on port {port}: choose one above 1023 with {setting}"
    return f"cannot listen on {host}:{port} ({error.strerror}): check LIYAN_HOST"
