"""The shop's rules for returns, exchanges and repairs, read from its pack."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.desk.models import OrderItem
from bot.desk.shop.pack import Data, pack_file


class ReturnWindows(Data):
    """Lengths in calendar days from the day after the delivery; 0: there is no such window."""

    no_reason: int = Field(ge=0)
    quality_return: int = Field(ge=0)
    quality_exchange: int = Field(ge=0)
    warranty: int = Field(ge=0)
    """For goods whose own warranty is not on record."""
    repairable: bool = True
    photos_only: bool = False
    """Faulty goods are shown on photos, not sent."""


class NoReasonException(Data):
    """Goods without a no-reason return."""

    code: str
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    when: Literal["always", "opened"]


class SendAlong(Data):
    """Which approved phrase says what the customer sends along, by case."""

    no_reason: str
    defect: str
    fresh: str


class ReturnPolicy(Data):
    """The file."""

    windows: ReturnWindows
    categories: dict[str, ReturnWindows]
    """Windows of categories that differ."""
    exceptions: tuple[NoReasonException, ...]
    money_days: int
    send: SendAlong

    def windows_of(self, category: str) -> ReturnWindows:
        """Return the windows of a category."""
        return self.categories.get(category, self.windows)

    def exception(self, item: OrderItem, *, opened: bool) -> str | None:
        """Return the code of the exception that keeps an item from a no-reason return."""
        for rule in self.exceptions:
            named = item.sku in rule.skus or item.category in rule.categories
            if named and (opened or rule.when == "always"):
                return rule.code
        return None


def shop_return_policy(*, pack: Path | None = None) -> ReturnPolicy:
    """Return the policy of the pack in use, or of the pack in `pack`."""
    return pack_file("returns.yml", ReturnPolicy, pack)
