"""Danger detector: overrides the intent when somebody is in danger now.

Gas, smoke, fire, electric shock, people trapped or hurt come before every other wish
(service manual, emergencies). What counts and what takes it back is data: ``danger.yml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.engine.nlu.message_keys import DANGER, EMERGENCY, SHARES, is_command
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.source_digest import ROOM, nlu_digest

PATTERNS = ROOM / "danger.yml"
_CLAUSE_END = re.compile(r"[,.!?;\n]")
_PAUSE = re.compile(r"[,.!?;\n ]+")
_ANOTHER = re.compile(
    r"(?:另外|顺便|顺带|对了|再问)|(?<=[,.!?;\s])还有(?=[我你您上那个一帮想要]|退|换|投诉|查|问|订单|快递)"
)
"""Where another matter begins."""
# What a hit may hold itself that takes it back: 电热毯怕着火.
_INSIDE = re.compile(r"怕|担心|会不会|万一|如果|要是|避免|防止|假如")
_NAMED = re.compile(r"⟨(\w+)⟩")


@dataclass(frozen=True)
class Danger:
    """A danger in a text: its kind and span in the folded text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Patterns:
    """The compiled patterns of ``danger.yml``."""

    kinds: dict[str, tuple[re.Pattern[str], ...]]
    idioms: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    clause: re.Pattern[str]
    message: re.Pattern[str]
    now: re.Pattern[str]
    doubts: re.Pattern[str]
    strong: frozenset[str]


@lru_cache(maxsize=2)
def load_patterns(path: Path = PATTERNS) -> Patterns:
    """Read and compile the patterns.

    Raises:
        ValueError: an expression does not compile; the message names file and expression.
    """
    data = cast("dict[str, Any]", YAML(typ="safe").load(path.read_text(encoding="utf8")))
    words = {name: f"(?:{text})" for name, text in data["words"].items()}

    def compiled(expressions: list[str], frame: str = "{}") -> re.Pattern[str]:
        source = frame.format("|".join(_NAMED.sub(lambda m: words[m[1]], one) for one in expressions))
        try:
            return re.compile(source)
        except re.error as error:
            raise ValueError(f"{path}: {error} in {source[:120]}") from error

    return Patterns(
        kinds={kind: tuple(compiled([one]) for one in each) for kind, each in data["kinds"].items()},
        idioms=compiled(data["idioms"]),
        before=compiled(data["before"], "(?:{})$"),
        after=compiled(data["after"]),
        clause=compiled(data["clause"]),
        message=compiled(data["message"]),
        now=compiled(data["now"]),
        doubts=compiled(data["doubts"]),
        strong=frozenset(data["strong"]),
    )


def find_danger(folded: str, patterns: Patterns | None = None) -> Danger | None:
    """Return the first danger in ``folded`` that nothing takes back, or None.

    What is said of another matter (“还有上次那个退款”) takes nothing back: each matter is judged for itself.
    """
    patterns = patterns or load_patterns()
    for start, end in matter_spans(folded):
        danger = _find(folded[start:end], patterns)
        if danger is not None:
            return Danger(danger.kind, danger.start + start, danger.end + start)
    return None


def matter_spans(folded: str) -> list[tuple[int, int]]:
    """Return the spans of the matters of a message, parted by words like 另外 and 顺便."""
    cuts = [match.start() for match in _ANOTHER.finditer(folded)]
    return [(start, end) for start, end in zip([0, *cuts], [*cuts, len(folded)], strict=True) if end > start]


def _find(folded: str, patterns: Patterns) -> Danger | None:
    hits = [
        Danger(kind, match.start(), match.end())
        for kind, expressions in patterns.kinds.items()
        for expression in expressions
        for match in expression.finditer(folded)
    ]
    if not hits:
        return None
    harmless = [match.span() for match in patterns.idioms.finditer(folded)]
    for hit in sorted(hits, key=lambda one: one.start):
        if (hit.kind in patterns.strong or not _over(folded, hit, patterns)) and not _taken_back(
            folded, hit, harmless, patterns
        ):
            return hit
    return None


