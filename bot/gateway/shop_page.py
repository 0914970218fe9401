"""What the shop page and the chat's cards show of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.channels.base import services_of
from bot.channels.web.sessions import cors
from bot.chat.staff.text_check import words_of
from bot.desk.models import Product, Promotion
from bot.desk.shop.catalogue import running_promotions
from bot.desk.shop.profile import shop_profile
from bot.http.errors import responses
from phrasebook.china_time import SHANGHAI

_LIMIT = 100
_CACHE = {"Cache-Control": "public, max-age=60"}

router = APIRouter(tags=["shop"])

Sku = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Za-z._-]+$")]


class ShopInfo(BaseModel):
    """The shop."""

    shop: dict[str, Any]
    categories: list[str]


class Goods(BaseModel):
    """Products."""

    products: list[dict[str, Any]]


@router.get("/api/shop", response_model=ShopInfo, responses=responses(503), summary="Describe the shop")
async def shop(request: Request) -> Response:
    """Return name, phone, hours and running promotions of the shop, and the kinds of goods it sells."""
    services = services_of(request)
    now = services.clock()
    async with services.database.reading() as session:
        promotions = await running_promotions(session, None, now=now)
        categories = list(await session.scalars(select(Product.category).distinct().order_by(Product.category)))
    profile = shop_profile(pack=services.settings.pack_folder)
    told = {
        "name": profile.name,
        "phone": profile.phone,
        "hours": words_of(services.phrases.book, profile.hours_phrase, now),
        "promotions": [
            {
                "name": row.name,
                "terms": words_of(services.phrases.book, row.phrase, now, until=row.last_moment),
                "ends_at": row.ends_at.astimezone(SHANGHAI).isoformat(),
            }
            for row in promotions
        ],
    }
    return JSONResponse({"shop": told, "categories": categories}, headers=_CACHE | cors(request))


@router.get("/api/products", response_model=Goods, responses=responses(422, 503), summary="List goods")
async def products(
    request: Request,
    sku: Annotated[list[Sku] | None, Query(max_length=_LIMIT)] = None,
    category: Annotated[str | None, Query(max_length=20, pattern=r"^[^\x00-\x1f\x7f]*$")] = None,
) -> Response:
    """Return goods by number or by kind, at most 100."""
    services = services_of(request)
    now = services.clock()
    statement = select(Product).order_by(Product.category, Product.sku).limit(_LIMIT)
    if sku:
        statement = statement.where(Product.sku.in_(sku))
    if category:
        statement = statement.where(Product.category == category)
    async with services.database.reading() as session:
        found = list(await session.scalars(statement))
        running = await running_promotions(session, None, now=now)
    body = {"products": [_product(row, running) for row in found]}
    return JSONResponse(body, headers=_CACHE | cors(request))


def _product(product: Product, promotions: Sequence[Promotion]) -> dict[str, Any]:
    offer = next((row.name for row in promotions if product.sku in row.skus), None)
    return {
        "sku": product.sku,
        "name": product.name,
        "category": product.category,
        "model": product.model,
        "price": str(product.price),
        "stock": product.stock,
        "summary": product.details.get("summary"),
        "promotion": offer,
    }
