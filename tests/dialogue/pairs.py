"""Tables of pairs: what a customer says, and which phrases answer it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from phrasebook.china_time import SHANGHAI
from tests.dialogue.conftest import Talk
from tests.dialogue.script import order_for

type Pairs = Sequence[tuple[str, str]]
"""Customer's sentence → phrase ids in the order in which they must come; `!id` must not come, `*` stands for any.

A sentence `>2` presses the second button of the last answer.
"""


def facts_of(shop: dict[str, Any], talk: Talk, *wanted: str) -> dict[str, str]:
    """Return the facts of demo orders as `{order}`, `{digits}` …; those of a second order as `{order2}` …

    Raises:
        LookupError: the demo shop has no such order.
    """
    now = datetime.now(SHANGHAI)
    left = list(shop["orders"])
    values: dict[str, str] = {}
    for place, spec in enumerate(wanted, 1):
        order = order_for(spec, left, now)
        assert order is not None
        left.remove(order)
        facts = {
            "order": order["number"],
            "digits": order["phone"][-4:],
            "phone": order["phone"],
            "name": order["customer"],
            "address": order["address"],
            "product": order["items"][0]["product"],
        }
        values |= {key if place == 1 else f"{key}{place}": str(value) for key, value in facts.items()}
    return values


async def follow(talk: Talk, pairs: Pairs, facts: dict[str, str] | None = None) -> None:
    """Say the sentences one after the other and compare what comes with what must come."""
    values = dict(facts or {})
    for said, expected in pairs:
        text = _pressed(talk, said) or _filled(said, values)
        bubbles = await talk.say(text)
        check([bubble.phrase for bubble in bubbles], expected, talk)
        for bubble in bubbles:
            values["ticket"] = bubble.ticket or values.get("ticket", "")


def _filled(said: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), said)


def check(came: Sequence[str], expected: str, talk: Talk) -> None:
    """Compare phrase ids that came with a line of a table."""
    at = 0
    for wanted in expected.split():
        if wanted.startswith("!"):
            assert not fnmatch.filter(came, wanted[1:]), f"{wanted} came: {list(came)}{talk}"
            continue
        places = [place for place in range(at, len(came)) if fnmatch.fnmatch(came[place], wanted)]
        assert places, f"{wanted} is missing in {list(came)}{talk}"
        at = places[0] + 1


def _pressed(talk: Talk, said: str) -> str | None:
    match = re.fullmatch(r">(\d+)", said)
    if match is None:
        return None
    buttons = [payload for bubble in talk.bubbles for payload in bubble.buttons]
    assert len(buttons) >= int(match[1]), f"no button {said}{talk}"
    return buttons[int(match[1]) - 1]