def _over(folded: str, hit: Danger, patterns: Patterns) -> bool:
    """Say whether the clause of the hit or a neighbour says that it is past, and nothing that it goes on."""
    start, end = _clause(folded, hit, _PAUSE)
    start = _clause(folded, Danger("", max(0, start - 1), max(0, start - 1)), _PAUSE)[0] if start else 0
    end = _clause(folded, Danger("", min(end + 1, len(folded)), min(end + 1, len(folded))), _PAUSE)[1]
    return patterns.message.search(folded[start:end]) is not None and patterns.now.search(folded, start, end) is None


def _taken_back(folded: str, hit: Danger, harmless: list[tuple[int, int]], patterns: Patterns) -> bool:
    if any(start < hit.end and hit.start < end for start, end in harmless):
        return True
    start, end = _clause(folded, hit, _CLAUSE_END)
    return (
        _INSIDE.search(folded, hit.start, hit.end) is not None
        or patterns.before.search(folded, start, hit.start) is not None
        or patterns.after.match(folded, hit.end) is not None
        or patterns.clause.search(folded, start, end) is not None
    )


def _clause(folded: str, hit: Danger, end: re.Pattern[str]) -> tuple[int, int]:
    start = max((match.end() for match in end.finditer(folded, 0, hit.start)), default=0)
    close = end.search(folded, hit.end)
    return start, close.start() if close else len(folded)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerDetector(GraphComponent):
    """Set the intent to ``emergency`` when somebody is in danger; the former intent stays in the ranking."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # confidence written on the emergency
            "confidence": 1.0,
            # in a text of at most so many characters (in a longer one the danger is a small part) …
            "short": 25,
            # … a hit of the patterns counts when the classifier gives an emergency at least this share,
            "agreement": 0.01,
            # and the classifier's verdict counts without a hit from this share on, unless something makes it doubtful
            "trust_classifier_from": 0.5,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = {**self.get_default_config(), **config}
        self._patterns = load_patterns()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DangerDetector:
        """Create the component."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the patterns."""
        return nlu_digest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message; a button's payload is left alone."""
        for message in messages:
            if is_command(message.get(TEXT) or ""):
                continue
            folded = folded_of(message).text
            share = _share(message)
            # The classifier's share is of the whole message, of which the danger may be the smaller part.
            whole = len(folded) <= self.config["short"] and len(matter_spans(folded)) == 1
            agreed = share is None or share >= self.config["agreement"] or not whole
            danger = find_danger(folded, self._patterns) if agreed else None
            if danger is None and share is not None and share >= self.config["trust_classifier_from"]:
                danger = suspected_danger(folded, self._patterns)
            if danger:
                self._raise(message, danger)
            else:
                self._stand_down(message)
        return messages

    def _raise(self, message: Message, danger: Danger) -> None:
        ranking = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != EMERGENCY]
        intent = {"name": EMERGENCY, "confidence": float(self.config["confidence"])}
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
        message.set(DANGER, danger.kind, add_to_output=True)

    def _stand_down(self, message: Message) -> None:
        """Take the next intent when the classifier alone speaks of an emergency."""
        ranking = message.get(INTENT_RANKING_KEY) or []
        if len(ranking) > 1 and ranking[0]["name"] == EMERGENCY:
            rest = [*ranking[1:], ranking[0]]
            message.set(INTENT, rest[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, rest, add_to_output=True)


def suspected_danger(folded: str, patterns: Patterns) -> Danger | None:
    """Return a danger that only the classifier sees, unless the words speak of something else."""
    if any(pattern.search(folded) for pattern in (patterns.doubts, patterns.idioms, patterns.clause)):
        return None
    if patterns.message.search(folded) and not patterns.now.search(folded):
        return None
    return Danger("suspected", 0, len(folded))


def _share(message: Message) -> float | None:
    """Return the classifier's share for an emergency; None when no classifier that knows it ran."""
    ranking = message.get(INTENT_RANKING_KEY)
    shares = message.get(SHARES)
    if isinstance(shares, dict):
        return shares.get(EMERGENCY)
    if not ranking:
        return None
    return next((float(one["confidence"]) for one in ranking if one["name"] == EMERGENCY), None)
