"""Load a shop's goods, offers, orders and times from its pack, counted from today."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.desk.models import Booking, Order, OrderItem, Product, Promotion, ProofLock, ServiceSlot
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.shop.catalogue import running_promotions
from bot.desk.shop.pack import load
from bot.desk.shop.pack_files import Catalogue, OrderData, Orders, ProductData, Promotions
from bot.desk.shop.profile import shop_profile
from bot.desk.visits.service_slots import ensure_slots
from phrasebook.china_time import SHANGHAI


async def reset(session: WriteSession, *, pack_folder: Path, now: datetime) -> None:
    """Replace the shop's records by those of the pack; conversations, tickets and their bookings stay.

    Works while the product runs: all of it is one transaction, and others see the old shop until it ends.

    Raises:
        PackError: a file of the pack is wrong; nothing has changed then.
    """
    goods = load(pack_folder / "catalogue.yml", Catalogue).products
    offers = load(pack_folder / "promotions.yml", Promotions).promotions
    file = load(pack_folder / "orders.yml", Orders)
    by_sku = {item.sku: item for item in goods}
    today = datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    for table in (OrderItem, Order, Promotion, Product):
        await session.execute(delete(table))
    # Numbers made anew begin without wrong tries; a visitor who is locked stays so.
    await session.execute(delete(ProofLock).where(ProofLock.scope != "visitor"))
    session.add_all(_product(item, today) for item in goods)
    session.add_all(
        Promotion(
            id=offer.id,
            name=offer.name,
            phrase=offer.phrase,
            skus=list(offer.skus),
            starts_at=today + timedelta(days=offer.from_day),
            ends_at=today + timedelta(days=offer.to_day + 1),
        )
        for offer in offers
    )
    session.add_all(_order(order, by_sku, today, now, carrier=file.carrier) for order in file.orders)
    await session.flush()
    await _reset_slots(session, pack_folder, now)
    session.expire_all()


async def listing(session: ReadSession, now: datetime) -> dict[str, Any]:
    """Return what `liyan demo list --json` prints: what a newcomer can ask about."""
    orders = await session.scalars(select(Order).order_by(Order.ordered_at.desc(), Order.number))
    goods = await session.scalars(select(Product).order_by(Product.sku))
    offers = await running_promotions(session, None, now=now)
    profile = shop_profile()
    return {
        "orders": [_order_record(order) for order in orders],
        "products": [_product_record(item, offers) for item in goods],
        "shop": {
            "name": profile.name,
            "phone": profile.phone,
            "hours": profile.hours.model_dump(mode="json"),
            "promotions": [offer.name for offer in offers],
        },
    }


async def is_empty(session: ReadSession) -> bool:
    """Tell whether no shop has been loaded yet."""
    return not await session.scalar(select(func.count()).select_from(Product))


async def _reset_slots(session: WriteSession, pack_folder: Path, now: datetime) -> None:
    """Make the times anew; those that a booking names stay, with their places counted again."""
    named = select(Booking.slot_id)
    await session.execute(delete(ServiceSlot).where(ServiceSlot.id.not_in(named)))
    booked = (
        select(func.count())
        .where(Booking.slot_id == ServiceSlot.id, Booking.state == "booked")
        .correlate(ServiceSlot)
        .scalar_subquery()
    )
    await session.execute(update(ServiceSlot).values(taken=booked).execution_options(synchronize_session=False))
    await ensure_slots(session, now=now, pack=pack_folder)


def _product(item: ProductData, today: datetime) -> Product:
    back = None if item.restock_in_days is None else today + timedelta(days=item.restock_in_days, hours=10)
    return Product(
        sku=item.sku,
        name=item.name,
        category=item.category,
        model=item.model,
        price=item.price,
        stock=item.stock,
        restock_at=back,
        words=list(item.words),
        details=item.details(),
    )


def _order(data: OrderData, goods: dict[str, ProductData], today: datetime, now: datetime, *, carrier: str) -> Order:
    ordered = today - timedelta(days=data.ordered) + timedelta(hours=9, minutes=int(data.serial) % 600)
    if data.ordered == 0:
        # An order of today lies in the past, however early the shop is loaded.
        ordered = max(today, now - timedelta(minutes=40 + int(data.serial) % 90))
    paid = None if data.state in ("unpaid", "cancelled") else min(ordered + timedelta(minutes=6), now)
    shipped = _shipped(data, today)
    delivered = None if data.delivered is None else today - timedelta(days=data.delivered) + timedelta(hours=10.5)
    lines = [goods[line.sku] for line in data.items]
    items = [
        OrderItem(
            sku=item.sku,
            name=item.name,
            category=item.category,
            model=item.model,
            price=item.price,
            quantity=line.quantity,
            warranty_until=_warranty_until(item, delivered),
        )
        for item, line in zip(lines, data.items, strict=True)
    ]
    return Order(
        number=f"{ordered:%y%m%d}{data.serial}",
        customer=data.customer,
        phone=data.phone,
        address=data.address,
        state=data.state,
        total=sum((item.price * item.quantity for item in items), Decimal("0.00")),
        ordered_at=ordered,
        paid_at=paid,
        ships_by=None if paid is None else paid + timedelta(hours=data.ships_within_hours),
        shipped_at=shipped,
        arrives_by=None if data.arrives is None else today + timedelta(days=data.arrives, hours=20),
        delivered_at=delivered,
        carrier=(data.carrier or carrier) if shipped else None,
        tracking=f"LY{int(data.serial) * 7919 % 10**10:010d}" if shipped else None,
        last_place=data.last_place,
        invoice_title=data.invoice_title,
        items=items,
    )


def _shipped(data: OrderData, today: datetime) -> datetime | None:
    days = data.shipped
    if days is None and data.delivered is not None:
        days = min(data.ordered, data.delivered + 2)
    return None if days is None else today - timedelta(days=days) + timedelta(hours=20)


def _warranty_until(item: ProductData, delivered: datetime | None) -> datetime | None:
    """Return the last moment of the warranty: whole months from the day after the delivery."""
    if delivered is None or not item.warranty_months:
        return None
    months = delivered.month - 1 + item.warranty_months
    year, month = delivered.year + months // 12, months % 12 + 1
    day = delivered.day
    while True:
        try:
            return delivered.replace(year=year, month=month, day=day, hour=23, minute=59, second=59)
        except ValueError:
            day -= 1


def _order_record(order: Order) -> dict[str, Any]:
    ends = [item.warranty_until for item in order.items if item.warranty_until]
    return {
        "number": order.number,
        "phone": order.phone,
        "customer": order.customer,
        "address": order.address,
        "state": order.state,
        "ordered_at": _iso(order.ordered_at),
        "shipped_at": _iso(order.shipped_at),
        "delivered_at": _iso(order.delivered_at),
        "warranty_until": _iso(min(ends) if ends else None),
        "items": [
            {
                "sku": item.sku,
                "product": item.name,
                "category": item.category,
                "model": item.model,
                "price": float(item.price),
                "quantity": item.quantity,
            }
            for item in order.items
        ],
    }


def _product_record(item: Product, offers: list[Promotion]) -> dict[str, Any]:
    own = next((offer.name for offer in offers if item.sku in offer.skus), None)
    return {
        "sku": item.sku,
        "name": item.name,
        "category": item.category,
        "model": item.model,
        "price": float(item.price),
        "stock": item.stock,
        "promotion": own,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat()
