"""Where a request comes from: the peer's address, or what a trusted proxy says of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import structlog
from starlette.requests import HTTPConnection

log = structlog.get_logger(__name__)

type Network = IPv4Network | IPv6Network
_NOWHERE = IPv6Address("::")
_IPV6_SITE = 64
"""Bits of an IPv6 address that name a household or a firm; the rest is chosen anew at will."""


class ClientAddresses:
    """Tell requests of one address from those of others, without keeping the address.

    `X-Forwarded-For` is read only when the peer is a trusted proxy, from its end, as far as trusted proxies wrote it:
    what stands before may be anybody's invention.

    Args:
        proxies: networks of the proxies that are trusted.
        key: the secret that makes addresses unreadable.
    """

    def __init__(self, proxies: Sequence[Network], key: str) -> None:
        self._proxies = tuple(proxies)
        self._key = key.encode()
        self._warned = False

    def key_of(self, connection: HTTPConnection) -> str:
        """Return the key of an address (32 characters): the same for a whole /64 of IPv6, different for others."""
        address = self._address_of(connection)
        site = ip_network((address, _IPV6_SITE), strict=False) if address.version == 6 else address
        return hmac.new(self._key, str(site).encode(), hashlib.sha256).hexdigest()[:32]

    def _address_of(self, connection: HTTPConnection) -> IPv4Address | IPv6Address:
        peer = _parse(connection.client.host) if connection.client else None
        hops = [hop for line in connection.headers.getlist("x-forwarded-for") for hop in line.split(",")]
        if peer is None or not self._is_trusted(peer):
            self._warn_of(hops)
            return peer or _NOWHERE
        for hop in reversed(hops):
            address = _parse(hop)
            if address is None:
                break
            peer = address
            if not self._is_trusted(address):
                break
        return peer

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)

    def _warn_of(self, hops: list[str]) -> None:
        """Say once that a proxy may stand before us that is not set: all its visitors then share one address."""
        if hops and not self._warned:
            self._warned = True
            log.warning(
                "gateway.untrusted_proxy", hint="set LIYAN_TRUSTED_PROXIES to the proxy's address if it is yours"
            )


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, with its port as some proxies write it; an IPv4 address inside IPv6 is an IPv4 address."""
    plain = text.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
