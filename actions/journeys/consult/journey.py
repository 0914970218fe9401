"""Consultation 咨询: answers from the shop's data, never invented; what has none gets a ticket and a time (§3.1)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import ClassVar

from actions.framework.case import Case, Option
from actions.framework.faq import try_faq
from actions.framework.intents import WISHES
from actions.framework.journey import Journey
from actions.framework.journey_stack import hand_over
from actions.framework.known_facts import need_phone
from actions.journeys.consult.answers import cannot_answer, record
from actions.journeys.consult.compare import compared, tell_apart
from actions.journeys.consult.self_help import usage
from actions.journeys.consult.topics import OFFER, PRICE, RETITLE, STOCK, asks_property, beyond, named
from actions.journeys.repair.several_faults import first_broken
from actions.reading.answers import Reader, is_question, solved
from actions.reading.facts import ANSWERS, phone, product
from actions.reading.message import Message
from bot.desk.models import Product
from bot.desk.shop import catalogue, restock
from bot.desk.shop.profile import shop_profile

_ABOUT_GOODS = frozenset({"consult_product", "consult_price_promotion", "consult_stock", "restock_notify"})
_MANY = 4
_FIGURE = re.compile(r"\d+(\.\d+)?")
_BY_PRICE = re.compile(r"(便宜|贵)的")


def _points_out(message: Message) -> str | None:
    """Read which goods are meant: by name, or as the cheap or the dear one."""
    named = product(message)
    word = _BY_PRICE.search(message.words) or _FIGURE.search(message.words)
    return named or (word[0] if word else None)


class ConsultJourney(Journey):
    """Answer a question on goods and service."""

    form = "consult_form"
    facts = ("topic", "which", "restock", "solved", "what")
    spots: ClassVar[dict[str, Reader]] = {"product": product, "phone": phone}

    consents = frozenset({"restock", "solved"})
    indispensable = frozenset({"which", "restock", "solved", "phone"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS, "which": _points_out, "solved": solved}

    def adopt(self, case: Case) -> None:
        """Take the topic from the intent; a question that names goods is about these from now on."""
        intent = case.message.intent
        if intent == "consult_product" and case.message.is_button:
            case.clear("product")
        if not case.active:
            case.message = first_broken(case)
        trouble = intent == "consult_product" and case.message.entity("defect") is not None
        case.set("topic", "usage_help_fault" if trouble else intent if intent in WISHES else "consult_product")
        case.clear("which", "restock", "solved")
        named = product(case.message)
        if named:
            case.set("product", named)

    async def script(self, case: Case) -> None:
        """Answer by topic."""
        words = case.message.words
        if case.message.intent == "invoice" and RETITLE.search(words) and not (case.active or is_question(words)):
            hand_over(case, "modify_order_or_address")
        strange = case.message.intent == "out_of_scope" and not case.active and beyond(case.message)
        if strange and not await compared(case):
            # It names goods of ours and asks what no list of ours knows.
            await cannot_answer(case, words)
        if case.get("topic") == "usage_help_fault" and not await usage(case):
            return
        topic = str(case.get("topic"))
        answers: dict[str, Callable[[Case], Awaitable[None]]] = {
            "warranty_policy": self._warranty,
            "ask_hours_contact": self._contact,
            "invoice": self._service,
            "payment_problem": self._service,
        }
        await answers.get(topic, self._goods)(case)

    # Goods

    async def _goods(self, case: Case) -> None:
        if case.active is False and case.message.is_button and case.get("product") is None:
            case.set("topic", "consult_product")
        if several := await compared(case):
            tell_apart(case, several)
            await record(case, answered=True, subject=several[0].sku)
            return
        goods = await self._meant(case)
        if goods is None:
            return
        case.set("product", goods.sku)
        topic = str(case.get("topic"))
        words = case.message.words
        if topic in ("consult_stock", "restock_notify") or (topic == "consult_product" and STOCK.search(words)):
            await self._stock(case, goods)
        elif topic == "consult_price_promotion" or PRICE.search(words) or OFFER.search(words):
            await self._price(case, goods)
        else:
            await self._details(case, goods)

    async def _meant(self, case: Case) -> Product | None:
        """Return the product asked about, after a question where several fit or none is named."""
        if case.get("which") is None and (said := product(case.message)) is not None:
            # What is named now is meant, whatever was spoken of before.
            case.set("product", said)
        chosen = case.get("which")
        if chosen is not None:
            return await catalogue.product(case.session, str(chosen)) or await self._by_words(case, str(chosen))
        named = case.get("product")
        known = await catalogue.product(case.session, str(named)) if named else None
        if known is not None and product(case.message) is not None:
            return known
        found = await self._named(case)
        if len(found) == 1:
            return found[0]
        if len(found) > 1 and (known is None or known not in found):
            return await self._pick(case, found)
        if known is not None:
            return known
        if await self._general(case):
            return None
        which = str(case.need("which", "consult.ask_product", self._words))
        return await self._by_words(case, which)

    async def _named(self, case: Case) -> list[Product]:
        """Return the goods that the words name; else those named before, which are still open to choose from."""
        words = case.message.words
        found = await catalogue.find_products(case.session, words, limit=_MANY) if words else []
        before = case.get("product")
        if not found and before and case.active:
            found = await catalogue.find_products(case.session, str(before), limit=_MANY)
        return found

    def _words(self, message: Message) -> str | None:
        return product(message) or (message.words[:40] if 2 <= len(message.bare()) <= 20 else None)

    async def _by_words(self, case: Case, words: str) -> Product | None:
        found = await catalogue.find_products(case.session, words, limit=_MANY)
        if len(found) == 1:
            return found[0]
        if found:
            case.clear("which")
            return await self._pick(case, found)
        await cannot_answer(case, words)
        return None

    async def _pick(self, case: Case, found: list[Product]) -> Product | None:
        options = [Option(p.sku, "button.item", name=p.name) for p in found]
        custom = {"kind": "products", "skus": [p.sku for p in found]}
        if case.get("topic") == "consult_price_promotion" and PRICE.search(case.message.words):
            case.tell("consult.prices", prices="、".join(f"{p.name}{p.price}元" for p in found))
        by_name = {p.name: p.sku for p in found}

        def which(message: Message) -> str | None:
            said = product(message)
            if said in by_name.values():
                return said
            named = next((sku for name, sku in by_name.items() if name in message.words), None)
            if (figure := _FIGURE.search(message.words)) is not None:
                fitting = [p.sku for p in found if figure[0] in p.name]
                named = named or (fitting[0] if len(fitting) == 1 else None)
            if word := _BY_PRICE.search(message.words):
                dearest_last = sorted(found, key=lambda p: p.price)
                return dearest_last[0 if word[1] == "便宜" else -1].sku
            # Whoever says the same word again means any of them.
            return named or (found[0].sku if said and case.get("misses") else None)

        sku = case.need("which", "consult.ask_which", which, options=options, custom=custom)
        return await catalogue.product(case.session, str(sku))

    async def _general(self, case: Case) -> bool:
        """Answer what needs no product: rules of the shop, running offers."""
        if await try_faq(case):
            return True
        if case.get("topic") == "consult_price_promotion" and OFFER.search(case.message.words):
            offers = await catalogue.promotions_for(case.session, None, now=case.now)
            if offers:
                case.say("consult.promotions", count=len(offers))
                for offer in offers[:3]:
                    case.say("consult.promotion", name=offer.name, terms=offer.terms, until=offer.ends_at)
                await record(case, answered=True)
                return True
        return False

    async def _price(self, case: Case, goods: Product) -> None:
        offers = await catalogue.promotions_for(case.session, goods.sku, now=case.now)
        if await self._faq_first(case):
            return
        case.say("consult.price", product=goods.name, price=goods.price)
        for offer in offers[:2]:
            case.say("consult.promotion", name=offer.name, terms=offer.terms, until=offer.ends_at)
        if not offers and OFFER.search(case.message.words):
            case.say("consult.no_promotion", product=goods.name)
        await record(case, answered=True, subject=goods.sku)

    async def _faq_first(self, case: Case) -> bool:
        """A question on coupons, points, price protection and the like has its own answer."""
        return not PRICE.search(case.message.words) and await try_faq(case)

    async def _stock(self, case: Case, goods: Product) -> None:
        if goods.stock > 0 and case.get("restock") is None:
            few = goods.stock <= 5
            case.say("consult.stock_few" if few else "consult.in_stock", product=goods.name, count=goods.stock)
            await record(case, answered=True, subject=goods.sku)
            return
        await self._sold_out(case, goods)

    async def _sold_out(self, case: Case, goods: Product) -> None:
        """Apologise, suggest alternatives, offer to tell when it is back."""
        others = await catalogue.alternatives(case.session, goods, 3)
        phrase = "consult.sold_out_until" if goods.restock_at else "consult.sold_out"
        if case.get("topic") != "restock_notify":
            case.tell(phrase, product=goods.name, until=goods.restock_at)
            if others:
                custom = {"kind": "products", "skus": [p.sku for p in others]}
                case.tell("consult.alternatives", names="、".join(p.name for p in others), custom=custom)
            await record(case, answered=True, subject=goods.sku)
            if not case.agrees("restock", "consult.offer_restock", product=goods.name):
                case.say("consult.no_restock")
                return
        contact = need_phone(case, "consult.ask_restock_phone")
        await restock.remember(
            case.session, conversation_id=case.message.conversation, sku=goods.sku, phone=contact, now=case.now
        )
        case.say("consult.restock_noted", product=goods.name, phone=contact)

    async def _details(self, case: Case, goods: Product) -> None:
        """Tell what the catalogue knows of the property asked about; what it does not know gets a ticket."""
        words = case.message.words
        specs: dict[str, str] = goods.details.get("specs", {})
        asked = [(name, value) for name, value in specs.items() if named(name, value, words)]
        if not asked and asks_property(words, goods):
            await cannot_answer(case, words)
        case.say("consult.product", product=goods.name, summary=goods.details.get("summary", ""), price=goods.price)
        shown = asked or list(specs.items())[:4]
        if shown:
            case.say("consult.specs", product=goods.name, specs="；".join(f"{n}：{v}" for n, v in shown))
        await record(case, answered=True, subject=goods.sku)
        case.say("journey.anything_else")

    # Service

    async def _warranty(self, case: Case) -> None:
        named = product(case.message)
        goods = await catalogue.product(case.session, named) if named else None
        if goods is not None and (months := goods.details.get("warranty_months")):
            case.say("consult.warranty", product=goods.name, months=months)
            await record(case, answered=True, subject=goods.sku)
            return
        if not await try_faq(case):
            await cannot_answer(case, case.message.words)

    async def _contact(self, case: Case) -> None:
        if not await try_faq(case):
            shop = shop_profile()
            case.say("consult.contact", shop=shop.name, phone=shop.phone, hours=shop.hours_text, address=shop.address)
            await record(case, answered=True)

    async def _service(self, case: Case) -> None:
        if not await try_faq(case):
            await cannot_answer(case, case.message.words)
