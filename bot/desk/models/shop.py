"""The shop's own records: goods, promotions, orders, requests to be told of new stock."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.desk.models.base import Base


class Product(Base):
    """Something the shop sells."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    model: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    stock: Mapped[int]
    restock_at: Mapped[datetime | None]
    words: Mapped[list[Any]]
    """What customers call it."""
    details: Mapped[dict[str, Any]]
    """brand, group, summary, specs {name: value}, sizes, colours, box, warranty_months, install {needed, fee, how}."""


class Promotion(Base):
    """An offer with its term."""

    __tablename__ = "promotions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    phrase: Mapped[str] = mapped_column(String(80))
    """Id of the approved phrase that tells its terms."""
    skus: Mapped[list[Any]]
    """Empty: the whole shop."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """The first moment at which it does not hold any more."""

    @property
    def last_moment(self) -> datetime:
        """Return the last moment at which it holds: customers are told its day."""
        return self.ends_at - timedelta(microseconds=1)


class Order(Base):
    """A customer's order."""

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    customer: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    address: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    """unpaid, paid, packed, shipped, delivered, returned, cancelled."""
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    ordered_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    ships_by: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    arrives_by: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    carrier: Mapped[str | None] = mapped_column(String(40))
    tracking: Mapped[str | None] = mapped_column(String(40))
    last_place: Mapped[str | None] = mapped_column(String(80))
    invoice_title: Mapped[str | None] = mapped_column(String(100))
    wished_time: Mapped[str | None] = mapped_column(String(100))
    changed_at: Mapped[datetime | None]
    """When a customer last changed or cancelled it."""

    items: Mapped[list[OrderItem]] = relationship(lazy="selectin", order_by="OrderItem.id")


class OrderItem(Base):
    """A line of an order: the goods as they were bought."""

    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    model: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    quantity: Mapped[int]
    warranty_until: Mapped[datetime | None]


class RestockRequest(Base):
    """A wish to be told when something is back in stock."""

    __tablename__ = "restock_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    sku: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("conversation_id", "sku"),)
