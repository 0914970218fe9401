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
from actions.framework.intents import COURTESIES, answered_intents
from actions.framework.journey import Journey
from bot.checks import phrase_usage
from bot.checks.channels import channel_problems
from bot.checks.shop_usage import said_by_shop
from bot.checks.wording import wording
from bot.settings import ROOT, settings
from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.load import load_phrases

ANSWERS = "reply"
"""Begins no rule: under it stand the answers that the reading of answers learns from (data/nlu/answers)."""
SAID_BY_THE_GATEWAY = ("system.", "welcome.", "safe.")
"""Scenes that no journey says."""
OF_ANY_TYPE = frozenset({"visit_time"})
"""Slots that hold what Rasa has no type for: a time as the engine reads it."""


@dataclass(frozen=True)
class ProjectFiles:
    """What is compared: domain, rules, journeys and phrases."""

    domain: dict[str, Any]
    rules: list[dict[str, Any]]
    intents_with_examples: frozenset[str]
    actions: dict[str, type[Action]]
    book: ApprovedPhrases


def find_problems(project: ProjectFiles | None = None) -> list[str]:
    """Return what does not agree; empty when all does.

    Args:
        project: what is compared; read from the project's files when left out.
    """
    project = project or read_project()
    checks = (_intents, _actions, _forms, _slots, _entities, _interruptions, _phrases, _unsaid, _wording)
    return [*(problem for check in checks for problem in check(project)), *channel_problems()]


def read_project() -> ProjectFiles:
    """Read everything that is compared."""
    yaml = YAML(typ="safe")
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    files = [yaml.load(path) for path in sorted((ROOT / "data" / "stories").glob("*.yml"))]
    rules = [rule for content in files for rule in content["rules"]]
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
    return ProjectFiles(
        domain=yaml.load(ROOT / "domain.yml"),
        rules=rules,
        intents_with_examples=examples,
        actions=ours,
        book=load_phrases(*settings().phrase_folders),
    )


def _steps(project: ProjectFiles, key: str) -> Iterator[str]:
    for rule in project.rules:
        for step in rule["steps"]:
            for one in step.get("or", [step]):
                if one.get(key) is not None:
                    yield one[key]


def _named(entries: list[Any]) -> set[str]:
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


def _intents(project: ProjectFiles) -> Iterator[str]:
    declared = _named(project.domain["intents"]) - {ANSWERS}
    used = set(_steps(project, "intent"))
    for name in sorted(declared - used):
        yield f"data/stories: intent {name} of domain.yml begins no rule: a customer who says so gets no answer"
    for name in sorted(used - declared - {"nlu_fallback"}):
        yield f"domain.yml: intent {name} stands in a rule and is not declared"
    for name in sorted(declared - project.intents_with_examples):
        yield f"data/nlu: intent {name} has no examples"
    for name in sorted(project.intents_with_examples - declared):
        yield f"domain.yml: intent {name} has examples and is not declared"


def _actions(project: ProjectFiles) -> Iterator[str]:
    declared = set(project.domain["actions"])
    for name in sorted(declared - set(project.actions)):
        yield f"actions: domain.yml names {name}, which no class in actions/ answers to"
    for name in sorted(set(project.actions) - declared):
        yield f"domain.yml: action {name} exists and is not declared"
    forms = set(project.domain["forms"])
    for name in sorted(set(_steps(project, "action")) - declared - forms):
        yield f"domain.yml: action {name} stands in a rule and is not declared"


def _journeys(project: ProjectFiles) -> list[type[Journey]]:
    return [action for action in project.actions.values() if issubclass(action, Journey)]


def _forms(project: ProjectFiles) -> Iterator[str]:
    forms = set(project.domain["forms"])
    journeys = {journey.form: journey.__name__ for journey in _journeys(project)}
    for form in sorted(forms - set(journeys)):
        yield f"actions: form {form} of domain.yml has no journey"
    for form in sorted(set(journeys) - forms):
        yield f"domain.yml: journey {journeys[form]} has no form {form}"


def _slots(project: ProjectFiles) -> Iterator[str]:
    slots: dict[str, dict[str, Any]] = project.domain["slots"]
    for journey in _journeys(project):
        for slot in sorted({*journey.facts, *journey.volunteered} - set(slots)):
            yield f"domain.yml: fact {slot} of {journey.__name__} is no slot"
        for slot in sorted(journey.consents & set(slots)):
            if slots[slot]["type"] != "bool":
                yield f"domain.yml: consent {slot} of {journey.__name__} is {slots[slot]['type']}; a yes or no is bool"
    named = _names_in_sources()
    for slot, declared in slots.items():
        if slot not in named:
            yield f"domain.yml: slot {slot} is named nowhere in actions/"
        if declared["type"] == "any" and slot not in OF_ANY_TYPE:
            yield f"domain.yml: slot {slot} is any: say what it holds (text, bool, categorical, float, list)"


def _names_in_sources() -> frozenset[str]:
    """Return every string that stands in the journeys' sources, and every field of theirs, which may be slots."""
    found: set[str] = set()
    for source in phrase_usage.sources():
        for node in ast.walk(ast.parse(source.path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return frozenset(found)


def _entities(project: ProjectFiles) -> Iterator[str]:
    carried = set(project.domain["entities"])
    for journey in _journeys(project):
        for slot in sorted(journey.consents - carried):
            yield f"domain.yml: consent {slot} of {journey.__name__} is no entity, so that its buttons carry nothing"


def _interruptions(project: ProjectFiles) -> Iterator[str]:
    """Look for courtesies that a form would reject without a rule that answers them."""
    answered: dict[str, set[str]] = {form: set() for form in project.domain["forms"]}
    for rule in project.rules:
        for condition in rule.get("condition", ()):
            form = condition.get("active_loop")
            answered.setdefault(form, set()).update(intent for intent, _ in answered_intents([rule]))
    for form, intents in answered.items():
        for intent in sorted(COURTESIES - intents):
            yield f"data/stories/interruptions.yml: no rule answers {intent} while {form} is open"


def _said(project: ProjectFiles) -> dict[str, list[phrase_usage.Place]]:
    scenes = set(project.book.scenes())
    said = {phrase: places for phrase, places in phrase_usage.phrases_said().items() if phrase.split(".")[0] in scenes}
    for phrase, places in said_by_shop().items():
        said.setdefault(phrase, []).extend(places)
    return said


def _phrases(project: ProjectFiles) -> Iterator[str]:
    for phrase, places in sorted(_said(project).items()):
        if phrase not in project.book:
            yield f"{places[0].where}: says phrase {phrase}, which does not exist"
            continue
        names = set(project.book.get(phrase).variables)
        for place in places:
            for missing in sorted(names - place.variables) if place.variables is not None else ():
                yield f"{place.where}: phrase {phrase} needs the variable {missing}, which is not given"


def _unsaid(project: ProjectFiles) -> Iterator[str]:
    said = _said(project)
    for approved in project.book:
        # What stands in for a phrase is said whenever that one is.
        name = approved.instead_of or approved.id
        if name not in said and not approved.id.startswith(SAID_BY_THE_GATEWAY):
            yield f"{approved.id}: approved and never said; say it or retire it"


def _wording(project: ProjectFiles) -> Iterator[str]:
    if project.domain.get("responses"):
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
