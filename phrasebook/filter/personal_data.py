"""Find personal data: phones, identity cards, bank cards, plates, e-mail, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from phrasebook.filter.fold import fold
from phrasebook.filter.triggers import EMAIL, HOUSE, NUMBER, PERSONAL, PLATE, PROVINCES, SPOKEN
from phrasebook.numerals import DIGITS, TO_FIGURES

_BETWEEN = r"[^\w\n]{0,3}"
_marks_sub = re.compile(r"\W+").sub
# Ten digits in a row are the shortest number with an area code; of any ten in a row two stand five apart.
_sampled = re.compile("[0-9][0-9]").search
_number = re.compile("1[3-9][0-9]{9}|0[1-9][0-9]{8}|[0-9]{15}").search
_RUN = re.compile(rf"[0-9](?:{_BETWEEN}[0-9]){{9,24}}(?:{_BETWEEN}x)?(?![0-9a-z])")
_JOINS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_MOBILE = re.compile(r"(?:86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7})")
_PLATE = re.compile(
    rf"[{PROVINCES}][a-z][·.\- ]?"
    r"(?=[a-z0-9]*[0-9])(?:[a-z0-9]{4,5}[a-z0-9警学挂港澳])(?![a-z0-9])"
)
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,10}")
# An address is found from its first house number; the road stands before it, the room behind it.
_PLACE = re.compile(
    r"(?![在来到至往去是寄送您的于])[\u4e00-\u9fa5]{2,20}"
    r"(?:路|街|大道|道|巷|胡同|弄|村|镇|小区|花园|家园|公寓|苑|园)\s?\Z"
)
_ROAD_ENDS = frozenset("路街道巷同弄村镇区园寓苑")
# A building and a room in it are an address without a road too: “万科花园二期8栋1单元302”.
_FLAT = r"(?:号楼|栋|幢|座)\s?(?:[0-9a-z]{1,2}单元\s?)?[0-9]{3,4}(?![0-9])"
_flat_behind = re.compile(_FLAT).match
_flat_from = re.compile(rf"[0-9a-z]{{1,3}}{_FLAT}").match
_ESTATE = re.compile(r"(?:(?![在到至往去是寄送您于住址])[\u4e00-\u9fa5]){2,16}\s?\Z")
_HOUSE = r"[0-9a-z-]{1,6}(?:号楼|号院|号|弄|栋|幢|座|单元|室|户|层|楼)"
_FIRST = re.compile(r"[0-9][0-9a-z-]{0,5}(?:号楼|号院|号|弄|栋|幢|座|单元)")
_REST = re.compile(rf"(?:\s?[\u4e00-\u9fa5]{{0,8}}?{_HOUSE}|\s?[0-9]{{3,4}}(?![0-9]))*")
_ROOM = re.compile(r"(?:单元|室|户|(?:号楼|栋|幢|座)\D{0,4}[0-9]{2,4})")
_NUMERAL = f"[{''.join(DIGITS)}0-9]"
_SPOKEN_RUN = re.compile(rf"{_NUMERAL}(?:{_BETWEEN}{_NUMERAL}){{6,17}}")
_CARD_STARTS = re.compile(r"62|4|5[1-5]|35|9558|60|68|69|43|37|34")
# Numbers that belong to everybody.
_PUBLIC = re.compile(r"[48]00\d{7}|95\d{3,6}|12\d{3}|1[012]\d")


# A landline named as a counter's, an address named as a role's: nobody's own.
_OFFICE = re.compile(
    r"(热线|客服|服务|门店|店里|前台|总机|公司|售后|维修点|网点|中心|物业|咨询|小时|官方|仓库|柜台)[^，。！？]{0,10}\Z"
)
_ROLE = re.compile(
    r"(?:service|kefu|support|info|help|cs|care|sales|hr|contact|admin|invoice|fapiao|tousu|shouhou)[\w.+-]*@"
)


@dataclass(frozen=True)
class PersonalData:
    """Numbers and addresses, digits and letters only."""

    phones: frozenset[str] = frozenset()
    id_cards: frozenset[str] = frozenset()
    bank_cards: frozenset[str] = frozenset()
    plates: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        phones: Iterable[str] = (),
        id_cards: Iterable[str] = (),
        bank_cards: Iterable[str] = (),
        plates: Iterable[str] = (),
        emails: Iterable[str] = (),
        addresses: Iterable[str] = (),
    ) -> PersonalData:
        """Take numbers as they are written, with blanks, hyphens, +86."""
        return cls(
            frozenset(re.sub(r"^(?:00)?86(?=1)", "", _bare(p)) for p in phones),
            frozenset(map(_bare, id_cards)),
            frozenset(map(_bare, bank_cards)),
            frozenset(map(_bare, plates)),
            frozenset(fold(e).strip() for e in emails),
            tuple(filter(None, map(_bare, addresses))),
        )

    def holds(self, kind: str, value: str) -> bool:
        """Tell whether a value found by `find_personal` is among these."""
        if kind == "address":
            return any(value in own or own in value for own in self.addresses)
        if kind in ("mobile", "landline"):
            return value in self.phones
        known = {"id_card": self.id_cards, "bank_card": self.bank_cards, "plate": self.plates, "email": self.emails}
        return value in known[kind]


class PersonalHit(NamedTuple):
    """What was found: start and end in the folded text, kind and bare value."""

    start: int
    end: int
    kind: str
    value: str
    private: bool = True


def may_hold_number(without: str) -> bool:
    """Tell whether a text without its marks and signs of percent has a row of digits that could be a number."""
    sample = _sampled(without[4::5])
    return sample is not None and _number(without, 5 * sample.start()) is not None


def may_hold_address(without: str, place: int) -> bool:
    """Tell whether a road's name ends before the house number that ends here, or a room follows."""
    if _flat_behind(without, place):
        return True
    # In a date no road's name does.
    while place and without[place - 1] in _JOINS:
        place -= 1
    return without[place - 1 : place] in _ROAD_ENDS


