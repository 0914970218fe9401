"""What a message does while a question is open, and what a turn makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.framework.acts import Act
from actions.framework.interpretation import interpret
from actions.framework.outcome import JourneyEnded
from actions.journeys.complaint.journey import ComplaintJourney
from actions.journeys.repair.journey import RepairJourney
from actions.journeys.returns.journey import ReturnJourney
from actions.journeys.starts import RepairStart
from actions.reading.answers import solved_answer
from tests.actions.turns import turn_of


@pytest.mark.parametrize(
    ("text", "intent", "act"),
    [
        ("家里着火了", "emergency", Act.INTERRUPTS),
        ("转人工", "ask_human", Act.INTERRUPTS),
        ("谢谢", "thank", Act.INTERRUPTS),
        ("不退了", "abandon", Act.GIVES_UP),
        ("为什么要电话", "inform", Act.ASKS_REASON),
        ("算了不退了，给我修吧", "repair_booking", Act.SWITCHES),
        ("稍等，我找找", "inform", Act.WAITS),
        ("运费谁出？", "consult_product", Act.ASKS_RULE),
        ("快递到哪了", "logistics", Act.WISHES_OTHER),
        ("我要退货", "return_goods", Act.WISHES_AGAIN),
        ("催一下", "urge", Act.URGES),
        ("天上有云", "inform", Act.UNCLEAR),
    ],
)
def test_a_message_beside_the_question(text: str, intent: str, act: Act) -> None:
    """While a return asks for the item, whatever is no answer is recognised for what it does."""
    turn = turn_of(text, intent=intent, form="return_form", requested_slot="phone" if "电话" in text else "item")
    assert interpret(ReturnJourney(), turn).act is act


def test_danger_goes_before_the_answer() -> None:
    """A message that could answer is rejected all the same when it tells of danger."""
    turn = turn_of("插座冒烟着火了", intent="emergency", form="repair_form", requested_slot="fault")
    assert interpret(RepairJourney(), turn).act is Act.INTERRUPTS


def test_the_own_danger_is_no_interruption() -> None:
    """A person spoken of in an answer is not called for."""
    turn = turn_of("叫你们领导道歉", intent="ask_human", confidence=0.5, form="complaint_form", requested_slot="wish")
    assert interpret(ComplaintJourney(), turn).act is Act.ANSWERS


def test_a_correction_at_the_restatement_names_its_fact() -> None:
    """What is put right is told with the new value, and the confirmation no longer holds."""
    turn = turn_of("地点应该是南京路店", intent="correction", form="complaint_form", requested_slot="confirmed")
    meaning = interpret(ComplaintJourney(), turn)
    assert meaning.act is Act.CORRECTS
    assert dict(meaning.facts) == {"where": "南京路店", "confirmed": None}


def test_who_argues_with_a_refusal_is_told_again_then_offered_a_person() -> None:
    """The first word against a refusal has it explained again, the second leads to a person."""
    said: Any = {"intent": "return_goods", "form": "return_form", "requested_slot": "alternative"}
    first = interpret(ReturnJourney(), turn_of("我就要退", **said))
    assert dict(first.facts) == {"refusal_disputed": True, "explained_refusal": None}
    second = interpret(ReturnJourney(), turn_of("我就要退", refusal_disputed=True, **said))
    assert dict(second.facts) == {"alternative": "person"}


def test_a_journey_begins_with_what_another_hands_to_it() -> None:
    """The facts of the start are set, whatever the journey that ends has forgotten."""
    turn = turn_of()
    with pytest.raises(JourneyEnded):
        turn.continue_with(RepairStart(product="KT-0001", fault="不制冷"), "returns.to_repair")
    turn.clear("fault")
    events = {event["name"]: event.get("value") for event in turn.events() if event["name"]}
    assert (events["service"], events["product"], events["fault"]) == ("repair", "KT-0001", "不制冷")
    assert turn.events()[-1]["name"] == "repair_form"


def test_another_journeys_question_is_not_this_ones() -> None:
    """A journey that interrupts another begins, though the other's question is still open."""
    turn = turn_of("着火了", intent="emergency", form="emergency_form", open_form="repair_form", requested_slot="phone")
    assert turn.begins
    assert turn.open_form == "repair_form"


def test_a_fact_of_the_wrong_type_is_refused() -> None:
    """A slot holds what `domain.yml` says, and the error names slot and type, never the value."""
    with pytest.raises(TypeError, match=r"slot opened is bool, and was given a str"):
        turn_of().set("opened", "13812345678")
    with pytest.raises(TypeError, match="slot service is categorical"):
        turn_of().set("service", "cleaning")
    with pytest.raises(LookupError, match="no slot mood"):
        turn_of().set("mood", "good")


def test_who_does_not_say_has_not_consented() -> None:
    """“I don't know” to a question of yes or no is no yes."""
    turn = turn_of("不知道", requested_slot="solved")
    assert turn.need_consent("solved", "repair.ask_solved", read=solved_answer) is False
