"""Ticket numbers: dated, drawn by lot, with a check digit that tells a slip of the finger.

Seven digits are drawn, so a number tells nothing about the others of its day: where 1,000 tickets are made in a day,
one guess in 10,000 meets one, and it still needs the four digits of its phone. Earlier numbers hold the sequence of
their day in four digits or five; they are read as ever.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from stdnum.iso7064 import mod_11_10

_DASHES = "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc"
"""Hyphens, dashes, the minus sign and the long-vowel mark that input methods offer for one."""
DRAWN = 7
"""Digits drawn by lot, before the check digit."""
_SHAPE = re.compile(r"(?:T-?([0-9]{6})-?|([0-9]{6})-)([0-9]{5,8})")


@dataclass(frozen=True, slots=True)
class TicketNumber:
    """A ticket number as it was typed, in its normal form.

    Attributes:
        text: `T261122-48301753`.
        day: the day on which the ticket was made; None when there is no such day.
        valid: whether day and check digit are right.
    """

    text: str
    day: date | None
    valid: bool


def new_number(day: date, *, draw: Callable[[int], int] = secrets.randbelow) -> str:
    """Draw a number for a ticket; that it is free is for the database to say.

    Args:
        day: day in the shop's zone.
        draw: returns a number from 0 to below its argument that nobody can foresee; a seam for tests.
    """
    body = f"{day:%y%m%d}{1 + draw(10**DRAWN - 1):0{DRAWN}d}"
    return f"T{body[:6]}-{body[6:]}{mod_11_10.calc_check_digit(body)}"


def parse_number(text: str) -> TicketNumber | None:
    """Read a ticket number typed with blanks, in full width or lower case, or without its hyphen.

    Without the leading T the hyphen is required: eleven bare digits are a mobile number.

    Returns:
        None when the text has not the shape of a ticket number.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join("-" if char in _DASHES else char for char in plain if not char.isspace())
    match = _SHAPE.fullmatch(plain)
    if match is None:
        return None
    dated, tail = match[1] or match[2], match[3]
    day = _day(dated)
    valid = day is not None and int(tail[:-1]) > 0 and mod_11_10.is_valid(dated + tail)
    return TicketNumber(f"T{dated}-{tail}", day, valid)


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(f"20{digits}", "%Y%m%d").date()
    except ValueError:
        return None
