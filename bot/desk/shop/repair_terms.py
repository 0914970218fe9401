"""What a repair costs outside the warranty, and whether goods are still in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from bot.desk.models import OrderItem
from bot.desk.shop.pack import Data, pack_file

type Warranty = Literal["in", "out", "unknown"]

OTHER = "其他"


class Part(Data):
    """A part and its price, fitting included."""

    name: str
    price: Decimal


class Terms(Data):
    """Fees of some kinds of goods."""

    names: tuple[str, ...]
    """Categories or groups of the catalogue."""
    visit: Decimal
    covers: str
    """Id of the approved words for what the visit fee covers."""
    parts: tuple[Part, ...] = ()


class Tariff(Data):
    """The file: public prices."""

    rules: str
    """Id of the phrase that says what holds for all prices."""
    terms: tuple[Terms, ...]

    @model_validator(mode="after")
    def _has_rest(self) -> Tariff:
        if not any(OTHER in terms.names for terms in self.terms):
            raise ValueError(f"one entry must be named {OTHER}: it holds for all goods that no other entry names")
        return self


@dataclass(frozen=True, slots=True)
class Fee:
    """What a visit outside the warranty costs.

    Attributes:
        amount: fee of visit and inspection in yuan.
        covers: id of the approved words for what it covers.
        parts: prices of the usual parts.
        rules: id of the phrase that says what holds for all prices.
    """

    amount: Decimal
    covers: str
    parts: tuple[Part, ...]
    rules: str


def tariff(*, pack: Path | None = None) -> Tariff:
    """Return the public prices of the pack in use, or of the pack in `pack`."""
    return pack_file("repair.yml", Tariff, pack)


def fee_for(category: str | None, *, group: str | None = None, pack: Path | None = None) -> Fee:
    """Return the fee for goods, else that of all others.

    Args:
        category: a category (家电), a name (青禾1.5匹变频空调) or words in which one stands.
        group: group of the catalogue (空调) when known.
        pack: folder of another pack than the one in use.
    """
    prices = tariff(pack=pack)
    text = f"{group or ''} {category or ''}"
    # The file goes from special to general, so the first entry that is named holds.
    named = (terms for terms in prices.terms if any(name in text for name in terms.names))
    terms = next(named, None) or next(terms for terms in prices.terms if OTHER in terms.names)
    return Fee(terms.visit, terms.covers, terms.parts, prices.rules)


def warranty_state(item: OrderItem, now: datetime) -> Warranty:
    """Tell whether an item is in its warranty; `unknown` when none is on record."""
    if item.warranty_until is None:
        return "unknown"
    return "in" if now <= item.warranty_until else "out"
