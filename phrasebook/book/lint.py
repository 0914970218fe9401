"""Find what is wrong with the books: what `liyan phrases check` tells, with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from phrasebook.book.book import CHANNEL_LIMITS, PLACEHOLDER, ApprovedPhrases, Phrase
from phrasebook.book.choose import ensure_sendable
from phrasebook.book.render import ensure_fits, sample_text
from phrasebook.book.required import Requirements
from phrasebook.errors import BadVariableError, NotApprovedError, NotFittingError
from phrasebook.filter.check import Checker
from phrasebook.filter.fold import fold
from phrasebook.filter.forbidden_lists import Lists
from phrasebook.filter.personal_data import PersonalData
from phrasebook.filter.rules import patterns_of

# Two sentences that share this part of their character pairs say the same thing twice.
NEAR = 0.8


@dataclass(frozen=True)
class Finding:
    """A fault found: an error stops the check, a warning is only shown."""

    severity: str
    file: str
    line: int
    subject: str
    cause: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.subject}: {self.cause}"


def lint(
    book: ApprovedPhrases, lists: Lists, checker: Checker, requirements: Requirements, now: datetime
) -> list[Finding]:
    """List every fault of phrases and lists, by file and line."""
    found = [*lint_book(book, checker, now), *lint_lists(lists, book), *lint_scenes(book, requirements)]
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.subject))


def lint_book(book: ApprovedPhrases, checker: Checker, now: datetime) -> Iterator[Finding]:
    """Yield the faults of approved phrases."""
    for phrase in book:
        yield from _dates(phrase, now)
        yield from _variables(phrase)
        yield from _references(phrase, book)
        for variant in range(len(phrase.variants)):
            yield from _variant(phrase, variant, checker)
    yield from _alike(book)


def lint_scenes(book: ApprovedPhrases, requirements: Requirements) -> Iterator[Finding]:
    """Yield what the approved words of a scene, all together, do not hold, and what a sentence must hold by itself."""
    for phrase in book:
        for index in range(len(phrase.variants)):
            yield from _lacking(phrase, index, requirements)
    for scene in book.scenes():
        phrases = [p for p in book.scene(scene) if p.state in ("approved", "scheduled")]
        texts = [PLACEHOLDER.sub(_sample(phrase), v) for phrase in phrases for v in phrase.variants]
        for element in requirements.missing_in_scene(scene, texts):
            first = book.scene(scene)[0]
            yield Finding("warning", first.file, first.line, f"scene {scene}", f"no phrase holds: {element.title}")


def _lacking(phrase: Phrase, variant: int, requirements: Requirements) -> Iterator[Finding]:
    try:
        text = sample_text(phrase, variant)
    except BadVariableError:
        return  # told with the variables
    for element in requirements.missing_in_sentence(phrase.id, text):
        yield _at(phrase, "error", f"does not hold: {element.title}", variant)


def _sample(phrase: Phrase) -> Callable[[re.Match[str]], str]:
    return lambda match: phrase.variables[match[1]].sample


def lint_lists(lists: Lists, book: ApprovedPhrases | None = None) -> Iterator[Finding]:
    """Yield deny entries that say the same as another, and replacements that do not exist.

    One of the many forms that a bracket stands for, and what is forbidden in some surroundings only, may well
    stand in another family.
    """
    told: set[tuple[str, str]] = set()
    for pattern, entries in patterns_of(lists.entries).items():
        first, *others = entries
        for other in others:
            if (first.text, other.text) in told or not (first.family.directions & other.family.directions):
                continue
            told.add((first.text, other.text))
            same = first.family is other.family
            if not same and ("(" in first.text + other.text or first.family.only or other.family.only):
                continue
            where = f"{first.family.file}:{first.line}"
            cause = f"{pattern!r} stands already as {first.text!r} in {where}"
            yield Finding("error" if same else "warning", other.family.file, other.line, other.text, cause)
    for family in lists.families:
        if book is not None and family.replacement not in book:
            cause = f"replacement {family.replacement} is no phrase"
            yield Finding("error", family.file, family.line, f"{family.kind}.{family.name}", cause)


def _at(phrase: Phrase, severity: str, cause: str, variant: int | None = None) -> Finding:
    lines = phrase.variant_lines
    line = lines[variant] if variant is not None and variant < len(lines) else phrase.line
    return Finding(severity, phrase.file, line, phrase.id, cause)


def _dates(phrase: Phrase, now: datetime) -> Iterator[Finding]:
    if phrase.state not in ("approved", "scheduled"):
        return
    try:
        ensure_sendable(phrase, now)
    except NotApprovedError as error:
        waiting = "valid from" in error.why
        yield _at(phrase, "warning" if waiting else "error", error.why)


def _variables(phrase: Phrase) -> Iterator[Finding]:
    used = [set(phrase.variable_names(i)) for i in range(len(phrase.variants))]
    everywhere = set().union(*used)
    for name in phrase.variables:
        if name not in everywhere:
            yield _at(phrase, "error", f"variable {name} is declared and stands in no variant")
    for index, names in enumerate(used):
        for name in sorted(everywhere - names):
            yield _at(phrase, "warning", f"variant {index} lacks {{{name}}}, which others have", index)


def _references(phrase: Phrase, book: ApprovedPhrases) -> Iterator[Finding]:
    if phrase.instead_of and phrase.instead_of not in book:
        yield _at(phrase, "error", f"instead_of: {phrase.instead_of} is no phrase")
    if phrase.instead_of and phrase.instead_of in book:
        missing = set(phrase.variables) - set(book.get(phrase.instead_of).variables)
        for name in sorted(missing):
            yield _at(phrase, "error", f"variable {name} is unknown to {phrase.instead_of}, which it stands for")
    if book.safe_phrase_for(phrase.scene) not in book:
        yield _at(phrase, "error", f"safe: {book.safe_phrase_for(phrase.scene)} is no phrase")


def _variant(phrase: Phrase, variant: int, checker: Checker) -> Iterator[Finding]:
    if "你" in fold(PLACEHOLDER.sub("", phrase.variants[variant])):
        yield _at(phrase, "error", "says 你; a customer is 您", variant)
    try:
        text = sample_text(phrase, variant)
        for channel in {*CHANNEL_LIMITS, *phrase.channels}:
            if phrase.channel_limit(channel).allowed:
                ensure_fits(phrase, text, channel)
    except (BadVariableError, NotFittingError) as error:
        yield _at(phrase, "error", str(error), variant)
        return
    for hit in checker.check(text, direction="bot", own=_own(phrase)).hits:
        if hit.level == "suspect":
            continue
        severity = "warning" if hit.level == "warn" else "error"
        yield _at(phrase, severity, f"holds {hit.found!r} ({hit.kind}: {hit.reason})", variant)


def _own(phrase: Phrase) -> PersonalData:
    """Take the samples for the customer's own data, as they are when the phrase is said."""
    samples = [variable.sample for variable in phrase.variables.values()]
    return PersonalData.of(phones=samples, addresses=samples)


def _alike(book: ApprovedPhrases) -> Iterator[Finding]:
    """Yield sentences that another one of the same scene says already."""
    for scene in book.scenes():
        rows = [(p, i, *_pairs(v)) for p in book.scene(scene) for i, v in enumerate(p.variants)]
        for index, (phrase, variant, text, pairs) in enumerate(rows):
            for other, other_variant, other_text, other_pairs in rows[:index]:
                same_phrase = other is phrase
                if text == other_text:
                    # Two phrases may share a short sentence; one phrase never repeats itself.
                    severity = "error" if same_phrase else "warning"
                    yield _at(phrase, severity, f"repeats {other.id} variant {other_variant}", variant)
                elif same_phrase and _likeness(pairs, other_pairs) >= NEAR:
                    yield _at(phrase, "warning", f"nearly repeats variant {other_variant}", variant)


def _pairs(variant: str) -> tuple[str, frozenset[str]]:
    text = "".join(c for c in fold(variant) if c.isalnum() or c in "{}")
    return text, frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def errors_among(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop the check."""
    return [finding for finding in findings if finding.severity == "error"]
