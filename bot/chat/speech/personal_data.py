"""Whose data is it? What stands in a customer's own words and records may be said to that customer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.desk.shop.profile import shop_profile
from phrasebook.filter.fold import fold
from phrasebook.filter.personal_data import PersonalData, find_personal
from phrasebook.numerals import TO_FIGURES

# An address is found with the words before it (送到浙江省…); its core from the road on is the same in every sentence.
_CORE = re.compile(r"[\u4e00-\u9fa5]{1,2}(?:路|街|道|巷|胡同|弄|村|镇|小区|花园|家园|公寓|苑|园)(?=[0-9a-z])")
_PIECE = re.compile(r"[0-9a-z]+|[\u4e00-\u9fa5]")
_FAMILIAR = 0.8
"""Share of an address that must stand in the customer's own words: the province may be added, blanks left out."""


def personal_data_in(texts: Sequence[str], claimed: Iterable[object] = ()) -> PersonalData:
    """Return the personal data that belong to the customer.

    Args:
        texts: the customer's own words and records.
        claimed: variables of a phrase; an address among them is the customer's own when its parts stand in `texts`.
    """
    found: dict[str, set[str]] = {}
    for text in texts:
        for hit in find_personal(fold(text), spoken=True):
            found.setdefault(hit.kind, set()).add(hit.value)
    addresses = found.get("address", set()) | set(_familiar(texts, claimed))
    return PersonalData.of(
        phones=found.get("mobile", set()) | found.get("landline", set()),
        id_cards=found.get("id_card", ()),
        bank_cards=found.get("bank_card", ()),
        plates=found.get("plate", ()),
        emails=found.get("email", ()),
        addresses=addresses | set(_cores(addresses)),
    )


def shop_public_data(pack: Path) -> PersonalData:
    """Return the numbers and addresses that a shop's pack tells everybody."""
    profile = shop_profile(pack=pack)
    return personal_data_in([profile.phone, profile.email, profile.address, profile.after_sales_address])


def _cores(addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        match = _CORE.search(address)
        if match is not None:
            yield address[match.start() :]


def _familiar(texts: Sequence[str], claimed: Iterable[object]) -> Iterator[str]:
    known: set[str] | None = None
    for value in claimed:
        if not isinstance(value, str):
            continue
        for hit in find_personal(fold(value)):
            if hit.kind != "address":
                continue
            known = _pieces("\n".join(texts)) if known is None else known
            pieces = _pieces(hit.value)
            numbers = {piece for piece in pieces if piece.isdigit()}
            # The house number decides; the words around it may be written otherwise.
            if numbers <= known and len(pieces & known) >= _FAMILIAR * len(pieces):
                yield hit.value


def _pieces(text: str) -> set[str]:
    """Return the numbers of a text and each two of its characters that stand together."""
    found = _PIECE.findall(fold(text).translate(TO_FIGURES))
    numbers = {piece for piece in found if piece.isalnum() and piece.isascii()}
    words = [piece for piece in found if piece not in numbers]
    return numbers | {first + second for first, second in itertools.pairwise(words)}
