"""Prove that somebody may see an order or a ticket: the last four digits of its phone.

Whether a number exists must not show: an unknown number costs the same queries, the same counting and gives
the same answer as wrong digits.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.desk.models import Order, ProofAttempt, ProofLock, Ticket
from bot.desk.orders.orders import normal_order_number
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.tickets.numbers import parse_number
from bot.desk.upsert import insert

TRIES = 5
"""Wrong tries that lock a conversation, and wrong tries that lock a number."""
LOCKED_FOR = timedelta(hours=1)
"""How long a number stays locked, and how long a wrong try on it counts."""
_NOBODY = "----"


@dataclass(frozen=True, slots=True)
class Proof:
    """Outcome of a try.

    Attributes:
        ok: the digits belong to the number.
        locked: no try is possible now; nothing was compared.
        tries_left: wrong tries that are still possible in this conversation or on this number.
    """

    ok: bool
    locked: bool
    tries_left: int


async def check(session: WriteSession, *, conversation_id: str, number: str, digits: str, now: datetime) -> Proof:
    """Compare the last four digits of a phone with the order or ticket of a number, and count the try.

    Args:
        number: order or ticket number as understood.
        digits: four digits; a whole phone number counts by its last four.
    """
    number = normal_number(number)
    digits = unicodedata.normalize("NFKC", digits).strip()[-4:]
    talk = await _lock(session, "conversation", conversation_id, now)
    lock = await _lock(session, "number", number, now)
    _forget_old(lock, now)
    wrong = await _wrong_in(session, conversation_id)
    if wrong >= TRIES or lock.locked_until is not None:
        return Proof(ok=False, locked=True, tries_left=0)
    expected = await _last_four(session, number)
    ok = hmac.compare_digest(expected.encode(), digits.encode(errors="replace"))
    session.add(ProofAttempt(conversation_id=conversation_id, number=number, ok=ok, at=now))
    talk.last_at = lock.last_at = now
    if not ok:
        wrong, lock.wrong = wrong + 1, lock.wrong + 1
        talk.wrong = wrong
        if lock.wrong >= TRIES:
            lock.locked_until = now + LOCKED_FOR
    await session.flush()
    left = max(0, TRIES - max(wrong, lock.wrong))
    return Proof(ok=ok, locked=not ok and left == 0, tries_left=left)


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


async def _lock(session: WriteSession, scope: str, key: str, now: datetime) -> ProofLock:
    """Write the counter's row, which makes other checks of the same key wait for this transaction."""
    row = insert(session, ProofLock).values(scope=scope, key=key, wrong=0, last_at=now)
    row = row.on_conflict_do_update(index_elements=["scope", "key"], set_={"scope": scope})
    await session.execute(row)
    return await session.get_one(ProofLock, (scope, key), populate_existing=True)


def _forget_old(lock: ProofLock, now: datetime) -> None:
    until = lock.locked_until or lock.last_at + LOCKED_FOR
    if until <= now:
        lock.wrong, lock.locked_until = 0, None


async def _wrong_in(session: ReadSession, conversation_id: str) -> int:
    """Count the conversation's wrong tries; slips on a number that it proved in the end are forgiven."""
    mine = ProofAttempt.conversation_id == conversation_id
    right = select(ProofAttempt.number).where(mine, ProofAttempt.ok)
    query = select(func.count()).select_from(ProofAttempt).where(mine, ~ProofAttempt.ok)
    return await session.scalar(query.where(ProofAttempt.number.not_in(right))) or 0


async def _last_four(session: ReadSession, number: str) -> str:
    """Ask both tables whatever the number looks like, so that its kind and existence cost the same time."""
    order = await session.scalar(select(Order.phone).where(Order.number == number))
    ticket = await session.scalar(select(Ticket.phone).where(Ticket.number == number))
    phone = order or ticket or ""
    return phone[-4:] if len(phone) >= 4 else _NOBODY
