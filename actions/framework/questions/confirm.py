"""Confirm what was taken down and make the ticket: once for one confirmation."""

from __future__ import annotations

from typing import Any

from actions.framework.answer import Choice
from actions.framework.turn import JourneyTurn
from actions.reading.answers import NOT_SAID, yes_no
from bot.desk.models import Ticket
from bot.desk.tickets import tickets
from bot.desk.tickets.bounds import TicketExistsError

_CHOICES = (Choice(True, "button.confirm"), Choice(False, "button.change"))


def confirm(turn: JourneyTurn, phrase: str, **variables: Any) -> None:
    """Restate and have it confirmed; a “no” asks what is to be changed.

    Raises:
        AwaitingAnswer: the restatement was made, or the customer was asked what is wrong.
    """
    if turn.may_answer("confirmed") and turn.get("confirmed") is None:
        picked = turn.message.pick("confirmed")
        agreed = picked if picked is not None else yes_no(turn.message)
        if agreed is False:
            turn.ask("confirmed", "journey.ask_correction")
    if not turn.need("confirmed", phrase, lambda m: yes_no(m) or None, choices=_CHOICES, **variables):
        # “第二个” is the button of the change.
        turn.clear("confirmed")
        turn.ask("confirmed", "journey.ask_correction")


async def open_ticket(
    turn: JourneyTurn,
    kind: str,
    fields: dict[str, Any],
    *,
    class_: str | None = None,
    weight: str = "general",
    state: str = "new",
    **more: Any,
) -> Ticket:
    """Make the ticket of this confirmation; a second run of the same message finds it made.

    Args:
        turn: the turn.
        kind: one of `bot.desk.tickets.tickets.KINDS`.
        fields: the facts by their contract names; empty ones and those not said are left out.
        class_: of a complaint.
        weight: general, major, urgent.
        state: of the new ticket.
        more: passed to `bot.desk.tickets.tickets.open_ticket`.

    Raises:
        JourneyEnded: the matter has its ticket already, which the customer is told of.
    """
    message = turn.message
    try:
        ticket = await tickets.open_ticket(
            turn.session,
            key=f"{message.conversation}:{kind}:{message.id}",
            kind=kind,
            conversation_id=message.conversation,
            channel=message.channel,
            sender=message.sender,
            fields={name: value for name, value in fields.items() if value not in (None, "", NOT_SAID)},
            now=turn.now,
            weight=weight,
            class_=class_,
            state=state,
            why=f"客户在对话中确认（{kind}）",
            **more,
        )
    except TicketExistsError as exists:
        turn.set("ticket", exists.ticket.number)
        turn.end("journey.ticket_exists", number=exists.ticket.number)
    known: list[str] = turn.get("proven") or []
    if ticket.number not in known:
        turn.set("proven", [*known, ticket.number])
    turn.set("ticket", ticket.number)
    return ticket
