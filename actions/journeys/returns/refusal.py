"""A return that is refused: explained, argued with, and what can be done instead (§3.3)."""

from __future__ import annotations

import re
from typing import NoReturn

from actions.framework.acts import Act, Interpretation
from actions.framework.answer import Choice
from actions.framework.questions.confirm import open_ticket
from actions.framework.turn import JourneyTurn
from actions.journeys.returns.reading import SAYS_FAULTY, WISH_OF_INTENT, alternative_answer, more_reason
from actions.journeys.starts import RepairStart
from actions.reading.answers import has_defect, is_question
from bot.desk.models import OrderItem
from bot.desk.orders.return_policy import ReturnDecision


async def refuse(turn: JourneyTurn, decision: ReturnDecision, *, item: OrderItem) -> str:
    """Tell why not, once, and do what the customer chooses instead; return the choice.

    Raises:
        AwaitingAnswer: it was asked what to do instead.
        JourneyEnded: another journey does it.
    """
    if turn.get("explained_refusal") != decision.reason:
        turn.set("explained_refusal", decision.reason)
        turn.say(f"returns.refused_{decision.reason}", product=item.name)
    choices = [Choice(name, f"button.alternative_{name}") for name in (*decision.alternatives, "person")]
    chosen = str(turn.need("alternative", "returns.ask_alternative", alternative_answer, choices=choices))
    if chosen in ("repair", "paid_repair"):
        continue_with_repair(turn, item)
    if chosen == "refuse_delivery":
        turn.end("returns.refuse_delivery")
    if chosen == "person":
        turn.continue_with("handoff_form")
    if chosen == "appraisal":
        await _appraise(turn, item)
    elif chosen != "exchange":
        turn.say("returns.refused_end")
    return chosen


def against_refusal(turn: JourneyTurn) -> Interpretation | None:
    """Explain a refusal again to who argues with it; who insists is offered a person."""
    message = turn.message
    if is_question(message.words) and re.search(r"鉴定|检测|检验", message.words):
        return Interpretation(Act.REMARKS, phrase="returns.appraisal_means")
    if has_defect(message.words) or SAYS_FAULTY.search(message.words):
        # Told late, a fault changes the decision.
        reason = more_reason(turn.get("reason"), message)
        return Interpretation(Act.REMARKS, facts={"reason": reason, "faulty": True, "explained_refusal": None})
    if not (message.intent in (*WISH_OF_INTENT, "complaint", "deny") or is_question(message.words)):
        return None
    if turn.get("refusal_disputed"):
        return Interpretation(Act.REMARKS, facts={"alternative": "person"})
    return Interpretation(Act.REMARKS, facts={"refusal_disputed": True, "explained_refusal": None})


def continue_with_repair(turn: JourneyTurn, item: OrderItem) -> NoReturn:
    """Go on with the repair, which need not ask for what was told here.

    Raises:
        JourneyEnded: always.
    """
    reason = str(turn.get("reason") or "")
    fault = reason if has_defect(reason) else None
    turn.continue_with(RepairStart(product=item.sku, fault=fault), "returns.to_repair")


async def _appraise(turn: JourneyTurn, item: OrderItem) -> None:
    fields = {
        "order": turn.get("order"),
        "product": item.name,
        "what": "appraisal",
        "reason": turn.get("reason"),
        "opened": turn.get("opened"),
    }
    ticket = await open_ticket(turn, "consultation", fields)
    turn.say("returns.appraisal_done", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