def find_personal(folded: str, *, spoken: bool = False, signs: int = PERSONAL & ~SPOKEN) -> Iterator[PersonalHit]:
    """Yield personal data of a folded text; `spoken` looks for numbers in words too.

    Args:
        signs: the bits of the kinds to look for, where the others are known not to be there.
    """
    taken: list[tuple[int, int]] = []
    for match in _RUN.finditer(folded) if signs & NUMBER else ():
        if match.start() and folded[match.start() - 1] in _JOINS:
            continue  # part of a longer number, such as a ticket's
        kind = _number_kind(_bare(match[0]))
        if kind is not None and not (kind[0] == "landline" and _OFFICE.search(folded[: match.start()])):
            taken.append(match.span())
            yield PersonalHit(*match.span(), *kind)
    for match in _SPOKEN_RUN.finditer(folded) if spoken or signs & SPOKEN else ():
        plain = match[0].translate(TO_FIGURES)
        if plain == match[0]:
            continue  # plain digits were looked at above
        kind = _number_kind(_bare(plain))
        if kind is not None and match.span() not in taken:
            yield PersonalHit(*match.span(), *kind)
    if signs & EMAIL and "@" in folded:
        for match in _EMAIL.finditer(folded):
            if not _ROLE.match(match[0]):
                yield PersonalHit(*match.span(), "email", match[0])
    for match in _PLATE.finditer(folded) if signs & PLATE else ():
        yield PersonalHit(*match.span(), "plate", _bare(match[0]))
    if signs & HOUSE:
        yield from _addresses(folded)


def _addresses(folded: str) -> Iterator[PersonalHit]:
    end = 0
    for match in _FIRST.finditer(folded):
        start = match.start()
        if start < end or not start:
            continue
        reach = max(end, start - 24)
        place = None
        # A road ends right before the number, or before a blank; in a date nothing of the kind does.
        if folded[start - 1] in _ROAD_ENDS or folded[start - 1].isspace():
            place = _PLACE.search(folded[reach:start])
        if place is None and _flat_from(folded, start):
            place = _ESTATE.search(folded[reach:start])
        if place is not None:
            rest = _REST.match(folded, match.end())
            end = rest.end() if rest else match.end()
            text = folded[reach + place.start() : end]
            yield PersonalHit(reach + place.start(), end, "address", _bare(text), bool(_ROOM.search(text)))


def _bare(text: str) -> str:
    return _marks_sub("", fold(text))


def _number_kind(digits: str) -> tuple[str, str] | None:
    if _PUBLIC.fullmatch(digits):
        return None
    if match := _MOBILE.fullmatch(digits):
        return "mobile", match[1]
    if is_id_card(digits):
        return "id_card", digits
    if match := _LANDLINE.fullmatch(digits):
        return "landline", match[1]
    if is_bank_card(digits):
        return "bank_card", digits
    return None


def is_id_card(text: str) -> bool:
    """Tell whether 17 digits and a check character make an identity card (GB 11643), born on a real day."""
    if not re.fullmatch(r"[1-9]\d{16}[\dx]", text):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if not 1900 <= born.year <= 2100:
        return False
    return mod_11_2.is_valid(text.upper())


def is_bank_card(text: str) -> bool:
    """Tell whether 15–19 digits begin like a bank card and have a right check digit (Luhn)."""
    if not re.fullmatch(r"\d{15,19}", text) or not _CARD_STARTS.match(text):
        return False
    return luhn.is_valid(text)
