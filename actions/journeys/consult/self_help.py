"""Goods in trouble: what the customer can do alone, and a repair where that does not help (§3.1, §3.4)."""

from __future__ import annotations

from typing import NoReturn

from actions.framework.faq import tell_steps, try_faq
from actions.framework.quoting import quote
from actions.framework.turn import JourneyTurn
from actions.journeys.consult.answers import cannot_answer, record
from actions.journeys.starts import RepairStart
from actions.reading.answers import fault_in, has_defect, solved_answer
from actions.reading.facts import product_in
from bot.desk.shop import catalogue, selfhelp
from bot.desk.shop.policy_file import shop_return_policy


async def offer_self_help(turn: JourneyTurn) -> bool:
    """Help with goods in trouble, then offer a repair; tell whether the question is one on the goods after all.

    Raises:
        AwaitingAnswer: it was asked whether the steps helped.
        JourneyEnded: a repair is booked, or somebody else has to answer.
    """
    if turn.get("solved") is None:
        thing = product_in(turn.message) or turn.get("product")
        known = await catalogue.find_product(turn.session, str(thing)) if thing else None
        name = known.name if known else quote(str(thing or ""))
        group = known.details.get("group") if known else None
        found = selfhelp.find_help(group, f"{name} {turn.message.words}")
        if found is None and turn.asked == "solved":
            found = selfhelp.find_help(group, f"{name} {turn.get('what')}")
        if found is None and turn.asked != "solved":
            if await try_faq(turn):
                return False
            broken = has_defect(turn.message.words) or turn.message.entity("defect") is not None
            if broken and (known is None or shop_return_policy().windows_of(known.category).repairable):
                _to_repair(turn)
            if known is None or broken:
                await cannot_answer(turn, turn.message.words)
            # Nothing is out of order: how it is, is asked.
            turn.set("consult_topic", "consult_product")
            return True
        if found is not None:
            turn.say_once("consult.self_help")
            tell_steps(turn, found)
            turn.set("what", turn.get("what") or fault_in(turn.message) or turn.message.words[:120])
            turn.set("product", str(thing) if thing else None)
    helped = turn.need_consent(
        "solved", "repair.ask_solved", yes="button.solved", no="button.unsolved", read=solved_answer
    )
    await record(turn, answered=helped)
    if helped:
        turn.say("repair.solved")
        return False
    _to_repair(turn)


def _to_repair(turn: JourneyTurn) -> NoReturn:
    """Go on with the repair: what was told of the trouble is not asked for again, nor are the steps told twice.

    Raises:
        JourneyEnded: always.
    """
    fault = turn.get("what") or fault_in(turn.message)
    turn.continue_with(RepairStart(fault=fault, self_help_tried=True), "consult.to_repair")
