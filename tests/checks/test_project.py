"""`liyan check` finds what Rasa's own validation lets pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.checks.phrase_coverage import imports_of
from bot.checks.phrase_usage import said, sources
from bot.checks.project import House, load_house, problems
from phrasebook.book.book import Book, Variable


@pytest.fixture(scope="module")
def house() -> House:
    """Read the house once."""
    return load_house()


def _domain(house: House, change: Callable[[dict[str, Any]], None]) -> House:
    domain = copy.deepcopy(house.domain)
    change(domain)
    return replace(house, domain=domain)


def test_the_house_agrees_with_itself(house: House) -> None:
    """Domain, rules, journeys and phrasebook agree as they are shipped."""
    assert problems(house) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["entities"].remove("faulty"), "consent faulty of ReturnJourney is no entity"),
        (lambda d: d["slots"].pop("visit_time"), "fact visit_time of RepairJourney is no slot"),
        (lambda d: d["forms"].pop("repair_form"), "journey RepairJourney has no form repair_form"),
        (lambda d: d["intents"].append("dance"), "intent dance of domain.yml begins no rule"),
        (lambda d: d["actions"].append("action_dance"), "domain.yml names action_dance"),
        (lambda d: d.update(responses={"utter_hi": [{"text": "嗨"}]}), "responses hold wording"),
    ],
)
def test_a_slip_in_the_domain_is_told(house: House, change: Callable[[dict[str, Any]], None], told: str) -> None:
    """What is missing or too many in the domain is named with what it belongs to."""
    assert any(told in problem for problem in problems(_domain(house, change)))


def test_a_rule_that_begins_another_journey_is_told(house: House) -> None:
    """The rules and the table of wishes say the same, or the intent is named."""
    rules = copy.deepcopy(house.rules)
    rule = next(r for r in rules if r["steps"][0].get("intent") == "complaint")
    rule["steps"][1]["action"] = "return_form"
    found = problems(replace(house, rules=rules))
    assert any("intent complaint begins return_form" in problem for problem in found)


def test_the_shop_s_data_and_phrases_agree_both_ways(house: House) -> None:
    """An answer without its phrase, one with a blank that nobody fills, and a phrase that no data name are told."""
    rule, how = house.book.get("faq_return.rule"), house.book.get("faq_invoice.how")
    blank = replace(how, variables={"days": Variable("days", "integer", "3")})
    left = [phrase for phrase in house.book if phrase.id not in (rule.id, how.id)]
    found = problems(replace(house, book=Book([*left, blank, replace(rule, id="faq_return.other")])))
    assert "bot/packs/retail/faq.yml: return.rule: says phrase faq_return.rule, which does not exist" in found
    assert any("faq_invoice.how needs the variable days, which is not given" in problem for problem in found)
    assert "faq_return.other: approved and never said; say it or retire it" in found


def _journeys_in_folders(root: Path) -> None:
    for folder in (root, root / "journeys", root / "journeys" / "returns"):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    (root / "journeys" / "returns" / "script.py").write_text("from actions.journeys.returns import decision\n")
    (root / "journeys" / "returns" / "decision.py").write_text('case.say("returns.done", ticket="T1", number=1)\n')


def test_what_is_said_in_a_sub_folder_is_seen(tmp_path: Path) -> None:
    """A phrase said in a folder of the journeys is found with its module, file and variables."""
    _journeys_in_folders(tmp_path / "actions")
    place = said(tmp_path / "actions")["returns.done"][0]
    assert place.module == "actions.journeys.returns.decision"
    assert place.where == "actions/journeys/returns/decision.py:1"
    assert place.variables == {"number"}


def test_imports_are_followed_through_folders_by_their_dotted_names(tmp_path: Path) -> None:
    """What a module of a sub-folder imports is part of what its journey may say."""
    _journeys_in_folders(tmp_path / "actions")
    imports = imports_of(sources(tmp_path / "actions"))
    assert "actions.journeys.returns.decision" in imports["actions.journeys.returns.script"]
