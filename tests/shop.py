"""The demo shop as each talk finds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from bot.desk.database import Database
from bot.desk.models import Booking, Ticket
from bot.desk.shop import demo
from bot.desk.tickets.transitions import OPEN
from bot.process import startup
from bot.settings import Settings
from phrasebook.china_time import SHANGHAI


async def open_anew(records: Database, settings: Settings) -> dict[str, Any]:
    """Load the demo shop anew, without the visits and open tickets of earlier talks, and return its listing.

    An hour has few places, and an item few open tickets: talks that come in any order must not find those of others.
    """
    now = datetime.now(SHANGHAI)
    async with records.session() as session:
        await session.execute(delete(Booking))
        await session.execute(update(Ticket).where(Ticket.state.in_(OPEN)).values(state="withdrawn"))
        await startup.load_shop(session, settings, now)
        return await demo.listing(session, now)
