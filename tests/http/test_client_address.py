"""Whose address counts: the peer's, unless a proxy of ours says otherwise."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import HTTPConnection
from structlog.testing import capture_logs

from bot.http.client_address import ClientAddresses

PROXIES = (ip_network("10.0.0.0/24"), ip_network("::1/128"))


def key(peer: str | None, *forwarded: str, proxies: tuple[object, ...] = PROXIES) -> str:
    """Return the key of a connection from a peer with `X-Forwarded-For` lines."""
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    client = None if peer is None else (peer, 1234)
    addresses = ClientAddresses(proxies, "secret")  # type: ignore[arg-type]  # networks of both kinds
    return addresses.key_of(HTTPConnection({"type": "http", "client": client, "headers": headers}))


def test_what_a_stranger_says_of_its_address_is_not_believed() -> None:
    """Without a trusted proxy the peer's own address counts, whatever the header says."""
    assert key("203.0.113.5", "198.51.100.7") == key("203.0.113.5")
    assert key("127.0.0.1", "198.51.100.7") == key("127.0.0.1")


@pytest.mark.parametrize(
    "forwarded",
    [
        ("198.51.100.7",),
        ("1.2.3.4, 198.51.100.7",),
        ("1.2.3.4, 198.51.100.7, 10.0.0.9",),
        ("1.2.3.4", "198.51.100.7"),
        ("198.51.100.7:51234",),
        ("::ffff:198.51.100.7",),
        ('"[::ffff:198.51.100.7]:99"',),
        ("nonsense, 198.51.100.7",),
    ],
)
def test_a_trusted_proxy_is_believed_as_far_as_proxies_wrote(forwarded: tuple[str, ...]) -> None:
    """The last address that no proxy of ours has counts; what stands before it may be invented."""
    assert key("10.0.0.2", *forwarded) == key("198.51.100.7")


@pytest.mark.parametrize("forwarded", [(), ("",), ("unknown",), ("10.0.0.9",)])
def test_a_proxy_that_says_nothing_is_its_own_address(forwarded: tuple[str, ...]) -> None:
    """An empty or odd header breaks nothing."""
    assert key("10.0.0.2", *forwarded) in (key("10.0.0.2"), key("10.0.0.9"))


def test_an_ipv6_household_is_one_address() -> None:
    """Addresses of the same /64 are one, those of others are not, and IPv4 inside IPv6 is IPv4."""
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")
    assert key("::ffff:203.0.113.5") == key("203.0.113.5")


def test_keys_do_not_show_addresses() -> None:
    """A key holds nothing of the address, and another secret makes another key."""
    other = ClientAddresses((), "other").key_of(
        HTTPConnection({"type": "http", "client": ("203.0.113.5", 1), "headers": []})
    )
    assert len(key("203.0.113.5")) == 32
    assert key("203.0.113.5") != other
    assert key(None) == key(None)


def test_a_proxy_that_is_not_set_is_told_once() -> None:
    """Where a header comes from a peer that is not trusted the log says once what to set."""
    addresses = ClientAddresses((), "secret")
    headers = [(b"x-forwarded-for", b"198.51.100.7")]
    with capture_logs() as logs:
        for _ in range(3):
            addresses.key_of(HTTPConnection({"type": "http", "client": ("172.16.0.1", 1), "headers": headers}))
    assert [line["event"] for line in logs] == ["gateway.untrusted_proxy"]
    assert "198.51.100.7" not in str(logs)
