"""Make `phrasebook/tables/*.txt` anew: `python -m tests.phrasebook.make_tables`.

The tables are shipped so that neither OpenCC nor pypinyin is needed at run time; `test_tables.py`
compares them with what this script makes.
"""

from __future__ import annotations

from pathlib import Path

TABLES = Path(__file__).parents[2] / "phrasebook" / "tables"
# OpenCC leaves these alone because they are words of their own; as evasions they are the same.
EXTRA = {"妳": "你", "著": "着", "裏": "里", "祂": "他", "牠": "它", "佢": "他", "囗": "口", "曰": "日", "坄": "圾"}
# In simplified text these are characters of their own, not traditional forms.
KEPT = frozenset("吒夥榘醣徵")


def traditional() -> str:
    """Make the table of traditional characters with one simplified counterpart."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    others = [OpenCC(name).convert for name in ("jp2t", "tw2t", "hk2t")]
    pairs = {}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00)):
        char = chr(code)
        simple = convert(char)
        if simple != char and len(simple) == 1 and ord(simple) < 0x10000 and char not in KEPT:
            pairs[char] = simple
        elif simple == char and not _common(char):
            # Japanese, Taiwan and Hong Kong forms: 廃 脳 爲
            variants = {convert(other(char)) for other in others} - {char}
            if len(variants) == 1 and len(variant := variants.pop()) == 1:
                pairs[char] = variant
    pairs.update(EXTRA)
    head = (
        "# Traditional and simplified, in pairs. From OpenCC's TSCharacters (Apache-2.0), with our own extra pairs.\n"
    )
    return head + "\n".join(a + b for a, b in sorted(pairs.items())) + "\n"


def _common(char: str) -> bool:
    return len(char.encode("gb2312", "ignore")) == 2


def pinyin() -> str:
    """Make the table of syllables without tones and the GB 2312 characters read so."""
    from pypinyin import Style, lazy_pinyin

    rows: dict[str, list[str]] = {}
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            syllable = lazy_pinyin(char, style=Style.NORMAL)[0]
            if syllable.isascii() and syllable.isalpha():
                rows.setdefault(syllable, []).append(char)
    for char, syllable in (("屄", "bi"), ("屌", "diao"), ("肏", "cao"), ("妳", "ni")):
        if char not in rows.setdefault(syllable, []):
            rows[syllable].append(char)
    head = "# Syllable without tone, then the characters read so. From pypinyin (MIT), most frequent reading.\n"
    return head + "\n".join(f"{s} {''.join(rows[s])}" for s in sorted(rows)) + "\n"


def ordinary() -> str:
    """Make the table of pairs that sound like a forbidden pair and stand in jieba's dictionary."""
    import jieba

    from phrasebook.filter.fold import syllables
    from phrasebook.filter.forbidden_lists import load_lists
    from phrasebook.filter.rules import patterns_of

    table = syllables()
    alike: dict[str, list[str]] = {}
    for char, syllable in table.items():
        alike.setdefault(syllable, []).append(char)
    lists = load_lists(TABLES.parent / "forbidden")
    pairs = {p for p, entries in patterns_of(lists.entries).items() if any(e.family.sound for e in entries)}
    sounds = set()
    for pair in pairs:
        if len(pair) == 2 and all(char in table for char in pair):
            sounds.update(pair[0] + other for other in alike[table[pair[1]]])
            sounds.update(other + pair[1] for other in alike[table[pair[0]]])
    found = set()
    words = (Path(jieba.__path__[0]) / "dict.txt").read_text(encoding="utf-8").splitlines()
    for word in (line.split(" ")[0] for line in words):
        found.update(word[i : i + 2] for i in range(len(word) - 1) if word[i : i + 2] in sounds)
    rows = sorted(found - pairs)
    head = "# Pairs that sound like a forbidden pair but stand in ordinary words (jieba's dictionary, MIT).\n"
    return head + "\n".join(" ".join(rows[i : i + 30]) for i in range(0, len(rows), 30)) + "\n"


if __name__ == "__main__":
    (TABLES / "traditional.txt").write_text(traditional(), encoding="utf-8")
    (TABLES / "pinyin.txt").write_text(pinyin(), encoding="utf-8")
    (TABLES / "ordinary.txt").write_text(ordinary(), encoding="utf-8")
