"""Which journey serves which intent; the rules in `data/stories` say the same, and `liyan check` compares them."""

from __future__ import annotations

WISHES: dict[str, str] = {
    "consult_product": "consult_form",
    "consult_price_promotion": "consult_form",
    "consult_stock": "consult_form",
    "restock_notify": "consult_form",
    "warranty_policy": "consult_form",
    "usage_help_fault": "consult_form",
    "payment_problem": "consult_form",
    "ask_hours_contact": "consult_form",
    "invoice": "consult_form",
    "order_status": "order_form",
    "logistics": "order_form",
    "modify_order_or_address": "order_form",
    "cancel_order": "order_form",
    "refund_status": "order_form",
    "complaint": "complaint_form",
    "return_goods": "return_form",
    "exchange_goods": "return_form",
    "repair_booking": "repair_form",
    "install_service": "repair_form",
    "ticket_progress": "progress_form",
    "urge": "progress_form",
    "withdraw": "progress_form",
    "change_booking": "progress_form",
    "cancel_booking": "progress_form",
    "ask_human": "handoff_form",
    "emergency": "emergency_form",
    "praise_feedback": "feedback_form",
}
"""Intents that begin a journey, and the form of that journey."""

SOCIAL = frozenset({"greet", "thank", "goodbye", "abuse", "chitchat", "out_of_scope", "ask_repeat"})
"""Intents that are answered in passing."""

ALWAYS_LEAVE = frozenset({"emergency", "ask_human"})
"""Wishes that go before any question asked."""
