"""The four journeys and the harder talks, each ending with the right ticket in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from phrasebook.china_time import SHANGHAI
from tests.dialogue.conftest import Talk
from tests.dialogue.script import Dialogue, load, order_for

FILES = ("journeys_blind.yml", "journeys_own.yml", "multiturn_blind.yml", "multiturn_own.yml")
ALL = [dialogue for name in FILES for dialogue in load(name)]


@pytest.mark.parametrize("dialogue", ALL, ids=lambda dialogue: dialogue.name)
async def test_dialogue_ends_with_the_right_ticket(dialogue: Dialogue, talk: Talk, shop: dict[str, Any]) -> None:
    """The customer's words and answers lead to exactly the ticket that the dialogue's author expects."""
    now = datetime.now(SHANGHAI)
    filled = dialogue.filled(order_for(dialogue.order, shop["orders"], now))
    await talk.play(filled)
    found = await talk.tickets()
    wanted: dict[str, Any] | None = filled.expect["ticket"]
    if wanted is None:
        assert not found, talk
        return
    matching = [ticket for ticket in found if ticket["kind"] == wanted["kind"]]
    assert len(matching) == 1, f"{[t['kind'] for t in found]}{talk}"
    ticket = matching[0]
    assert {key: ticket[key] for key in wanted if key not in ("kind", "fields")} == {
        key: value for key, value in wanted.items() if key not in ("kind", "fields")
    }, talk
    assert {key: ticket["fields"].get(key) for key in wanted.get("fields", {})} == wanted.get("fields", {}), talk


def test_every_journey_is_tried_in_five_styles() -> None:
    """Terse, chatty, angry, all in one message, out of order: each journey is tried in each style."""
    tried = {(dialogue.journey, dialogue.style) for dialogue in ALL}
    styles = ("terse", "chatty", "angry", "all_in_one", "out_of_order")
    missing = [(j, s) for j in ("complaint", "return", "repair", "consult") for s in styles if (j, s) not in tried]
    assert not missing
