"""Tell where the full check spends its time: texts by what stands in them, for `bench.filter`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from phrasebook.filter.check import Checker
from phrasebook.filter.fold import find_unusual, fold
from phrasebook.filter.rules import Rules
from phrasebook.filter.triggers import DENY

PASSES = 9
PLAIN, MARKED, FOUND, SIGNED = (
    "simplified characters and common marks",
    "digits, capitals, blanks, other marks",
    "an entry, planted or a near hit",
    "a sign of something hidden or personal",
)


def _kind(rules: Rules, text: str) -> str:
    signs = 0
    for _, _, index in rules.find("".join(filter(str.isalnum, fold(text)))):
        signs |= rules.flags[index]
    if signs & ~DENY:
        return SIGNED
    if signs:
        return FOUND
    return PLAIN if find_unusual(text) is None else MARKED


def table(rules: Rules, corpora: dict[str, Sequence[str]]) -> str:
    """Write as Markdown which share of each corpus' texts holds what, and what its full check costs, in µs.

    Args:
        rules: the compiled lists.
        corpora: texts by the name of their sort and length.
    """
    checker = Checker(rules)
    heads = " | ".join(f"{name}: share | µs" for name in corpora)
    cells: dict[str, list[str]] = {PLAIN: [], MARKED: [], FOUND: [], SIGNED: []}
    for rows in corpora.values():
        groups: dict[str, list[bytes]] = {kind: [] for kind in cells}
        for row in rows:
            groups[_kind(rules, row)].append(row.encode())
        for kind, raw in groups.items():
            cells[kind].append(f"{len(raw) / len(rows):.0%} | {_micros(checker, raw):.1f}" if raw else "– | –")
    lines = [f"| what stands in the text | {heads} |", "|---" * (1 + 2 * len(corpora)) + "|"]
    return "\n".join([*lines, *(f"| {kind} | {' | '.join(found)} |" for kind, found in cells.items())])


def _micros(checker: Checker, raw: Sequence[bytes]) -> float:
    best = float("inf")
    for _ in range(PASSES):
        fresh = [row.decode() for row in raw]
        start = time.thread_time()
        for row in fresh:
            checker.check(row, direction="bot")
        best = min(best, time.thread_time() - start)
    return best / len(raw) * 1e6
