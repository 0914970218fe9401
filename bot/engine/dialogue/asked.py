"""What the bot asked last and what it offers: read out of the conversation, for the reading of the answer."""

from __future__ import annotations

import json
from typing import Any

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.render import render
from phrasebook.errors import PhrasebookError


def asked(tracker: DialogueStateTracker, book: ApprovedPhrases) -> dict[str, Any]:
    """Return what the bot waits for: `{"slot", "phrases", "options"}`.

    Args:
        tracker: the conversation before the customer's message.
        book: the approved phrases, which hold the buttons' titles.

    Returns:
        slot: the requested slot, None outside a journey.
        phrases: ids of the phrases said since the customer's last message.
        options: for each button on offer its `title` and `value`, and `start` and `end` where it stands for a time.
    """
    said = _said(tracker)
    buttons: list[dict[str, Any]] = next((e.data["buttons"] for e in reversed(said) if e.data.get("buttons")), [])
    return {
        "slot": tracker.get_slot(REQUESTED_SLOT) if tracker.active_loop_name else None,
        "phrases": [event.metadata["phrase"] for event in said if event.metadata.get("phrase")],
        "options": [_option(button, book) for button in buttons],
    }


def _said(tracker: DialogueStateTracker) -> list[BotUttered]:
    said: list[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            said.append(event)
    return said[::-1]


def _option(button: dict[str, Any], book: ApprovedPhrases) -> dict[str, Any]:
    variables = button.get("variables") or {}
    try:
        title = render(book.get(button["title_phrase"]), variables, variant=0)
    except PhrasebookError:
        # Retired since it was said: the option can still be chosen by its place.
        title = ""
    _, _, carried = button["payload"].partition("{")
    value = next(iter(json.loads("{" + carried).values()), None) if carried else button["payload"]
    times = {name: variables[name] for name in ("start", "end") if name in variables}
    return {"title": title, "value": value, **times}
