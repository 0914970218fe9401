"""Names of what our components write on a Rasa message."""

from __future__ import annotations

FOLDED = "folded"
SHARES = "intent_shares"
DANGER = "danger"
WISHES = "wishes"
RECEIVED_AT = "received_at"
METADATA = "metadata"
ASKED = "asked"
LABELLED = "labelled_values"
ACTS = "act_shares"
KIND = "kind"
READING = "reading"

EMERGENCY = "emergency"
FALLBACK = "nlu_fallback"


def is_command(text: str) -> bool:
    """Say whether Rasa will read ``text`` as a button's payload (``/intent{…}``)."""
    return text.strip().startswith("/")
