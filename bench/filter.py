"""Measure the filter against other ways to find many phrases: `python -m bench.filter [--quick] [--write]`.

Entries: the shipped lists, filled up with phrases composed of jieba's words, none of which stands in the talk.
Texts of 30 and 200 characters, two sorts. *Talk*: ordinary sentences of customer service, joined and cut to length:
2,000 as good clerks type them and the approved phrases with their samples (numbers, dates, tickets, orders,
products, addresses); a forbidden phrase is planted in every tenth. *Phrases*: the approved phrases alone, buttons and
all, planted likewise: what a bot says.

The other ways search the text for the deny entries as it is, and do no more. Ours: the exact pass folds, searches deny
and allow entries and decides by allow spans and contexts; the full check is `Checker.check`, with every evasion and
personal data, sound where something is suspicious. Every pass reads fresh strings (CPython keeps the UTF-8 form of a
string it has seen) after an untimed pass over as many others, so that each way finds its own data in the caches; time
is the thread's processor time, the ways take turns, the best pass counts. Build: from entries in memory to the ready
object, once; ours includes folding, the numerals, the search by sound and its echoes. `--write` puts table and plot
into docs/.
"""

from __future__ import annotations

import argparse
import gc
import math
import platform
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import filter_kinds
from bench.filter_texts import approved_sentences, entries, talk, texts
from bench.searchers import Search, competitors
from phrasebook.filter.check import Checker
from phrasebook.filter.fold import fold
from phrasebook.filter.rules import Rules

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 60_000)
LENGTHS = (30, 200)
SORTS = ("talk", "phrases")
# A way that needs longer than this for one text is measured on fewer texts.
PATIENCE = 4.0
MARK = "<!-- filter -->"
OURS = ("Liyan, exact pass", "Liyan, full check")
RIVAL = "pyahocorasick"
# The low end of the 40 to 60 ms that a turn took in the project's trials, message in to answer out.
TURN_MS = 40


@dataclass(frozen=True)
class Result:
    """Hold one measurement: microseconds a text, best of the passes, seconds to build, near hits."""

    method: str
    size: int
    sort: str
    length: int
    micros: float
    median: float
    build: float
    near: float = 0.0


def _exact(rules: Rules) -> Search:
    return lambda text: rules.exact(text, "bot")


def _near(rules: Rules, rows: Sequence[str]) -> float:
    """Tell the share of texts without a planted phrase in which a deny entry occurs all the same."""
    clean = [row for number, row in enumerate(rows) if number % 10]
    return sum(bool(rules.denied(rules.find(fold(row)))) for row in clean) / len(clean)


def _full(rules: Rules) -> Search:
    checker = Checker(rules)
    return lambda text: checker.check(text, direction="bot")


def measure(searches: dict[str, Search], rows: Sequence[str], passes: int) -> dict[str, tuple[float, float]]:
    """Time every search over fresh strings, pass by pass in turn so that a busy machine slows all alike.

    Returns best and median microseconds a text.
    """
    raw = [row.encode() for row in rows]
    parts: dict[str, list[bytes]] = {}
    times: dict[str, list[float]] = {name: [] for name in searches}
    for name, search in searches.items():
        first = time.thread_time()
        search(raw[0].decode())
        slow = time.thread_time() - first
        parts[name] = raw[: max(20, min(len(raw), int(PATIENCE / passes / max(slow, 1e-7))))]
    gc.disable()
    for _ in range(passes):
        for name, search in searches.items():
            _timed(search, parts[name])
            times[name].append(_timed(search, parts[name]))
    gc.enable()
    return {name: (min(taken), statistics.median(taken)) for name, taken in times.items()}


def _timed(search: Search, raw: Sequence[bytes]) -> float:
    fresh = [row.decode() for row in raw]
    start = time.thread_time()
    for row in fresh:
        search(row)
    return (time.thread_time() - start) / len(fresh) * 1e6


def run(sizes: Sequence[int], passes: int) -> tuple[list[Result], str]:
    """Measure every way at every size, sort and length; tell where our full check spends its time."""
    results: list[Result] = []
    kinds = ""
    sentences = {"talk": talk(), "phrases": approved_sentences()}
    for size in sizes:
        chance = random.Random(size)
        deny, spans, planted = entries(size, 2_000 if size >= 10_000 else 200, "\n".join(sentences["talk"]), chance)
        corpora = {(sort, n): texts(sentences[sort], n, planted, chance) for sort in SORTS for n in LENGTHS}
        start = time.thread_time()
        rules = Rules(deny, spans)
        built = {OURS[0]: time.thread_time() - start, OURS[1]: 0.0}
        searches = {OURS[0]: _exact(rules), OURS[1]: _full(rules)}
        for name, build in competitors([entry.text for entry in deny]).items():
            start = time.thread_time()
            searches[name] = build()
            built[name] = time.thread_time() - start
        for (sort, length), rows in corpora.items():
            near = _near(rules, rows)
            # One rival is enough for the second sort.
            some = searches if sort == "talk" else {name: searches[name] for name in (*OURS, RIVAL) if name in searches}
            for name, (best, median) in measure(some, rows, passes).items():
                results.append(Result(name, size, sort, length, best, median, built[name], near))
                print(f"{name:20} {size:6} entries {sort:5} {length:4} chars {best:10.2f} µs (median {median:.2f})")
        kinds = filter_kinds.table(rules, {f"{sort} {length}": rows for (sort, length), rows in corpora.items()})
    return results, kinds


