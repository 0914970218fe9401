"""The catalogue: found by customers' words, written for the engine in one step."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.desk.database import Database
from bot.desk.models import Product, Promotion
from bot.desk.sessions import WriteSession
from bot.desk.shop import catalogue

pytestmark = pytest.mark.asyncio


async def stock_up(session: WriteSession) -> None:
    """Put a few goods on the shelf."""
    rows = [
        ("PH-1", "云雀X3智能手机", "手机", "YQ-X3", "2999", 3, ["云雀X3", "云雀手机"]),
        ("PH-2", "云雀X3 Pro智能手机", "手机", "YQ-X3P", "3899", 3, ["云雀X3Pro", "云雀手机"]),
        ("PH-3", "长庚老人手机", "手机", "CG-M8", "599", 0, ["老人机"]),
        ("AP-1", "青禾空调", "家电", "QH-KF35", "2699", 3, ["空调", "挂机空调"]),
        ("AP-2", "青禾冰箱", "家电", "QH-BX4", "3299", 3, ["冰箱"]),
        ("AP-3", "暖屿空调", "家电", "NY-K9", "1999", 0, ["空调"]),
    ]
    for sku, name, category, model, price, stock, words in rows:
        session.add(
            Product(
                sku=sku,
                name=name,
                category=category,
                model=model,
                price=Decimal(price),
                stock=stock,
                words=words,
                details={"group": "空调" if "空调" in name else category, "brand": name[:2]},
            )
        )
    await session.flush()


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("ph-1", ["PH-1"]),
        ("YQ-X3有货吗", ["PH-1"]),
        ("yqx3p 多少钱", ["PH-2"]),
        ("云雀X3Pro怎么样", ["PH-2"]),
        ("云雀 x3 pro 智能手机", ["PH-2"]),
        ("云雀手机", ["PH-1", "PH-2"]),
        ("空调多少钱", ["AP-1", "AP-3"]),
        ("挂机空调", ["AP-1"]),
        ("挂机空调和冰箱", ["AP-1", "AP-2"]),
        ("有什么手机", ["PH-1", "PH-2", "PH-3"]),
        ("暖屿的空调", ["AP-3", "AP-1"]),
        ("青禾有什么", ["AP-1", "AP-2"]),
        ("冰", []),
        ("老人手", ["PH-3"]),
        ("火箭", []),
        ("", []),
        ("　", []),
    ],
)
async def test_found_by_words(database: Database, text: str, skus: list[str]) -> None:
    """SKU, model and full name find one; words find several, the longest match first, in stock before sold out."""
    async with database.session() as session:
        await stock_up(session)
        found = await catalogue.find_products(session, text)
    assert [product.sku for product in found] == skus


async def test_limit_and_sku(database: Database) -> None:
    """Not more than asked for; a SKU is read in any case."""
    async with database.session() as session:
        await stock_up(session)
        assert len(await catalogue.find_products(session, "手机", limit=2)) == 2
        found = await catalogue.find_product(session, " ph-1 ")
        assert found is not None and found.sku == "PH-1"
        assert await catalogue.find_product(session, "XX-9") is None


async def test_alternatives_are_akin_and_in_stock(database: Database) -> None:
    """Of the same category, in stock, the same group first, then the nearest price."""
    async with database.session() as session:
        await stock_up(session)
        sold_out = await session.get_one(Product, "AP-3")
        assert [it.sku for it in await catalogue.similar_products(session, sold_out)] == ["AP-1", "AP-2"]
        phone = await session.get_one(Product, "PH-3")
        assert [it.sku for it in await catalogue.similar_products(session, phone, 1)] == ["PH-1"]


async def test_promotions_have_their_term(database: Database, now: datetime) -> None:
    """Only running offers count; an offer without goods holds for all of them."""
    async with database.session() as session:
        for name, skus, start, end in (
            ("all", [], -1, 5),
            ("phone", ["PH-1"], -1, 3),
            ("over", [], -5, 0),
            ("coming", [], 1, 5),
        ):
            session.add(
                Promotion(
                    id=name,
                    name=name,
                    phrase=f"promotion.{name}",
                    skus=skus,
                    starts_at=now + timedelta(days=start),
                    ends_at=now + timedelta(days=end),
                )
            )
        await session.flush()
        names = {
            sku: [offer.id for offer in await catalogue.running_promotions(session, sku, now=now)]
            for sku in ("PH-1", "AP-1", None)
        }
    assert names == {"PH-1": ["phone", "all"], "AP-1": ["all"], None: ["phone", "all"]}


async def test_lexicon_is_replaced_whole(database: Database, tmp_path: Path) -> None:
    """The engine's word list holds all goods; nothing else is left in the folder."""
    path = tmp_path / "var" / "lexicon.json"
    async with database.session() as session:
        await catalogue.write_lexicon(session, path)
        assert json.loads(path.read_text()) == {"products": []}
        await stock_up(session)
        await catalogue.write_lexicon(session, path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["products"][0] == {
        "sku": "AP-1",
        "name": "青禾空调",
        "category": "家电",
        "model": "QH-KF35",
        "words": ["空调", "挂机空调"],
    }
    assert [file.name for file in path.parent.iterdir()] == ["lexicon.json"]
