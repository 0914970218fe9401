"""Read small Chinese numbers as people write them in times: 三, 十二, 两, 廿一, 08."""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "几": 3}
NUMBER = r"(?:\d{1,3}|[零〇一二两三四五六七八九]?[十百][零〇一二两三四五六七八九十]{0,3}|[零〇一二两三四五六七八九])"


def read_number(text: str) -> int | None:
    """Return the value of ``text`` (0–999) or None when it is no number.

    Args:
        text: ASCII digits or Chinese numerals without blanks.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    total = current = 0
    for sign in text:
        if sign == "百":
            total += (current or 1) * 100
            current = 0
        elif sign == "十":
            total += (current or 1) * 10
            current = 0
        elif sign in _DIGITS:
            current = current * 10 + _DIGITS[sign] if total == 0 else _DIGITS[sign]
        else:
            return None
    return total + current if text else None
