"""The tables, one module a subject."""

from bot.desk.models.base import Base
from bot.desk.models.booking import Booking, ServiceSlot
from bot.desk.models.nlu import NluLabel
from bot.desk.models.outbox import OutboxMessage
from bot.desk.models.phrase import Incident, PhraseEvent, PhraseRevision
from bot.desk.models.shop import Order, OrderItem, Product, Promotion, RestockRequest
from bot.desk.models.talk import (
    ActionResult,
    Consultation,
    Conversation,
    Customer,
    Message,
    ProofAttempt,
    ProofLock,
    Rating,
    StaffAction,
)
from bot.desk.models.ticket import Ticket, TicketEvent

__all__ = [
    "ActionResult",
    "Base",
    "Booking",
    "Consultation",
    "Conversation",
    "Customer",
    "Incident",
    "Message",
    "NluLabel",
    "Order",
    "OrderItem",
    "OutboxMessage",
    "PhraseEvent",
    "PhraseRevision",
    "Product",
    "Promotion",
    "ProofAttempt",
    "ProofLock",
    "Rating",
    "RestockRequest",
    "ServiceSlot",
    "StaffAction",
    "Ticket",
    "TicketEvent",
]
