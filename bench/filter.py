"""Measure the filter against other ways to find many phrases: `python -m bench.filter [--quick] [--write]`.

Entries: the shipped lists, filled up with phrases composed of jieba's words. Texts: the approved phrases
with their samples, joined to 30 and 200 characters; a forbidden phrase is planted in every tenth. Every
pass reads fresh strings (CPython keeps the UTF-8 form of a string it has seen). Competitors that are not
installed are named and left out; `--write` puts table and plot into docs/.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import platform
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from phrasebook.check import SHIPPED, Checker
from phrasebook.forbid import Allow, Entry, Family, load_lists
from phrasebook.load import load_book
from phrasebook.render import sample_text
from phrasebook.rules import Rules

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 60_000)
LENGTHS = (30, 200)
TEXTS = 2_000
# A way that needs longer than this for one text is measured on fewer texts.
PATIENCE = 4.0
MARK = "<!-- filter -->"
OURS = ("Liyan, exact pass", "Liyan, full check")

Search = Callable[[str], object]


@dataclass(frozen=True)
class Result:
    """Hold one measurement: microseconds a text, best of the passes, and seconds to build."""

    method: str
    size: int
    length: int
    micros: float
    median: float
    build: float


def words() -> list[str]:
    """List jieba's everyday Chinese words."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        sys.exit("bench.filter: jieba is missing; run it in the service's environment (uv run)")
    rows = (Path(spec.origin).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split(" ")[:2] for row in rows)
    return [
        word for word, count in pairs if 2 <= len(word) <= 4 and int(count) > 50 and "\u4e00" <= word[0] <= "\u9fff"
    ]


def texts(length: int, planted: Sequence[str], chance: random.Random) -> list[str]:
    """Join approved sentences to texts of about this length; plant a phrase in every tenth."""
    book = load_book(ROOT / "phrasebook" / "approved")
    said = [sample_text(phrase, i) for phrase in book for i in range(len(phrase.variants))]
    found = []
    for number in range(TEXTS):
        text = ""
        while len(text) < length:
            text += chance.choice(said)
        text = text[:length]
        if number % 10 == 0:
            phrase, place = chance.choice(planted), chance.randrange(length // 2)
            text = text[:place] + phrase + text[place + len(phrase) :]
        found.append(text)
    return found


def entries(size: int, allow: int, clean: str, chance: random.Random) -> tuple[list[Entry], list[Allow], list[str]]:
    """Take the shipped lists and compose phrases, none of which stands in the clean texts, up to a size."""
    lists = load_lists(SHIPPED)
    family = Family("bench", "bench", "bench", "block", frozenset({"bot", "clerk"}), "safe.generic")
    vocabulary = words()
    known: set[str] = set()
    while len(known) < size + allow:
        phrase = "".join(chance.choices(vocabulary, k=chance.choice((1, 2, 2, 3))))[:8]
        if len(phrase) >= 3 and phrase not in clean:
            known.add(phrase)
    composed = sorted(known)
    chance.shuffle(composed)
    shipped = list(lists.entries)[:size]
    deny = shipped + [Entry(phrase, family) for phrase in composed[: size - len(shipped)]]
    spans = list(lists.allows)[:allow]
    spans += [Allow(phrase + "了") for phrase in composed[size : size + allow - len(spans)]]
    return deny, spans, composed[: size - len(shipped)] or [entry.text for entry in shipped if "(" not in entry.text]


def competitors(phrases: Sequence[str]) -> dict[str, Callable[[], Search]]:
    """Name every way to search that is installed, each as a function that builds it."""
    ways: dict[str, Callable[[], Search]] = {
        "naive loop": lambda: lambda text: [p for p in phrases if p in text],
        "re alternation": lambda: re.compile("|".join(map(re.escape, phrases))).findall,
    }
    for name, build in (
        ("pyahocorasick", _pyahocorasick),
        ("flashtext", _flashtext),
        ("hyperscan", _hyperscan),
        ("spaCy PhraseMatcher", _spacy),
    ):
        module = {"pyahocorasick": "ahocorasick", "spaCy PhraseMatcher": "spacy"}.get(name, name)
        if importlib.util.find_spec(module) is None:
            print(f"missing: {name} (pip install {name.split()[0].lower()})", file=sys.stderr)
        else:
            ways[name] = _with(build, phrases)
    return ways


def _with(build: Callable[[Sequence[str]], Search], phrases: Sequence[str]) -> Callable[[], Search]:
    return lambda: build(phrases)


def _pyahocorasick(phrases: Sequence[str]) -> Search:
    ahocorasick: Any = importlib.import_module("ahocorasick")
    automaton = ahocorasick.Automaton()
    for index, phrase in enumerate(phrases):
        automaton.add_word(phrase, index)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text))


def _flashtext(phrases: Sequence[str]) -> Search:
    processor: Any = importlib.import_module("flashtext").KeywordProcessor()
    processor.add_keywords_from_list(list(phrases))
    return lambda text: processor.extract_keywords(text, span_info=True)


