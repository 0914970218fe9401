"""Find goods by what customers call them, and what is on offer."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.models import Product, Promotion


def fold(text: str) -> str:
    """Return text as names are compared: one width, lower case, no blanks or hyphens."""
    return re.sub(r"[\s\-_·]+", "", unicodedata.normalize("NFKC", text).lower())


async def product(session: AsyncSession, sku: str) -> Product | None:
    """Return the product of a SKU, None when the shop has none of it."""
    return await session.get(Product, sku.strip().upper())


async def find_products(session: AsyncSession, text: str, *, limit: int = 5) -> list[Product]:
    """Return the products that a text names, the longest match first, then those in stock, then the cheaper.

    A text that names one product by SKU, model or full name gives that one alone. A text that is itself a part
    of a name (小米粥锅 in 多功能小米粥锅) finds it too.
    """
    folded = fold(text)
    if not folded:
        return []
    found: list[tuple[int, bool, Product]] = []
    for candidate in await session.scalars(select(Product)):
        length, exact = _match(candidate, folded)
        if length:
            found.append((length, exact, candidate))
    if any(exact for _, exact, _ in found):
        found = [hit for hit in found if hit[1]]
    found.sort(key=lambda hit: (-hit[0], hit[2].stock <= 0, hit[2].price, hit[2].sku))
    return [hit[2] for hit in found[:limit]]


async def alternatives(session: AsyncSession, product: Product, limit: int = 3) -> list[Product]:
    """Return goods of the same category that are in stock, nearest in price first, akin ones before others."""
    query = select(Product).where(Product.category == product.category, Product.sku != product.sku, Product.stock > 0)
    group = product.details.get("group")

    def distance(other: Product) -> tuple[bool, Any, str]:
        return other.details.get("group") != group, abs(other.price - product.price), other.sku

    return sorted(await session.scalars(query), key=distance)[:limit]


async def promotions_for(session: AsyncSession, sku: str | None, *, now: datetime) -> list[Promotion]:
    """Return the offers running at `now` that hold for a product; without a SKU, all of them."""
    running = select(Promotion).where(Promotion.starts_at <= now, Promotion.ends_at > now)
    offers = await session.scalars(running.order_by(Promotion.ends_at, Promotion.id))
    return [offer for offer in offers if sku is None or not offer.skus or sku in offer.skus]


async def write_lexicon(session: AsyncSession, path: Path) -> None:
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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(lexicon, file, ensure_ascii=False, indent=1)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _match(product: Product, text: str) -> tuple[int, bool]:
    """Return how many characters of the text match the product, and whether they name it alone."""
    exact = [fold(name) for name in (product.sku, product.model, product.name) if name]
    if lengths := [len(name) for name in exact if _names(name, text)]:
        return max(lengths), True
    words = [fold(word) for word in (*product.words, product.category)]
    lengths = [len(word) for word in words if _names(word, text)]
    if not lengths and len(text) >= 2 and any(text in name for name in (*exact, *words)):
        lengths = [len(text)]
    return max(lengths, default=0), False


def _names(name: str, text: str) -> bool:
    """Tell whether a text holds a name; Latin names must not touch other Latin letters or digits."""
    if not name:
        return False
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
