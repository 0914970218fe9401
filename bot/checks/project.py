"""Compare domain, rules, journeys and phrasebook with each other, both ways.

`rasa data validate` returns 0 whatever it warns of, and knows neither our journeys nor our phrases.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rasa_sdk.interfaces import Action
from rasa_sdk.utils import all_subclasses
from ruamel.yaml import YAML

import actions
from actions.framework.intents import WISHES
from actions.framework.journey import Journey
from bot.checks import phrase_usage
from bot.checks.channels import channel_problems
from bot.checks.shop_usage import said_by_shop
from bot.checks.wording import wording
from bot.settings import ROOT, settings
from phrasebook.book.book import Book
from phrasebook.book.load import load_book

ANSWERS = "reply"
"""Begins no rule: under it stand the answers that the reading of answers learns from (data/nlu/answers)."""


@dataclass(frozen=True)
class House:
    """What is compared."""

    domain: dict[str, Any]
    rules: list[dict[str, Any]]
    intents_with_examples: frozenset[str]
    actions: dict[str, type[Action]]
    book: Book


def problems(house: House | None = None) -> list[str]:
    """Return what does not agree; empty when all does."""
    house = house or load_house()
    return [
        *_intents(house),
        *_actions(house),
        *_journeys(house),
        *_phrases(house),
        *_wording(house),
        *channel_problems(),
    ]


def load_house() -> House:
    """Read everything that is compared."""
    yaml = YAML(typ="safe")
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    files = [yaml.load(path) for path in sorted((ROOT / "data" / "stories").glob("*.yml"))]
    rules = [rule for content in files for key in ("rules", "stories") for rule in content.get(key, [])]
    examples = frozenset(
        entry["intent"]
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for entry in yaml.load(path)["nlu"]
        if "intent" in entry
    )
    ours = {
        a().name(): a
        for a in all_subclasses(Action)
        if a.__module__.startswith("actions.") and not inspect.isabstract(a)
    }
    return House(
        domain=yaml.load(ROOT / "domain.yml"),
        rules=rules,
        intents_with_examples=examples,
        actions=ours,
        book=load_book(*settings().phrase_folders),
    )


def _steps(house: House, key: str) -> Iterator[str]:
    for rule in house.rules:
        for step in rule["steps"]:
            if key in step and step[key] is not None:
                yield step[key]


def _named(entries: list[Any]) -> set[str]:
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


def _intents(house: House) -> Iterator[str]:
    declared = _named(house.domain["intents"]) - {ANSWERS}
    used = set(_steps(house, "intent"))
    for name in sorted(declared - used):
        yield f"data/stories: intent {name} of domain.yml begins no rule: a customer who says so gets no answer"
    for name in sorted(used - declared - {"nlu_fallback"}):
        yield f"domain.yml: intent {name} stands in a rule and is not declared"
    for name in sorted(declared - house.intents_with_examples):
        yield f"data/nlu: intent {name} has no examples"
    for name in sorted(house.intents_with_examples - declared):
        yield f"domain.yml: intent {name} has examples and is not declared"


def _actions(house: House) -> Iterator[str]:
    declared = set(house.domain["actions"])
    for name in sorted(declared - set(house.actions)):
        yield f"actions: domain.yml names {name}, which no class in actions/ answers to"
    for name in sorted(set(house.actions) - declared):
        yield f"domain.yml: action {name} exists and is not declared"
    forms = set(house.domain["forms"])
    for name in sorted(set(_steps(house, "action")) - declared - forms):
        yield f"domain.yml: action {name} stands in a rule and is not declared"


def _journeys(house: House) -> Iterator[str]:
    forms = set(house.domain["forms"])
    slots = set(house.domain["slots"])
    carried = set(house.domain["entities"])
    journeys = [a for a in house.actions.values() if issubclass(a, Journey)]
    for form in sorted(forms - {j.form for j in journeys}):
        yield f"actions: form {form} of domain.yml has no journey"
    for journey in journeys:
        if journey.form not in forms:
            yield f"domain.yml: journey {journey.__name__} has no form {journey.form}"
        for slot in sorted({*journey.facts, *journey.volunteered} - slots):
            yield f"domain.yml: fact {slot} of {journey.__name__} is no slot"
        for slot in sorted(journey.consents - carried):
            yield f"domain.yml: consent {slot} of {journey.__name__} is no entity, so that its buttons carry nothing"
    begun = {
        step["intent"]: rule["steps"][1].get("action")
        for rule in house.rules
        for step in rule["steps"][:1]
        if "intent" in step and len(rule["steps"]) > 1
    }
    for intent, form in WISHES.items():
        if begun.get(intent) != form:
            yield f"data/stories: intent {intent} begins {begun.get(intent)}, actions/framework/intents.py says {form}"


def _phrases(house: House) -> Iterator[str]:
    scenes = set(house.book.scenes())
    said = {phrase: places for phrase, places in phrase_usage.said().items() if phrase.split(".")[0] in scenes}
    for phrase, places in said_by_shop().items():
        said.setdefault(phrase, []).extend(places)
    for phrase, places in sorted(said.items()):
        if phrase not in house.book:
            yield f"{places[0].where}: says phrase {phrase}, which does not exist"
            continue
        names = set(house.book.get(phrase).variables)
        for place in places:
            for missing in sorted(names - place.variables) if place.variables is not None else ():
                yield f"{place.where}: phrase {phrase} needs the variable {missing}, which is not given"
    spoken_elsewhere = ("system.", "welcome.", "safe.")
    for approved in house.book:
        # What stands in for a phrase is said whenever that one is.
        name = approved.instead_of or approved.id
        if name not in said and not approved.id.startswith(spoken_elsewhere):
            yield f"{approved.id}: approved and never said; say it or retire it"


def _wording(house: House) -> Iterator[str]:
    if house.domain.get("responses"):
        yield "domain.yml: responses hold wording; phrases belong in phrasebook/approved"
    yield from wording(ROOT)
    for path in sorted((ROOT / "actions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _utters_text(node):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{where}: utter_message with text goes past the phrasebook: use say()"


def _utters_text(node: ast.Call) -> bool:
    if not (isinstance(node.func, ast.Attribute) and node.func.attr == "utter_message"):
        return False
    return bool(node.args) or any(keyword.arg in ("text", "template") for keyword in node.keywords)
