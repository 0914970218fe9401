"""Find goods by what customers call them, and what is on offer."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.desk.models import Product, Promotion
from bot.desk.sessions import ReadSession

_NOTHING, _LOOSE, _WORD, _EXACT = range(4)
_SHORTEST = 2
"""Characters of a text that can find a name it is a part of."""


class _Match(NamedTuple):
    """How a text names a product: the kind of match, the characters matched and the word."""

    kind: int
    length: int
    word: str = ""


def fold(text: str) -> str:
    """Return text as names are compared: one width, lower case, no blanks or hyphens."""
    return re.sub(r"[\s\-_·]+", "", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=8192)
def fold_name(name: str) -> str:
    """Fold a word of shop data; those come again with every question, customers' words do not."""
    return fold(name)


async def find_product(session: ReadSession, sku: str) -> Product | None:
    """Return the product of a SKU, None when the shop has none of it."""
    return await session.get(Product, sku.strip().upper())


async def find_products(session: ReadSession, text: str, *, limit: int = 5) -> list[Product]:
    """Return the products that a text names, the longest match first, then those in stock, then the cheaper.

    What is named by SKU, model or full name is found alone. Else customers' words count: the special one
    (挂机空调) without the general (空调), goods of a brand that is named before others. Else a brand,
    a category, or a name of which the text is a part (粥锅 of 小米粥锅).
    """
    folded = fold(text)
    if not folded:
        return []
    hits = [(_match(candidate, folded), candidate) for candidate in await session.scalars(select(Product))]
    best = max((match.kind for match, _ in hits), default=_NOTHING)
    if best == _NOTHING:
        return []
    named = [hit for hit in hits if hit[0].kind == best]
    found = [hit for hit in named if not any(_covers(other, hit[0]) for other, _ in named)]
    found.sort(key=lambda hit: (-hit[0].length, hit[1].stock <= 0, hit[1].price, hit[1].sku))
    return [candidate for _, candidate in found[:limit]]


async def similar_products(session: ReadSession, product: Product, limit: int = 3) -> list[Product]:
    """Return goods of the same category that are in stock, nearest in price first, akin ones before others."""
    query = select(Product).where(Product.category == product.category, Product.sku != product.sku, Product.stock > 0)
    group = product.details.get("group")

    def distance(other: Product) -> tuple[bool, Any, str]:
        return other.details.get("group") != group, abs(other.price - product.price), other.sku

    return sorted(await session.scalars(query), key=distance)[:limit]


async def running_promotions(session: ReadSession, sku: str | None, *, now: datetime) -> list[Promotion]:
    """Return the offers running at `now` that hold for a product; without a SKU, all of them."""
    running = select(Promotion).where(Promotion.starts_at <= now, Promotion.ends_at > now)
    offers = await session.scalars(running.order_by(Promotion.ends_at, Promotion.id))
    return [offer for offer in offers if sku is None or not offer.skus or sku in offer.skus]


async def write_lexicon(session: ReadSession, path: Path) -> None:
    """Write the words of all goods for the engine, which reads the file again when it changes.

    The file is replaced in one step: the engine sees the old one or the new one, never half of it.
    """
    goods = await session.scalars(select(Product).order_by(Product.sku))
    lexicon = {
        "products": [
            {"sku": it.sku, "name": it.name, "category": it.category, "model": it.model, "words": it.words}
            for it in goods
        ]
    }
    _replace(path, lexicon)


def _replace(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _match(product: Product, text: str) -> _Match:
    """Return how a text names a product."""
    names = [fold_name(name) for name in (product.sku, product.model, product.name) if name]
    if lengths := [len(name) for name in names if _names(name, text)]:
        return _Match(_EXACT, max(lengths))
    words = [fold_name(word) for word in product.words]
    brand = fold_name(product.details.get("brand") or "")
    named = [word for word in words if _names(word, text)]
    if named:
        longest = max(named, key=len)
        return _Match(_WORD, len(longest) + (len(brand) if brand in text and brand not in longest else 0), longest)
    loose = [name for name in (brand, fold_name(product.category)) if _names(name, text)]
    if loose:
        return _Match(_LOOSE, sum(map(len, loose)))
    if len(text) >= _SHORTEST and any(text in name for name in (*names, *words)):
        return _Match(_LOOSE, len(text))
    return _Match(_NOTHING, 0)


def _covers(other: _Match, match: _Match) -> bool:
    """Tell whether a match is only a part of a better one: 空调 in 挂机空调."""
    return match.word in other.word and match.word != other.word and match.length < other.length


def _names(name: str, text: str) -> bool:
    """Tell whether a text holds a name; Latin names must not touch other Latin letters or digits."""
    if not name:
        return False
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
