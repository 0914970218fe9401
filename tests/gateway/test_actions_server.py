"""The action server."""

from __future__ import annotations

import secrets

import httpx
import pytest

from actions import server
from actions.framework import quoting
from tests.stack import Stack


def test_what_takes_long_is_there_before_it_serves() -> None:
    """The filter for quotations is there when the server is: built in a turn, it would hold up all others' records."""
    quoting.filter_in_force.cache_clear()
    server.application("t")
    assert quoting.filter_in_force.cache_info().currsize == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {secrets.token_urlsafe()}"}])
def test_it_works_for_the_engine_only(stack: Stack, headers: dict[str, str]) -> None:
    """Without the engine's token an action does not run; the health check needs none."""
    url = stack.settings.actions_url
    call = {"next_action": "action_session_start", "sender_id": "x", "tracker": {}, "domain": {}}
    assert httpx.post(f"{url}/webhook", json=call, headers=headers, trust_env=False).status_code == 401
    assert httpx.get(f"{url}/actions", headers=headers, trust_env=False).status_code == 401
    assert httpx.get(f"{url}/health", headers=headers, trust_env=False).status_code == 200
