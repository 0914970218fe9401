"""The shapes of a pack's goods, offers and orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator

from bot.desk.shop.pack import Data


class InstallationData(Data):
    """Whether and how goods are fitted."""

    needed: bool
    fee: Decimal
    how: str


class ProductData(Data):
    """One product of `catalogue.yml`."""

    sku: str = Field(pattern=r"^[A-Z]{2}-\d{4}$")
    name: str = Field(max_length=80)
    brand: str
    category: str
    group: str
    model: str | None
    price: Decimal = Field(gt=0, decimal_places=2)
    stock: int = Field(ge=0)
    restock_in_days: int | None = None
    words: tuple[str, ...]
    summary: str
    specs: dict[str, str]
    sizes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    box: tuple[str, ...] = ()
    warranty_months: int = 0
    install: InstallationData | None = None

    def details(self) -> dict[str, Any]:
        """Return what the table keeps as JSON."""
        kept = {"brand", "group", "summary", "specs", "sizes", "colours", "box", "warranty_months", "install"}
        return self.model_dump(mode="json", include=kept)


class Catalogue(Data):
    """The file of goods."""

    products: tuple[ProductData, ...]

    @field_validator("products")
    @classmethod
    def _distinct(cls, products: tuple[ProductData, ...]) -> tuple[ProductData, ...]:
        for what in ("sku", "name"):
            values = [getattr(item, what) for item in products]
            if twice := {value for value in values if values.count(value) > 1}:
                raise ValueError(f"{what} stands twice: {', '.join(sorted(twice))}")
        return products


class PromotionData(Data):
    """One promotion, its days counted from the day of loading."""

    id: str
    name: str
    phrase: str
    """Id of the approved phrase that tells the terms; it is given the last day as `until`."""
    skus: tuple[str, ...]
    from_day: int
    to_day: int


class Promotions(Data):
    """The file of promotions."""

    promotions: tuple[PromotionData, ...]


class OrderLineData(Data):
    """Goods of an order."""

    sku: str
    quantity: int = Field(gt=0)


class OrderData(Data):
    """One order, its days counted back from the day of loading."""

    serial: str = Field(pattern=r"^\d{6}$")
    state: Literal["unpaid", "paid", "packed", "shipped", "delivered", "returned", "cancelled"]
    customer: str
    phone: str = Field(pattern=r"^1[3-9]\d{9}$")
    address: str
    ordered: int = Field(ge=0)
    shipped: int | None = None
    delivered: int | None = None
    arrives: int | None = None
    """Days ahead."""
    ships_within_hours: int = 48
    carrier: str | None = None
    """That of the file when left out."""
    last_place: str | None = None
    invoice_title: str | None = None
    items: tuple[OrderLineData, ...] = Field(min_length=1)


class Orders(Data):
    """The file of orders."""

    carrier: str
    """Who carries what names no other carrier."""
    orders: tuple[OrderData, ...]

    @field_validator("orders")
    @classmethod
    def _told_apart(cls, orders: tuple[OrderData, ...]) -> tuple[OrderData, ...]:
        for what, values in (
            ("serial", [order.serial for order in orders]),
            ("last four digits of the phone", [order.phone[-4:] for order in orders]),
        ):
            if twice := {value for value in values if values.count(value) > 1}:
                raise ValueError(f"{what} stands twice: {', '.join(sorted(twice))}")
        return orders
