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
    pairs = {}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00)):
        char = chr(code)
        simple = convert(char)
        if simple != char and len(simple) == 1 and ord(simple) < 0x10000 and char not in KEPT:
            pairs[char] = simple
    pairs.update(EXTRA)
    head = "# Traditional and simplified, in pairs. From OpenCC's TSCharacters (Apache-2.0), with our own extra pairs.\n"
    return head + "\n".join(a + b for a, b in sorted(pairs.items())) + "\n"


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


if __name__ == "__main__":
    (TABLES / "traditional.txt").write_text(traditional(), encoding="utf-8")
    (TABLES / "pinyin.txt").write_text(pinyin(), encoding="utf-8")
