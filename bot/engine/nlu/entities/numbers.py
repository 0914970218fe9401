"""Numbers that name something: tickets, orders, telephones, a phone's last four digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import phonenumbers
from stdnum.iso7064 import mod_11_10

from bot.engine.nlu.entities.found_entity import FoundEntity, without_overlap
from phrasebook.numerals import COMMON, TO_FIGURES

_SPOKEN = f"{COMMON}幺"
_SPOKEN_RUN = re.compile(rf"[{_SPOKEN}]{{4,}}|[{_SPOKEN}]{{3}}(?=[\s\-][{_SPOKEN}]{{4}})")
_GAP = r"[\s\-—–_]{0,2}"
_TICKET = re.compile(rf"(?<![a-z0-9])t{_GAP}(\d{{6}}){_GAP}(\d{{3,9}})(?![\d])")
_BARE_TICKET = re.compile(r"(?<![\da-z.])(\d{6})-?(\d{5}|\d{8})(?![\d])")
_ORDER = re.compile(r"(?<![\d.])\d(?:[\s\-]?\d){11}(?![\s\-]?\d{1,3}(?!\d)|\d)")
_MOBILE = re.compile(r"(?<![\d.])(?:(?:\+|00)?86[\s\-]?)?(1[3-9]\d(?:[\s\-]?\d){8})(?!\d|[\s\-]\d{1,3}(?!\d))")
_LANDLINE = re.compile(r"(?<![\d.\-])\(?(0(?:10|2\d|[3-9]\d{2}))\)?[\s\-]?([2-9]\d{2,3}[\s\-]?\d{4})(?!\d)")
_LAST_FOUR = re.compile(
    r"(?:尾号|尾数|后四位|末四位|最后四位|后4位|末4位|最后4位|手机尾|后面四位|后四个数|结尾)[是为:,，\s的数字号码]{0,5}(?<!\d)(\d{4})(?!\d)"
)
_FOUR_THEN_TAIL = re.compile(r"(?<![\d.])(\d{4})(?!\d)(?=\s*(?:是|这?个)?(?:尾号|结尾|后四位|的尾))")
_FOUR = re.compile(r"(?<![\d.\-/:a-z])(\d{4})(?![\d.\-/:a-z年元块号])")
_NOISE = re.compile(
    r"手机|电话|号码?|订单|单号|工单|尾|后四位|末四位|我|的|是|为|你|您|好|嗯|哦|吧|啊|呢|就|这个|那个|查|一下|下|帮|给|报|了|和|跟|加|另外|还有|数字|验证"
)
_PUNCTUATION = re.compile(r"[\s\W_]+")


def spoken_digits_as_figures(folded: str) -> str:
    """Return ``folded`` with runs of spoken digits (幺三八…) as figures, lengths kept."""
    return _SPOKEN_RUN.sub(lambda run: run[0].translate(TO_FIGURES), folded)


def find_numbers(folded: str) -> list[FoundEntity]:
    """Return ticket numbers, order numbers, phones and last-four digits of ``folded``."""
    if not any(c.isdigit() or c in _SPOKEN for c in folded):
        return []
    text = spoken_digits_as_figures(folded)
    found: list[FoundEntity] = []
    for reader in (_tickets, _landlines, _orders, _mobiles, _bare_tickets):
        found += without_overlap(reader(text), found)
    found += without_overlap(_last_four(text, found), found)
    return sorted(found, key=lambda f: f.start)


def ticket_value(day: str, rest: str) -> tuple[str, bool]:
    """Return the normalised ticket number and whether its check digit (ISO 7064 mod 11,10) is right."""
    valid = 5 <= len(rest) <= 8 and _is_day(day) and mod_11_10.is_valid(day + rest)
    return f"T{day}-{rest}", bool(valid)


def _is_day(digits: str) -> bool:
    try:
        date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return False
    return True


def _ticket(match: re.Match[str]) -> FoundEntity:
    value, valid = ticket_value(match[1], match[2])
    return FoundEntity("ticket_number", value, match.start(), match.end(), {} if valid else {"valid": False})


def _tickets(text: str) -> Iterator[FoundEntity]:
    for match in _TICKET.finditer(text):
        yield _ticket(match)


def _bare_tickets(text: str) -> Iterator[FoundEntity]:
    """Yield tickets typed without their T: only with a right check digit."""
    for match in _BARE_TICKET.finditer(text):
        found = _ticket(match)
        if not found.more:
            yield found


def _orders(text: str) -> Iterator[FoundEntity]:
    for match in _ORDER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not (match[0].startswith("86") and _MOBILE.match(text, match.start())):
            yield FoundEntity("order_number", digits, match.start(), match.end())


def _mobiles(text: str) -> Iterator[FoundEntity]:
    for match in _MOBILE.finditer(text):
        yield FoundEntity("phone", re.sub(r"\D", "", match[1]), match.start(), match.end())


def _landlines(text: str) -> Iterator[FoundEntity]:
    for match in _LANDLINE.finditer(text):
        local = re.sub(r"\D", "", match[2])
        if phonenumbers.is_valid_number(phonenumbers.parse(match[1] + local, "CN")):
            yield FoundEntity("phone", f"{match[1]}-{local}", match.start(), match.end())


def _last_four(text: str, others: list[FoundEntity]) -> Iterator[FoundEntity]:
    for pattern in (_LAST_FOUR, _FOUR_THEN_TAIL):
        for match in pattern.finditer(text):
            yield FoundEntity("digits", match[1], match.start(1), match.end(1))
    alone = [m for m in _FOUR.finditer(text) if not FoundEntity("", "", m.start(), m.end()).overlaps(others)]
    if len(alone) != 1:
        return
    rest = list(text)
    for span in [*others, FoundEntity("", "", alone[0].start(1), alone[0].end(1))]:
        rest[span.start : span.end] = " " * (span.end - span.start)
    if not _PUNCTUATION.sub("", _NOISE.sub("", "".join(rest))):
        yield FoundEntity("digits", alone[0][1], alone[0].start(1), alone[0].end(1))
