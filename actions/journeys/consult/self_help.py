"""Goods in trouble: what the customer can do alone, and a repair where that does not help (§3.1, §3.4)."""

from __future__ import annotations

from typing import NoReturn

from actions.framework.case import Case
from actions.framework.faq import try_faq
from actions.framework.quoting import quote
from actions.journeys.consult.answers import cannot_answer, record
from actions.reading.answers import fault_told, has_defect, solved
from actions.reading.facts import product
from bot.desk.shop import catalogue, selfhelp
from bot.desk.shop.policy_file import returns_policy


async def usage(case: Case) -> bool:
    """Help with goods in trouble, then offer a repair; tell whether the question is one on the goods after all.

    Raises:
        Waiting: it was asked whether the steps helped.
        Left: a repair is booked, or somebody else has to answer.
    """
    if case.get("solved") is None:
        thing = product(case.message) or case.get("product")
        known = await catalogue.product(case.session, str(thing)) if thing else None
        name = known.name if known else quote(str(thing or ""))
        group = known.details.get("group") if known else None
        found = selfhelp.find_help(group, f"{name} {case.message.words}")
        if found is None and case.asked != "solved":
            if await try_faq(case):
                return False
            broken = has_defect(case.message.words) or case.message.entity("defect") is not None
            if broken and (known is None or returns_policy().windows_of(known.category).repairable):
                _to_repair(case)
            if known is None or broken:
                await cannot_answer(case, case.message.words)
            # Nothing is out of order: how it is, is asked.
            case.set("topic", "consult_product")
            return True
        if found is not None:
            case.tell("consult.self_help")
            case.tell(found.phrase)
            case.set("what", case.get("what") or fault_told(case.message) or case.message.words[:120])
            case.set("product", str(thing) if thing else None)
    helped = case.agrees("solved", "repair.ask_solved", yes="button.solved", no="button.unsolved", read=solved)
    await record(case, answered=helped)
    if helped:
        case.say("repair.solved")
        return False
    _to_repair(case)


def _to_repair(case: Case) -> NoReturn:
    """Go on with the repair: what was told of the trouble is not asked for again, nor are the steps told twice.

    Raises:
        Left: always.
    """
    fault = case.get("what") or fault_told(case.message)
    for slot, value in (("service", "repair"), ("fault", fault), ("deeper", True)):
        case.set(slot, value)
    case.leave("repair_form", "consult.to_repair")
