"""Prove that somebody may see an order or a ticket: the last four digits of its phone.

Whether a number exists must not show: an unknown number costs the same queries, the same counting and gives
the same answer as wrong digits.

A stranger's wrong tries must not lock an owner out. So a pause on a number, on an address or on all does not hold for a
visitor who proved that number before, or another one of the same phone; and where four digits no longer suffice, the
whole phone number still opens.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from bot.desk.models import Conversation, Order, ProofAttempt, ProofLock, Ticket
from bot.desk.orders import wrong_tries
from bot.desk.orders.orders import normal_order_number
from bot.desk.orders.wrong_tries import EVERYBODY, Scope
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.tickets.numbers import parse_number

WHOLE_PHONE = 10
"""Digits from which an answer is a whole phone number, not its end."""
WHOLE_TRIES = 20
"""Wrong tries on a number from which its pauses hold for whole phone numbers too: those can be guessed at as well."""
_NOBODY = "-" * WHOLE_PHONE

type _Counters = dict[Scope, ProofLock]


class Outcome(StrEnum):
    """What came of a try."""

    PROVEN = "proven"
    """The digits belong to the number."""
    WRONG = "wrong"
    """They do not, or there is no such number; another try is possible."""
    ASK_PHONE = "ask_phone"
    """Too many guessed at this number or at all of them: only the whole phone number opens it now."""
    LOCKED = "locked"
    """No try of this visitor is looked at for a time."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Outcome of a try.

    Attributes:
        outcome: what came of it.
        until: when a locked visitor may try again.
    """

    outcome: Outcome
    until: datetime | None = None

    @property
    def ok(self) -> bool:
        """Tell whether the number is proven."""
        return self.outcome is Outcome.PROVEN


async def check(session: WriteSession, *, conversation_id: str, number: str, digits: str, now: datetime) -> Proof:
    """Compare digits with the phone of an order or a ticket, and count the try.

    Args:
        number: order or ticket number as understood.
        digits: the last four digits of the phone, or the whole of it.
    """
    number, told = normal_number(number), _digits(digits)
    visitor, address = await _who(session, conversation_id)
    keys: dict[Scope, str | None] = {"visitor": visitor, "number": number, "address": address}
    # Always in this order, so that two checks at once wait for each other and not in a circle.
    counters = {
        scope: await wrong_tries.counter(session, scope, key, now) for scope, key in keys.items() if key is not None
    }
    phone = await _phone_of(session, number)
    known = await _proved_before(session, visitor, number=number, phone=phone)
    strict = not known and (await wrong_tries.paused_for_all(session, now) or _paused(counters, "number") is not None)
    whole = len(told) >= WHOLE_PHONE
    if (refused := _refused(counters, known=known, strict=strict, whole=whole)) is not None:
        return refused
    slips = await _slips(session, visitor, number)
    ok = _same(phone, told) if strict else _same(phone[-4:], told[-4:])
    session.add(ProofAttempt(conversation_id=conversation_id, visitor=visitor, number=number, ok=ok, at=now))
    if ok:
        for row in counters.values():
            wrong_tries.forgive(row, slips)
        await session.flush()
        return Proof(Outcome.PROVEN)
    counters["all"] = await wrong_tries.counter(session, "all", EVERYBODY, now)
    for row in counters.values():
        wrong_tries.count(row, now)
    await session.flush()
    strict = not known and any(_paused(counters, scope) for scope in ("number", "all"))
    return _refused(counters, known=known, strict=strict, whole=whole) or Proof(Outcome.WRONG)


async def proven(session: ReadSession, *, conversation_id: str, number: str) -> bool:
    """Tell whether a number was proven in this conversation before."""
    query = select(ProofAttempt.id).where(
        ProofAttempt.conversation_id == conversation_id,
        ProofAttempt.number == normal_number(number),
        ProofAttempt.ok,
    )
    return (await session.scalars(query.limit(1))).first() is not None


def normal_number(text: str) -> str:
    """Return the normal form of an order or ticket number, as long as a column holds."""
    ticket = parse_number(text)
    if ticket is not None:
        return ticket.text[:32]
    # What a database cannot store (NUL, lone surrogates) cannot be in a number either.
    return "".join(char for char in normal_order_number(text) if char.isprintable())[:32]


def _refused(counters: _Counters, *, known: bool, strict: bool, whole: bool) -> Proof | None:
    """Return why a try is not looked at, None when it is.

    Args:
        known: the visitor proved this number before, or another one of its phone.
        strict: four digits do not suffice.
        whole: a whole phone number was told.
    """
    waits = [_paused(counters, "visitor")]
    if not known:
        waits.append(_paused(counters, "address"))
        if counters["number"].wrong >= WHOLE_TRIES:
            waits.append(_paused(counters, "number"))
    if untils := [until for until in waits if until is not None]:
        return Proof(Outcome.LOCKED, max(untils))
    return Proof(Outcome.ASK_PHONE) if strict and not whole else None


def _paused(counters: _Counters, scope: Scope) -> datetime | None:
    row = counters.get(scope)
    return None if row is None else row.locked_until


async def _who(session: ReadSession, conversation_id: str) -> tuple[str, str | None]:
    """Return who tries, the same in all conversations of a visitor, and the address if one is known."""
    query = select(Conversation.customer_id, Conversation.network_key).where(Conversation.id == conversation_id)
    row = (await session.execute(query)).first()
    return (conversation_id, None) if row is None else (row.customer_id, row.network_key)


async def _phone_of(session: ReadSession, number: str) -> str:
    """Ask both tables whatever the number looks like, so that its kind and existence cost the same time."""
    order = await session.scalar(select(Order.phone).where(Order.number == number))
    ticket = await session.scalar(select(Ticket.phone).where(Ticket.number == number))
    phone = _digits(order or ticket or "")
    return phone if len(phone) >= 4 else _NOBODY


async def _proved_before(session: ReadSession, visitor: str, *, number: str, phone: str) -> bool:
    """Tell whether a visitor proved this number, or another one of the same phone, in any conversation."""
    proved = select(ProofAttempt.number).where(ProofAttempt.visitor == visitor, ProofAttempt.ok)
    orders = await session.execute(select(Order.number, Order.phone).where(Order.number.in_(proved)))
    tickets = await session.execute(select(Ticket.number, Ticket.phone).where(Ticket.number.in_(proved)))
    return any(other == number or _digits(its_phone or "") == phone for other, its_phone in (*orders, *tickets))


async def _slips(session: ReadSession, visitor: str, number: str) -> int:
    """Count a visitor's wrong tries on a number since it was last proven by them: they are forgiven when it is."""
    mine = (ProofAttempt.visitor == visitor, ProofAttempt.number == number)
    last = select(func.max(ProofAttempt.id)).where(*mine, ProofAttempt.ok).scalar_subquery()
    query = select(func.count()).select_from(ProofAttempt).where(*mine, ~ProofAttempt.ok)
    return await session.scalar(query.where(ProofAttempt.id > func.coalesce(last, 0))) or 0


def _same(phone: str, told: str) -> bool:
    return hmac.compare_digest(phone.encode(), told.encode())


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))[:40]
