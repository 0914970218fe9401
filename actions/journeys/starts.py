"""What one journey hands to another: the facts that the other need not ask for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from actions.framework.outcome import JourneyStart


@dataclass(frozen=True, kw_only=True)
class ReturnStart(JourneyStart):
    """Goods are to come back.

    Args:
        wish: return, exchange or refund.
    """

    form: ClassVar[str] = "return_form"
    wish: str


@dataclass(frozen=True, kw_only=True)
class RepairStart(JourneyStart):
    """Goods are to be repaired.

    Args:
        product: SKU, or the customer's word; the one spoken of last when None.
        fault: the customer's words.
        self_help_tried: the steps for self-help were told already.
    """

    form: ClassVar[str] = "repair_form"
    service: str = "repair"
    product: str | None = None
    fault: str | None = None
    self_help_tried: bool | None = None


@dataclass(frozen=True, kw_only=True)
class OrderStart(JourneyStart):
    """Something is wished of the order spoken of.

    Args:
        order_request: status, change, cancel or money.
    """

    form: ClassVar[str] = "order_form"
    order_request: str


@dataclass(frozen=True, kw_only=True)
class HandoffStart(JourneyStart):
    """A question that somebody of the staff is to answer."""

    form: ClassVar[str] = "handoff_form"
    unanswered_question: str | None
