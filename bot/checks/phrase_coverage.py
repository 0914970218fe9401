"""Is there an approved phrase for every intent, state of its journey, channel and failure?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from actions.framework.intents import answered_intents
from bot.chat.speech.phrases_in_force import OWN_PHRASES
from bot.checks import phrase_usage as phrases
from bot.checks.project import ProjectFiles
from bot.checks.shop_usage import said_by_shop
from phrasebook.book.book import CHANNEL_LIMITS, ApprovedPhrases
from phrasebook.book.choose import choose, select
from phrasebook.book.render import render
from phrasebook.errors import PhrasebookError
from phrasebook.filter.forbidden_lists import Lists

GATEWAY = "gateway"
"""Stands for the failures that the gateway itself speaks of: engine down, too long, too fast …"""
_NO_INTENTS = (GATEWAY, "shop", "clerk")
"""Who speaks beside the journeys: the gateway, the shop's own answers, the words offered to staff."""


@dataclass(frozen=True)
class Coverage:
    """What was looked at: `cells` is the number of pairs of intent, state or failure, and channel."""

    intents: int
    phrases: int
    cells: int
    holes: tuple[str, ...]


def measure_coverage(project: ProjectFiles, book: ApprovedPhrases, lists: Lists, now: datetime) -> Coverage:
    """Look at every cell; a hole names the phrase, the channel and who would say it."""
    sayable = Sayable(book, now)
    wanted = {**_journeys(project, book), GATEWAY: dict.fromkeys(OWN_PHRASES, "bot/chat/speech/phrases_in_force.py")}
    wanted["shop"] = {phrase: places[0].where for phrase, places in said_by_shop().items()}
    wanted["clerk"] = {family.replacement: f"{family.file}:{family.line}" for family in lists.families}
    holes: dict[str, None] = {}
    cells = 0
    for intent, said in wanted.items():
        if not said:
            holes[f"intent {intent}: what it begins says no phrase at all"] = None
        for phrase, where in said.items():
            # A sentence that may not leave is a failure of its own: its scene's safe phrase must stand ready.
            for state in (phrase, book.safe_phrase_for(phrase.partition(".")[0])):
                cells += len(CHANNEL_LIMITS)
                for channel, cause in sayable.refusals(state):
                    holes[f"{where}: {state} on {channel}: {cause}"] = None
    count = len({phrase for said in wanted.values() for phrase in said})
    return Coverage(len(wanted) - len(_NO_INTENTS), count, cells, tuple(holes))


class Sayable:
    """Tell once for each phrase on which channels it can be said now.

    Args:
        book: the phrases in force.
        now: the moment of the look.
    """

    def __init__(self, book: ApprovedPhrases, now: datetime) -> None:
        """Remember nothing yet."""
        self._book = book
        self._now = now
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}

    def refusals(self, phrase_id: str) -> tuple[tuple[str, str], ...]:
        """Return the channels on which a phrase cannot be said, and why not."""
        if phrase_id not in self._known:
            self._known[phrase_id] = tuple(self._look(phrase_id))
        return self._known[phrase_id]

    def _look(self, phrase_id: str) -> Iterator[tuple[str, str]]:
        for channel in CHANNEL_LIMITS:
            try:
                phrase = select(self._book, phrase_id, channel=channel, now=self._now).phrase
                index = choose(phrase, (), channel=channel, now=self._now).variant_index
                samples = {name: variable.sample for name, variable in phrase.variables.items()}
                render(phrase, samples, variant=index, now=self._now, channel=channel)
            except PhrasebookError as error:
                yield channel, str(error)


def _journeys(project: ProjectFiles, book: ApprovedPhrases) -> dict[str, dict[str, str]]:
    """Map each intent to the phrases that its journey can say, with the place where it says them."""
    scenes = set(book.scenes())
    of_module: dict[str, dict[str, str]] = {}
    for phrase, places in phrases.phrases_said().items():
        for place in places if phrase.partition(".")[0] in scenes else ():
            of_module.setdefault(place.module, {}).setdefault(phrase, place.where)
    imports = imports_of(phrases.sources())
    begun = dict(_begun(project))
    return {
        intent: _merged(of_module, _reached(begun[intent], imports) if intent in begun else ())
        for intent in sorted(project.intents_with_examples)
    }


def _begun(project: ProjectFiles) -> Iterator[tuple[str, str]]:
    """Yield each intent with the module of the action that answers it."""
    modules = {name: action.__module__ for name, action in project.actions.items()}
    for intent, name in answered_intents(project.rules):
        module = modules.get(name) or modules.get(f"validate_{name}")
        if module:
            yield intent, module


def imports_of(sources: Iterable[phrases.Source]) -> dict[str, set[str]]:
    """Return which modules of the journeys each of them imports, all by their dotted names."""
    trees = {source.module: ast.parse(source.path.read_text(encoding="utf-8")) for source in sources}
    found: dict[str, set[str]] = {}
    for module, tree in trees.items():
        names = found.setdefault(module, set())
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            # What is imported is a module of the package, or something that stands in it.
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                names.update(name for name in (whole, node.module) if name in trees)
    return found


def _reached(module: str, imports: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(imports.get(name, ()))
    return reached


def _merged(of_module: Mapping[str, Mapping[str, str]], modules: Iterable[str]) -> dict[str, str]:
    return {phrase: where for name in sorted(modules) for phrase, where in of_module.get(name, {}).items()}