def _hyperscan(phrases: Sequence[str]) -> Search:
    hyperscan: Any = importlib.import_module("hyperscan")
    database = hyperscan.Database()
    expressions = [phrase.encode() for phrase in phrases]
    database.compile(
        expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), literal=True
    )

    def search(text: str) -> object:
        found: list[tuple[int, int, int]] = []
        database.scan(text.encode(), match_event_handler=lambda i, a, b, f, c: found.append((a, b, i)))
        return found

    return search


def _spacy(phrases: Sequence[str]) -> Search:
    spacy: Any = importlib.import_module("spacy")
    matcher_class: Any = importlib.import_module("spacy.matcher").PhraseMatcher
    language = spacy.blank("zh")  # its plain tokenizer: one token a character
    matcher = matcher_class(language.vocab)
    matcher.add("deny", list(language.tokenizer.pipe(phrases)))
    return lambda text: matcher(language.make_doc(text))


def _exact(rules: Rules) -> Search:
    return lambda text: rules.exact(text, "bot")


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
        first = time.perf_counter()
        search(raw[0].decode())
        slow = time.perf_counter() - first
        parts[name] = raw[: max(20, min(len(raw), int(PATIENCE / passes / max(slow, 1e-7))))]
    gc.disable()
    for _ in range(passes):
        for name, search in searches.items():
            fresh = [row.decode() for row in parts[name]]
            start = time.perf_counter()
            for row in fresh:
                search(row)
            times[name].append((time.perf_counter() - start) / len(fresh) * 1e6)
    gc.enable()
    return {name: (min(taken), statistics.median(taken)) for name, taken in times.items()}


def run(sizes: Sequence[int], passes: int) -> list[Result]:
    """Measure every way at every size and length."""
    results: list[Result] = []
    for size in sizes:
        chance = random.Random(size)
        clean = "\n".join(texts(200, ["，"], chance))
        deny, spans, planted = entries(size, 2_000 if size >= 10_000 else 200, clean, chance)
        corpora = {length: texts(length, planted, chance) for length in LENGTHS}
        start = time.perf_counter()
        rules = Rules(deny, spans)
        built = {OURS[0]: time.perf_counter() - start, OURS[1]: 0.0}
        searches = {OURS[0]: _exact(rules), OURS[1]: _full(rules)}
        for name, build in competitors([entry.text for entry in deny]).items():
            start = time.perf_counter()
            searches[name] = build()
            built[name] = time.perf_counter() - start
        for length in LENGTHS:
            for name, (best, median) in measure(searches, corpora[length], passes).items():
                results.append(Result(name, size, length, best, median, built[name]))
                print(f"{name:22} {size:6} entries {length:4} chars {best:10.2f} µs (median {median:.2f})")
    return results


def table(results: Sequence[Result]) -> str:
    """Write the results as Markdown: microseconds a text and how many times as fast as pyahocorasick."""
    base = {(r.size, r.length): r.micros for r in results if r.method == "pyahocorasick"}
    lines = ["| way | entries | 30 chars µs | × | 200 chars µs | × | build s |", "|---|---|---|---|---|---|---|"]
    for method in dict.fromkeys(r.method for r in results):
        for size in dict.fromkeys(r.size for r in results):
            cells = [f"{method} | {size:,}"]
            rows = [r for r in results if r.method == method and r.size == size]
            for row in rows:
                known = base.get((size, row.length))
                cells.append(f"{row.micros:,.2f} | {known / row.micros:.1f}" if known else f"{row.micros:,.2f} | –")
            cells.append(f"{rows[0].build:.3f}")
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(results: Sequence[Result], size: int, length: int) -> str:
    """Draw the ways at one size and length as an SVG of bars, on a logarithmic scale."""
    rows = sorted((r for r in results if r.size == size and r.length == length), key=lambda r: r.micros)
    top = max(r.micros for r in rows)
    width, height = 760, 34 * len(rows) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">'
    ]
    parts.append(f'<text x="8" y="20">µs a text, {size:,} entries, {length} characters (logarithmic)</text>')
    for index, row in enumerate(rows):
        y = 34 + 34 * index
        share = _log_share(row.micros, top)
        colour = "#2a7f62" if row.method.startswith("Liyan") else "#9aa5b1"
        parts.append(f'<text x="8" y="{y + 18}">{row.method}</text>')
        parts.append(f'<rect x="190" y="{y + 4}" width="{share * 440:.0f}" height="20" fill="{colour}"/>')
        parts.append(f'<text x="{196 + share * 440:.0f}" y="{y + 18}">{row.micros:,.1f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _log_share(micros: float, top: float) -> float:
    import math

    return math.log10(1 + micros) / math.log10(1 + top)


def write(results: Sequence[Result]) -> None:
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
        f"Measured {when}, Python {platform.python_version()}, best of the passes; × is how many times as fast as "
        "pyahocorasick's plain search in the same run.\n\n"
    )
    body = f"{intro}{table(results)}\n\n![The ways compared](benchmarks-filter.svg)\n"
    page.write_text(f"{before}{MARK}\n{body}{MARK}{after}", encoding="utf-8")


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60,000 entries only, fewer passes")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plot")
    options = parser.parse_args()
    results = run(SIZES[-1:] if options.quick else SIZES, 5 if options.quick else 9)
    print(table(results))
    if options.write:
        write(results)


if __name__ == "__main__":
    main()
