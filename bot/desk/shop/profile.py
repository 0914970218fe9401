"""Who the shop is: name, contacts, hours."""

from __future__ import annotations

from pathlib import Path

from bot.desk.calendar.holidays import work_calendar
from bot.desk.calendar.working_time import Hours, WorkingTime
from bot.desk.shop.pack import Data, pack_file


class ShopProfile(Data):
    """The shop."""

    name: str
    phone: str
    email: str
    address: str
    after_sales_address: str
    hours: Hours
    hours_phrase: str
    """Id of the approved words for the hours."""


def shop_profile(*, pack: Path | None = None) -> ShopProfile:
    """Return the profile of the pack in use, or of the pack in `pack`."""
    return pack_file("profile.yml", ShopProfile, pack)


def working_time(*, pack: Path | None = None) -> WorkingTime:
    """Return the shop's working time on the Chinese calendar."""
    return WorkingTime(shop_profile(pack=pack).hours, work_calendar())
