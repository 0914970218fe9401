"""Consultation 咨询: answers from the shop's data, never invented; what has none gets a ticket and a time (§3.1)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import ClassVar

from actions.framework.answer import Choice
from actions.framework.faq import try_faq
from actions.framework.intents import FORM_OF_INTENT
from actions.framework.journey import Journey
from actions.framework.journey_stack import reroute
from actions.framework.questions.contact import need_phone
from actions.framework.say import embed
from actions.framework.turn import JourneyTurn
from actions.journeys.consult.answers import cannot_answer, record, specs_of
from actions.journeys.consult.compare import compared_products, say_comparison
from actions.journeys.consult.self_help import offer_self_help
from actions.journeys.consult.topics import (
    OFFER,
    PRICE,
    RETITLE,
    STOCK,
    asks_beyond_catalogue,
    asks_property,
    names_property,
)
from actions.journeys.repair.several_faults import first_fault
from actions.reading.answers import Reader, is_question, solved_answer
from actions.reading.facts import ANSWERS, phone_in, product_in
from actions.reading.message import Message
from bot.desk.models import Product
from bot.desk.shop import catalogue, restock
from bot.desk.shop.profile import shop_profile

_ABOUT_GOODS = frozenset({"consult_product", "consult_price_promotion", "consult_stock", "restock_notify"})
_MANY = 4
_FIGURE = re.compile(r"\d+(\.\d+)?")
_BY_PRICE = re.compile(r"(便宜|贵)的")


def _chosen_product_answer(message: Message) -> str | None:
    """Read which goods are meant: by name, or as the cheap or the dear one."""
    named = product_in(message)
    word = _BY_PRICE.search(message.words) or _FIGURE.search(message.words)
    return named or (word[0] if word else None)


class ConsultJourney(Journey):
    """Answer a question on goods and service."""

    form = "consult_form"
    facts = ("consult_topic", "chosen_product", "restock", "solved", "what")
    volunteered: ClassVar[dict[str, Reader]] = {"product": product_in, "phone": phone_in}

    consents = frozenset({"restock", "solved"})
    required = frozenset({"chosen_product", "restock", "solved", "phone"})

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.volunteered, **ANSWERS, "chosen_product": _chosen_product_answer, "solved": solved_answer}

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take the topic from the intent; a question that names goods is about these from now on."""
        intent = turn.message.intent
        if intent == "consult_product" and turn.message.is_button:
            turn.clear("product")
        if turn.begins:
            turn.message = first_fault(turn)
        trouble = intent == "consult_product" and turn.message.entity("defect") is not None
        turn.set(
            "consult_topic",
            "usage_help_fault" if trouble else intent if intent in FORM_OF_INTENT else "consult_product",
        )
        turn.clear("chosen_product", "restock", "solved")
        named = product_in(turn.message)
        if named:
            turn.set("product", named)

    async def script(self, turn: JourneyTurn) -> None:
        """Answer by topic."""
        words = turn.message.words
        if turn.message.intent == "invoice" and RETITLE.search(words) and turn.begins and not is_question(words):
            reroute(turn, "modify_order_or_address")
        strange = turn.message.intent == "out_of_scope" and turn.begins and asks_beyond_catalogue(turn.message)
        if strange and not await compared_products(turn):
            # It names goods of ours and asks what no list of ours knows.
            await cannot_answer(turn, words)
        if turn.get("consult_topic") == "usage_help_fault" and not await offer_self_help(turn):
            return
        topic = str(turn.get("consult_topic"))
        answers: dict[str, Callable[[JourneyTurn], Awaitable[None]]] = {
            "warranty_policy": self._warranty,
            "ask_hours_contact": self._contact,
            "invoice": self._service,
            "payment_problem": self._service,
        }
        await answers.get(topic, self._goods)(turn)

    # Goods

    async def _goods(self, turn: JourneyTurn) -> None:
        if turn.begins and turn.message.is_button and turn.get("product") is None:
            turn.set("consult_topic", "consult_product")
        if several := await compared_products(turn):
            say_comparison(turn, several)
            await record(turn, answered=True, subject=several[0].sku)
            return
        goods = await self._meant(turn)
        if goods is None:
            return
        turn.set("product", goods.sku)
        topic = str(turn.get("consult_topic"))
        words = turn.message.words
        if topic in ("consult_stock", "restock_notify") or (topic == "consult_product" and STOCK.search(words)):
            await self._stock(turn, goods)
        elif topic == "consult_price_promotion" or PRICE.search(words) or OFFER.search(words):
            await self._price(turn, goods)
        else:
            await self._details(turn, goods)

    async def _meant(self, turn: JourneyTurn) -> Product | None:
        """Return the product asked about, after a question where several fit or none is named."""
        if turn.get("chosen_product") is None and (said := product_in(turn.message)) is not None:
            # What is named now is meant, whatever was spoken of before.
            turn.set("product", said)
        chosen = turn.get("chosen_product")
        if chosen is not None:
            return await catalogue.find_product(turn.session, str(chosen)) or await self._by_words(turn, str(chosen))
        named = turn.get("product")
        known = await catalogue.find_product(turn.session, str(named)) if named else None
        if known is not None and product_in(turn.message) is not None:
            return known
        found = await self._named(turn)
        if len(found) == 1:
            return found[0]
        if len(found) > 1 and (known is None or known not in found):
            return await self._pick(turn, found)
        if known is not None:
            return known
        if await self._general(turn):
            return None
        which = str(turn.need("chosen_product", "consult.ask_product", self._words))
        return await self._by_words(turn, which)

    async def _named(self, turn: JourneyTurn) -> list[Product]:
        """Return the goods that the words name; else those named before, which are still open to choose from."""
        words = turn.message.words
        found = await catalogue.find_products(turn.session, words, limit=_MANY) if words else []
        before = turn.get("product")
        if not found and before and not turn.begins:
            found = await catalogue.find_products(turn.session, str(before), limit=_MANY)
        return found

    def _words(self, message: Message) -> str | None:
        return product_in(message) or (message.words[:40] if 2 <= len(message.bare()) <= 20 else None)

    async def _by_words(self, turn: JourneyTurn, words: str) -> Product | None:
        found = await catalogue.find_products(turn.session, words, limit=_MANY)
        if len(found) == 1:
            return found[0]
        if found:
            turn.clear("chosen_product")
            return await self._pick(turn, found)
        await cannot_answer(turn, words)
        return None

    async def _pick(self, turn: JourneyTurn, found: list[Product]) -> Product | None:
        choices = [Choice(p.sku, "button.item", name=p.name) for p in found]
        custom = {"kind": "products", "skus": [p.sku for p in found]}
        if turn.get("consult_topic") == "consult_price_promotion" and PRICE.search(turn.message.words):
            prices = [embed("consult.price_of", product=p.name, price=p.price) for p in found]
            turn.say_once("consult.prices", prices=prices)
        by_name = {p.name: p.sku for p in found}

        def which(message: Message) -> str | None:
            said = product_in(message)
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
            return named or (found[0].sku if said and turn.get("misses") else None)

        sku = turn.need("chosen_product", "consult.ask_which", which, choices=choices, custom=custom)
        return await catalogue.find_product(turn.session, str(sku))

    async def _general(self, turn: JourneyTurn) -> bool:
        """Answer what needs no product: rules of the shop, running offers."""
        if await try_faq(turn):
            return True
        if turn.get("consult_topic") == "consult_price_promotion" and OFFER.search(turn.message.words):
            offers = await catalogue.running_promotions(turn.session, None, now=turn.now)
            if offers:
                turn.say("consult.promotions", count=len(offers))
                for offer in offers[:3]:
                    turn.say(offer.phrase, until=offer.last_moment)
                await record(turn, answered=True)
                return True
        return False

    async def _price(self, turn: JourneyTurn, goods: Product) -> None:
        offers = await catalogue.running_promotions(turn.session, goods.sku, now=turn.now)
        if await self._faq_first(turn):
            return
        turn.say("consult.price", product=goods.name, price=goods.price)
        for offer in offers[:2]:
            turn.say(offer.phrase, until=offer.last_moment)
        if not offers and OFFER.search(turn.message.words):
            turn.say("consult.no_promotion", product=goods.name)
        await record(turn, answered=True, subject=goods.sku)

    async def _faq_first(self, turn: JourneyTurn) -> bool:
        """A question on coupons, points, price protection and the like has its own answer."""
        return not PRICE.search(turn.message.words) and await try_faq(turn)

    async def _stock(self, turn: JourneyTurn, goods: Product) -> None:
        if goods.stock > 0 and turn.get("restock") is None:
            few = goods.stock <= 5
            turn.say("consult.stock_few" if few else "consult.in_stock", product=goods.name, count=goods.stock)
            await record(turn, answered=True, subject=goods.sku)
            return
        await self._sold_out(turn, goods)

    async def _sold_out(self, turn: JourneyTurn, goods: Product) -> None:
        """Apologise, suggest alternatives, offer to tell when it is back."""
        others = await catalogue.similar_products(turn.session, goods, 3)
        phrase = "consult.sold_out_until" if goods.restock_at else "consult.sold_out"
        if turn.get("consult_topic") != "restock_notify":
            turn.say_once(phrase, product=goods.name, until=goods.restock_at)
            if others:
                custom = {"kind": "products", "skus": [p.sku for p in others]}
                turn.say_once("consult.alternatives", names=[p.name for p in others], custom=custom)
            await record(turn, answered=True, subject=goods.sku)
            if not turn.need_consent("restock", "consult.offer_restock", product=goods.name):
                turn.say("consult.no_restock")
                return
        contact = need_phone(turn, "consult.ask_restock_phone")
        await restock.request_restock(
            turn.session, conversation_id=turn.message.conversation, sku=goods.sku, phone=contact, now=turn.now
        )
        turn.say("consult.restock_noted", product=goods.name, phone=contact)

    async def _details(self, turn: JourneyTurn, goods: Product) -> None:
        """Tell what the catalogue knows of the property asked about; what it does not know gets a ticket."""
        words = turn.message.words
        specs: dict[str, str] = goods.details.get("specs", {})
        asked = [(name, value) for name, value in specs.items() if names_property(name, value, words)]
        if not asked and asks_property(words, goods):
            await cannot_answer(turn, words)
        turn.say("consult.product", product=goods.name, summary=goods.details.get("summary", ""), price=goods.price)
        shown = asked or list(specs.items())[:4]
        if shown:
            turn.say("consult.specs", product=goods.name, specs=specs_of(shown))
        await record(turn, answered=True, subject=goods.sku)
        turn.say("journey.anything_else")

    # Service

    async def _warranty(self, turn: JourneyTurn) -> None:
        named = product_in(turn.message)
        goods = await catalogue.find_product(turn.session, named) if named else None
        if goods is not None and (months := goods.details.get("warranty_months")):
            turn.say("consult.warranty", product=goods.name, months=months)
            await record(turn, answered=True, subject=goods.sku)
            return
        if not await try_faq(turn):
            await cannot_answer(turn, turn.message.words)

    async def _contact(self, turn: JourneyTurn) -> None:
        if not await try_faq(turn):
            shop = shop_profile()
            hours = embed(shop.hours_phrase)
            turn.say("consult.contact", shop=shop.name, phone=shop.phone, hours=hours, address=shop.address)
            await record(turn, answered=True)

    async def _service(self, turn: JourneyTurn) -> None:
        if not await try_faq(turn):
            await cannot_answer(turn, turn.message.words)
