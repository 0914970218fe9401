"""The shipped lists prove themselves: each family catches and passes what it says."""

from __future__ import annotations

import pytest

from phrasebook.filter.check import SHIPPED, Checker, load_checker
from phrasebook.filter.forbidden_lists import Context, Family, Lists, load_lists

LISTS = load_lists(SHIPPED)
FAMILIES = {f"{family.kind}.{family.name}": family for family in LISTS.families}
KINDS = {
    "look_down",
    "dont_know",
    "pushing",
    "doubting_means",
    "passing_buck",
    "blame",
    "impatience",
    "commands_threats",
    "mockery",
    "flat_refusal",
    "over_promise",
    "insult",
    "superlative",
    "personal_data",
}


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Compile the shipped lists once."""
    return load_checker(SHIPPED)


def _direction(family: Family) -> str:
    return "clerk" if "clerk" in family.directions else "customer"


def test_there_are_fourteen_kinds() -> None:
    """Each kind of the manuals has its own file."""
    assert {family.kind for family in LISTS.families} == KINDS


def test_there_are_enough_entries() -> None:
    """At least 1,200 different entries are written out."""
    assert len({entry.text for entry in LISTS.entries}) >= 1200


@pytest.mark.parametrize("name", FAMILIES)
def test_family_has_sentences_of_both_sorts(name: str) -> None:
    """Each family shows at least two sentences that are caught and two that pass."""
    family = FAMILIES[name]
    assert len(family.caught) >= 2
    assert len(family.passes) >= 2


@pytest.mark.parametrize("name", FAMILIES)
def test_family_catches_its_sentences(checker: Checker, name: str) -> None:
    """Every `caught` sentence is found by an entry of the same kind at the family's level or above."""
    family = FAMILIES[name]
    missed = [
        text
        for text in family.caught
        if not any(hit.kind == family.kind for hit in checker.check(text, direction=_direction(family)).hits)
    ]
    assert missed == []


@pytest.mark.parametrize("name", FAMILIES)
def test_family_lets_its_sentences_pass(checker: Checker, name: str) -> None:
    """No `passes` sentence is blocked by any family of the folder, said by bot or clerk."""
    family = FAMILIES[name]
    held = {
        text: [(hit.family, hit.entry) for hit in checker.check(text, direction=_direction(family)).hits]
        for text in family.passes
        if checker.check(text, direction=_direction(family)).verdict not in ("pass", "suspect")
    }
    assert held == {}


def _excusing() -> list[tuple[str, Context]]:
    return [(name, context) for name, family in FAMILIES.items() for context in family.unless]


@pytest.mark.parametrize(("name", "context"), _excusing())
def test_context_excuses_its_sentence(checker: Checker, name: str, context: Context) -> None:
    """The sentence beside an `unless` pattern is not caught by that family."""
    family = FAMILIES[name]
    hits = checker.check(context.test, direction=_direction(family)).hits
    assert [(h.entry, h.found) for h in hits if h.family == family.name and h.level != "suspect"] == []


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.only])
def test_only_context_catches_its_sentence(checker: Checker, name: str) -> None:
    """The sentence beside an `only` pattern is caught by that kind."""
    family = FAMILIES[name]
    for context in family.only:
        hits = checker.check(context.test, direction=_direction(family)).hits
        assert any(hit.kind == family.kind for hit in hits), context.test


def test_allow_sentences_are_not_blocked(checker: Checker) -> None:
    """The sentence beside each allow span leaves unhindered."""
    held = {
        allow.test: [(hit.family, hit.entry) for hit in verdict.hits]
        for allow in LISTS.allows
        if (verdict := checker.check(allow.test, direction="clerk")).verdict in ("block", "mask", "warn")
    }
    assert held == {}


def test_every_allow_span_is_needed() -> None:
    """An allow span that holds no deny entry excuses nothing and would only confuse."""
    assert _idle(LISTS) == []


def _idle(lists: Lists) -> list[str]:
    from phrasebook.filter.rules import Rules

    rules = Rules(lists.entries)
    directions = ("bot", "clerk", "customer")
    spans = [allow.span for allow in lists.allows]
    return [span for span in spans if not any(rules.holds_any_entry(span, direction) for direction in directions)]
