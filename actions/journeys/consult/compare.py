"""Goods compared: “X3 和 X3 Pro 哪个好” is answered with what the catalogue knows of each."""

from __future__ import annotations

import re

from actions.framework.turn import JourneyTurn
from actions.journeys.consult.answers import specs_of
from actions.journeys.consult.topics import names_property
from bot.desk.models import Product
from bot.desk.shop import catalogue

_COMPARES = re.compile(
    r"区别|哪(个|款|种|台|部)(更|比较|要)?(好|省|便宜|划算|适合|合适|大|小|快|耐|强|值|贵|安静|轻)|对比|比较一?下|比一?下|差(别|异|在哪)"
)
_MOST = 3
_SHOWN = 4


async def compared_products(turn: JourneyTurn) -> list[Product]:
    """Return the goods that a message compares; none when it compares nothing or names fewer than two."""
    words = turn.message.words
    if not _COMPARES.search(words):
        return []
    found = [await catalogue.find_product(turn.session, str(value)) for value in turn.message.values("product")]
    found += await catalogue.find_products(turn.session, words, limit=_MOST)
    by_sku = {goods.sku: goods for goods in found if goods is not None}
    return list(by_sku.values())[:_MOST] if len(by_sku) > 1 else []


def say_comparison(turn: JourneyTurn, several: list[Product]) -> None:
    """Tell what is known of each: the property asked about, else the first ones of each."""
    words = turn.message.words
    for goods in several:
        specs: dict[str, str] = goods.details.get("specs", {})
        asked = [(name, value) for name, value in specs.items() if names_property(name, value, words)]
        shown = asked or list(specs.items())[:_SHOWN]
        turn.say("consult.product", product=goods.name, summary=goods.details.get("summary", ""), price=goods.price)
        if shown:
            turn.say("consult.specs", product=goods.name, specs=specs_of(shown))
    turn.say("journey.anything_else")
