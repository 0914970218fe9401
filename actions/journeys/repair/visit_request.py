"""What is known of a visit before its time is chosen, and how a ticket keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.desk.models import ServiceSlot
from phrasebook.china_time import SHANGHAI


@dataclass(frozen=True, slots=True)
class ServicedProduct:
    """What is to be repaired or installed."""

    name: str
    category: str
    group: str | None
    model: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is visited and where."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class VisitRequest:
    """What is known of a visit but its time."""

    service: str
    goods: ServicedProduct
    fault: str | None
    warranty: str
    order: str | None
    contact: Contact

    def fields(self, slot: ServiceSlot) -> dict[str, Any]:
        """Return the ticket's facts."""
        return {
            "order": self.order,
            "product": self.goods.name,
            "model": self.goods.model,
            "fault": self.fault,
            "warranty": self.warranty,
            "name": self.contact.name,
            "phone": self.contact.phone,
            "address": self.contact.address,
            "slot_start": slot.start_at.astimezone(SHANGHAI).isoformat(),
            "slot_end": slot.end_at.astimezone(SHANGHAI).isoformat(),
        }
