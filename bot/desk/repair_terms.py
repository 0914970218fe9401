"""What a repair costs outside the warranty, and whether goods are still in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from bot.desk.models import OrderItem
from bot.desk.pack import Data, pack_file

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
    """What the visit fee covers, in words for the customer."""
    on_site: bool = True
    parts: tuple[Part, ...] = ()


class Tariff(Data):
    """The file: public prices."""

    note: str
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
        covers: what it covers, in words for the customer.
        parts: prices of the usual parts.
        on_site: the engineer comes; otherwise the goods are brought or sent.
        note: what holds for all prices, in words for the customer.
    """

    amount: Decimal
    covers: str
    parts: tuple[Part, ...]
    on_site: bool
    note: str


def fee_for(category: str | None, *, group: str | None = None, pack: Path | None = None) -> Fee:
    """Return the fee for goods of a group (空调) or a category (家电), else that of all others."""
    tariff = pack_file("repair.yml", Tariff, pack)
    for name in (group, category, OTHER):
        found = next((terms for terms in tariff.terms if name in terms.names), None)
        if found is not None:
            return Fee(found.visit, found.covers, found.parts, found.on_site, tariff.note)
    raise LookupError(f"repair.yml: no terms named {OTHER}")


def warranty_state(item: OrderItem, now: datetime) -> Warranty:
    """Tell whether an item is in its warranty; `unknown` when none is on record."""
    if item.warranty_until is None:
        return "unknown"
    return "in" if now <= item.warranty_until else "out"
