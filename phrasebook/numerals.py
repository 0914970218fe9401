"""Chinese numerals: the signs, the digits they stand for, and the numbers they write."""

from __future__ import annotations

FIGURES = "0123456789"
COMMON = "〇零一二三四五六七八九"
FORMAL = "壹贰叁肆伍陆柒捌玖"
"""As banks write them, so that no stroke can be added."""
DIGITS = {
    **{sign: digit for digit, sign in enumerate(COMMON[1:])},
    **{sign: digit for digit, sign in enumerate(FORMAL, start=1)},
    "〇": 0,
    "幺": 1,  # on the telephone
    "两": 2,
}
UNITS = {"十": 10, "百": 100, "千": 1000}
MYRIAD = 10_000

TO_FIGURES = str.maketrans({sign: str(digit) for sign, digit in DIGITS.items()})
"""For `str.translate`: each sign of one digit becomes a figure, lengths kept."""
TO_COMMON = str.maketrans(FIGURES, COMMON[1:])
TO_FORMAL = str.maketrans(FIGURES, "零" + FORMAL)


def read_number(text: str) -> int | None:
    """Return the number that figures or Chinese numerals write, None when the text is no number.

    Reads what people say: 十二, 二十, 一百零二, 两千五 (2500), 三万, and digits one after the other (二〇二六).

    Args:
        text: no blanks, no sign, no decimals.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    myriads = total = digit = 0
    unit = 1
    for sign in text:
        if sign in DIGITS:
            digit = 10 * digit + DIGITS[sign]
        elif sign in UNITS:
            unit = UNITS[sign]
            total += (digit or 1) * unit
            digit = 0
        elif sign == "万":
            myriads += (total + digit) * MYRIAD
            total, digit, unit = 0, 0, MYRIAD
        else:
            return None
    left_out = digit and unit >= UNITS["百"] and "零" not in text[-2:]
    return myriads + total + (digit * unit // 10 if left_out else digit) if text else None
