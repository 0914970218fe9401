"""A customer who is back: the new conversation knows the contact they told, and nothing that must be proven."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.desk.models import Conversation, Customer
from tests.dialogue.conftest import Talk

CONTACT = {"name": "方敏", "phone": "13812345678"}


async def fall_silent(talk: Talk) -> None:
    """Let a day pass since the last word."""
    async with talk.database.session() as session:
        for conversation in await session.scalars(select(Conversation).where(Conversation.sender == talk.sender)):
            conversation.last_at -= timedelta(days=1)


async def customer_of(talk: Talk) -> Customer:
    """Return the customer as the records know them."""
    async with talk.database.session() as session:
        return (await session.scalars(select(Customer).where(Customer.sender == talk.sender))).one()


async def test_contact_told_once_is_known_in_the_next_conversation(talk: Talk) -> None:
    """Name and phone are not asked for a second time; the message to a person is registered with them."""
    for text in ("转人工", "发票抬头开错了", CONTACT["phone"], "我叫方敏"):
        await talk.say(text)
    known = await customer_of(talk)
    assert (known.name, known.phone) == (CONTACT["name"], CONTACT["phone"]), str(talk)
    await fall_silent(talk)
    await talk.say("转人工")
    bubbles = await talk.say("上次的发票还没收到，麻烦催一下")
    assert "handoff.done_callback" in [bubble.phrase for bubble in bubbles], str(talk)
    first, second = await talk.tickets()
    assert first["fields"]["phone"] == second["fields"]["phone"] == CONTACT["phone"]
    assert first["fields"]["name"] == second["fields"]["name"] == CONTACT["name"]


async def test_contact_of_an_order_and_its_proof_stay_behind(talk: Talk, shop: dict[str, Any]) -> None:
    """What the order says of phone and address is not kept of the customer, and the order is to be proven anew."""
    order = next(one for one in shop["orders"] if one["state"] == "paid")
    await talk.say(f"我的订单{order['number']}到哪了，尾号{order['phone'][-4:]}")
    known = await customer_of(talk)
    assert (known.phone, known.address) == (None, None), str(talk)
    await fall_silent(talk)
    bubbles = await talk.say(f"订单{order['number']}到哪了")
    assert "proof.ask_digits" in [bubble.phrase for bubble in bubbles], str(talk)
