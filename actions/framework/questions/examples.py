"""What is said to an answer that made no sense: the first time in general, the second time with an example."""

from __future__ import annotations

EXAMPLES = {
    "order": "unsure.example_order",
    "digits": "unsure.example_digits",
    "phone": "unsure.example_phone",
    "name": "unsure.example_name",
    "address": "unsure.example_address",
    "value_address": "unsure.example_address",
    "when": "unsure.example_time",
    "service_slot": "unsure.example_time",
    "value_time": "unsure.example_time",
    "confirmed": "unsure.example_yes_no",
    "agreed": "unsure.example_yes_no",
    "fee_agreed": "unsure.example_yes_no",
    "faulty": "unsure.example_yes_no",
    "intercept": "unsure.example_yes_no",
    "restock": "unsure.example_yes_no",
    "wish": "unsure.example_choice",
    "service": "unsure.example_choice",
    "item": "unsure.example_choice",
    "reason": "unsure.example_choice",
    "opened": "unsure.example_choice",
    "alternative": "unsure.example_choice",
    "change": "unsure.example_choice",
    "order_request": "unsure.example_choice",
}
"""Facts for which an example helps, and the phrase that gives one."""


def not_understood(fact: str, misses: int) -> str:
    """Return the phrase that says that an answer was not understood.

    Args:
        fact: what was asked for.
        misses: answers to this question that made no sense, this one included.
    """
    return "unsure.answer" if misses == 1 else EXAMPLES.get(fact, "unsure.answer_again")
