"""What the shop says of itself: name, hours, ways to pay, freight, points."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from bot.desk.calendar.holidays import work_calendar
from bot.desk.calendar.working_time import Hours, WorkingTime
from bot.desk.shop.pack import Data, pack_file
from bot.settings import settings


class Invoice(Data):
    """Rules of invoices."""

    kinds: tuple[str, ...]
    content: str
    when: str
    change_days: int
    """Days after the purchase in which the title can be changed."""
    text: str


class Freight(Data):
    """What carriage costs."""

    free_from: Decimal
    fee: Decimal
    remote_fee: Decimal
    remote_areas: tuple[str, ...]
    text: str


class Delivery(Data):
    """How long goods are under way."""

    ships_within_hours: int
    carriers: tuple[str, ...]
    near_days: str
    far_days: str
    text: str


class Installation(Data):
    """What fitting costs and how it is arranged."""

    free_categories: tuple[str, ...]
    within_days: int
    text: str


class Points(Data):
    """The membership's points."""

    per_yuan: int
    worth: str
    valid: str
    text: str


class PriceProtection(Data):
    """Difference paid back when a price falls after the purchase."""

    days: int
    text: str


class Profile(Data):
    """The shop."""

    name: str
    short_name: str
    phone: str
    email: str
    address: str
    after_sales_address: str
    after_sales_person: str
    hours: Hours
    hours_text: str
    hotline_text: str
    payment_methods: tuple[str, ...]
    payment_text: str
    refund_days: dict[str, int]
    """Working days until the money is back, by way of payment."""
    refund_text: str
    invoice: Invoice
    freight: Freight
    delivery: Delivery
    installation: Installation
    points: Points
    price_protection: PriceProtection
    warranty_text: str


def shop_profile(*, pack: Path | None = None) -> Profile:
    """Return the profile of the pack in use, or of the pack in `pack`."""
    return pack_file("profile.yml", Profile, pack)


def working_time(*, pack: Path | None = None) -> WorkingTime:
    """Return the shop's working time on the Chinese calendar."""
    return WorkingTime(shop_profile(pack=pack).hours, work_calendar(), settings().zone)