def table(results: Sequence[Result]) -> str:
    """Write the results as Markdown: microseconds a text and how many times as fast as pyahocorasick."""
    kinds = [(sort, length) for sort in SORTS for length in LENGTHS]
    base = {(r.size, r.sort, r.length): r.micros for r in results if r.method == RIVAL}
    heads = " | ".join(f"{sort} {length} µs | ×" for sort, length in kinds)
    lines = [f"| way | entries | {heads} | build s |", "|---" * (3 + 2 * len(kinds)) + "|"]
    known = {(r.method, r.size, r.sort, r.length): r for r in results}
    for method in dict.fromkeys(r.method for r in results):
        for size in dict.fromkeys(r.size for r in results):
            cells = [f"{method} | {size:,}"]
            for sort, length in kinds:
                row = known.get((method, size, sort, length))
                rival = base.get((size, sort, length))
                share = f"{rival / row.micros:.1f}" if row and rival else "–"
                cells.append(f"{row.micros:,.2f} | {share}" if row else "– | –")
            seconds = known[method, size, *kinds[0]].build
            cells.append(f"{seconds:.2f}" if method != OURS[1] else "as above")
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(results: Sequence[Result], size: int, length: int) -> str:
    """Draw the ways at one size and length as an SVG of bars, on a logarithmic scale."""
    rows = [r for r in results if (r.size, r.sort, r.length) == (size, SORTS[0], length)]
    rows.sort(key=lambda r: r.micros)
    top = max(r.micros for r in rows)
    width, height = 760, 34 * len(rows) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">'
    ]
    parts.append(f'<text x="8" y="20">µs a text, {size:,} entries, {length} characters (logarithmic)</text>')
    for index, row in enumerate(rows):
        y = 34 + 34 * index
        share = math.log10(1 + row.micros) / math.log10(1 + top)
        colour = "#2a7f62" if row.method.startswith("Liyan") else "#9aa5b1"
        parts.append(f'<text x="8" y="{y + 18}">{row.method}</text>')
        parts.append(f'<rect x="190" y="{y + 4}" width="{share * 440:.0f}" height="20" fill="{colour}"/>')
        parts.append(f'<text x="{196 + share * 440:.0f}" y="{y + 18}">{row.micros:,.1f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def verdict(results: Sequence[Result]) -> str:
    """Say in words what was asked for and what was reached, at the greatest size."""
    size = max(r.size for r in results)
    known = {(r.method, r.sort, r.length): r for r in results if r.size == size}
    lines = []
    for method, wanted in zip(OURS, (8, 4), strict=True):
        told = [
            f"{known[RIVAL, sort, n].micros / known[method, sort, n].micros:.1f}× in {sort} of {n} characters"
            for sort in SORTS
            for n in LENGTHS
            if (RIVAL, sort, n) in known
        ]
        lines.append(f"- {method}: asked for {wanted}×, reached {', '.join(told) or 'nothing to compare with'}.")
    shares = {f"{r.sort} of {r.length}": r.near for r in results if r.size == size}
    told = ", ".join(f"{share:.0%} of {sort}" for sort, share in shares.items())
    lines.append(
        f"- Near hits, an entry where nothing is planted, mostly excused by its context: in {told} characters."
    )
    longest = known[OURS[1], SORTS[0], LENGTHS[-1]].micros
    lines.append(
        f"- Share of a turn (taken as {TURN_MS} ms, not measured here): the full check of {LENGTHS[-1]} characters "
        f"takes {longest / TURN_MS / 10:.2f} %; asked for less than 1 %."
    )
    build = known[OURS[0], SORTS[0], LENGTHS[0]].build
    lines.append(f"- Build of {size:,} deny entries with their allow spans: asked for 0.5 s, reached {build:.2f} s.")
    return "\n".join(lines)


def write(results: Sequence[Result], kinds: str) -> None:
    """Put table and plot into docs/benchmarks.md between its marks."""
    size = max(r.size for r in results)
    (ROOT / "docs" / "benchmarks-filter.svg").write_text(plot(results, size, LENGTHS[-1]), encoding="utf-8")
    page = ROOT / "docs" / "benchmarks.md"
    old = page.read_text(encoding="utf-8") if page.exists() else f"# Benchmarks\n\n{MARK}\n{MARK}\n"
    if MARK not in old:
        old += f"\n{MARK}\n{MARK}\n"
    before, _, rest = old.partition(MARK)
    after = rest.partition(MARK)[2]
    when = datetime.now(UTC).date().isoformat()
    intro = (
        f"## The filter\n\n{(__doc__ or '').strip()}\n\n"
        f"Measured {when}, Python {platform.python_version()}; × is how many times as fast as pyahocorasick's plain "
        f"search in the same run.\n\n{verdict(results)}\n\n"
        f"What the full check costs by what stands in a text, at the greatest size; texts of one kind were checked in a "
        f"row, which spares them some of the caches' misses:\n\n{kinds}\n\n"
    )
    body = f"{intro}{table(results)}\n\n![The ways compared](benchmarks-filter.svg)\n"
    page.write_text(f"{before}{MARK}\n{body}{MARK}{after}", encoding="utf-8")


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60,000 entries only, fewer passes")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plot")
    options = parser.parse_args()
    results, kinds = run(SIZES[-1:] if options.quick else SIZES, 5 if options.quick else 9)
    print(table(results))
    print(verdict(results))
    print(kinds)
    if options.write:
        write(results, kinds)


if __name__ == "__main__":
    main()
