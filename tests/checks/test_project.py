"""`liyan check` finds what Rasa's own validation lets pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.checks.phrase_coverage import imports_of
from bot.checks.phrase_usage import phrases_said, sources
from bot.checks.project import ProjectFiles, find_problems, read_project


@pytest.fixture(scope="module")
def project() -> ProjectFiles:
    """Read the project once."""
    return read_project()


def _domain(project: ProjectFiles, change: Callable[[dict[str, Any]], None]) -> ProjectFiles:
    domain = copy.deepcopy(project.domain)
    change(domain)
    return replace(project, domain=domain)


def test_the_house_agrees_with_itself(project: ProjectFiles) -> None:
    """Domain, rules, journeys and phrasebook agree as they are shipped."""
    assert find_problems(project) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["entities"].remove("faulty"), "consent faulty of ReturnJourney is no entity"),
        (lambda d: d["slots"].pop("visit_time"), "fact visit_time of RepairJourney is no slot"),
        (lambda d: d["slots"]["opened"].update(type="any"), "slot opened is any"),
        (lambda d: d["slots"]["faulty"].update(type="text"), "consent faulty of ReturnJourney is text"),
        (lambda d: d["slots"].update(mood={"type": "text"}), "slot mood is named nowhere"),
        (lambda d: d["forms"].pop("repair_form"), "journey RepairJourney has no form repair_form"),
        (lambda d: d["intents"].append("dance"), "intent dance of domain.yml begins no rule"),
        (lambda d: d["actions"].append("action_dance"), "domain.yml names action_dance"),
        (lambda d: d.update(responses={"utter_hi": [{"text": "嗨"}]}), "responses hold wording"),
    ],
)
def test_a_slip_in_the_domain_is_told(
    project: ProjectFiles, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    """What is missing or too many in the domain is named with what it belongs to."""
    assert any(told in problem for problem in find_problems(_domain(project, change)))


def test_a_courtesy_that_no_rule_answers_is_told(project: ProjectFiles) -> None:
    """A form that would reject a courtesy for nobody is named."""
    rules = [rule for rule in project.rules if rule["rule"] != "a courtesy in repair_form"]
    found = find_problems(replace(project, rules=rules))
    assert any("no rule answers greet while repair_form is open" in problem for problem in found)


def _journeys_in_folders(root: Path) -> None:
    for folder in (root, root / "journeys", root / "journeys" / "returns"):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    (root / "journeys" / "returns" / "script.py").write_text("from actions.journeys.returns import decision\n")
    (root / "journeys" / "returns" / "decision.py").write_text('case.say("returns.done", ticket="T1", number=1)\n')


def test_what_is_said_in_a_sub_folder_is_seen(tmp_path: Path) -> None:
    """A phrase said in a folder of the journeys is found with its module, file and variables."""
    _journeys_in_folders(tmp_path / "actions")
    place = phrases_said(tmp_path / "actions")["returns.done"][0]
    assert place.module == "actions.journeys.returns.decision"
    assert place.where == "actions/journeys/returns/decision.py:1"
    assert place.variables == {"number"}


def test_imports_are_followed_through_folders_by_their_dotted_names(tmp_path: Path) -> None:
    """What a module of a sub-folder imports is part of what its journey may say."""
    _journeys_in_folders(tmp_path / "actions")
    imports = imports_of(sources(tmp_path / "actions"))
    assert "actions.journeys.returns.decision" in imports["actions.journeys.returns.script"]
