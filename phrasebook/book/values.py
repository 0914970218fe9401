"""Say typed values as a clerk would write them: dates, money, phones, numbers.

Each function takes the raw value and returns what is said, or raises ValueError with a cause that
does not repeat the value (it may be personal data).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from phrasebook.china_time import SHANGHAI

_WEEKDAYS = "一二三四五六日"
_MONEY_LIMIT = Decimal("100000000")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|95\d{3,6}|1[012]\d{1,3}")
_TICKET = re.compile(r"[A-Z]{1,3}\d{6}-\d{4,8}")
_ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,31}")
_URL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#][!#-;=?-Z_a-z~]*)?")
_MARKUP = str.maketrans({"<": "\uff1c", ">": "\uff1e"})
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_MARKS = re.compile(r"[、，；：。]")
_ASCII_DIGITS = re.compile(r"[0-9]+")


class ApprovedWords(str):
    """Words of another approved phrase that stand for a value of any type: they are said as they are."""


def say_text(value: object, now: datetime | None = None) -> str:
    """Take what a person typed: one line, no control or invisible characters, no live markup."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {type(value).__name__}")
    kept = "".join(c if c in "\t\n\r" or _visible(c) else "" for c in value)
    text = _ENTITY.sub("\uff06", " ".join(kept.split()).translate(_MARKUP))
    if not text:
        raise ValueError("is empty")
    return text


def say_list(value: object, now: datetime | None = None) -> str:
    """Say texts in a row: 、 between them, ； where one of them holds a mark of its own."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise ValueError(f"must be a list of texts, not {type(value).__name__}")
    said = [say_text(item) for item in items]
    if not said:
        raise ValueError("is empty")
    return ("；" if len(said) > 1 and any(_MARKS.search(item) for item in said) else "、").join(said)


def say_numbered(value: object, now: datetime | None = None) -> str:
    """Number texts, one a line: the choices of a channel without buttons."""
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise ValueError(f"must be a list of texts, not {type(value).__name__}")
    return "\n".join(f"{number}. {say_text(item)}" for number, item in enumerate(items, start=1))


def _visible(char: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: control, invisible, half a pair, private, unassigned. Zl, Zp break a line.
    category = unicodedata.category(char)
    return category[0] != "C" and category not in ("Zl", "Zp")


def say_date(value: object, now: datetime | None = None) -> str:
    """Say 2026-11-23 as 11月23日（周一）, with the year when it is not this one."""
    day = _as_datetime(value).date() if _has_time(value) else _as_date(value)
    year = f"{day.year}年" if now is not None and day.year != now.astimezone(SHANGHAI).year else ""
    return f"{year}{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def say_time(value: object, now: datetime | None = None) -> str:
    """Say 10:30 as 上午10点半."""
    if isinstance(value, datetime):
        moment = value.time() if value.tzinfo is None else value.astimezone(SHANGHAI).time()
    elif isinstance(value, time):
        moment = value
    elif isinstance(value, str):
        try:
            moment = _as_datetime(value).time() if "T" in value else time.fromisoformat(value.strip().zfill(5))
        except ValueError:
            raise ValueError("is no time such as 10:30") from None
    else:
        raise ValueError("is no time such as 10:30")
    minutes = f"{moment.minute:02d}分" if moment.minute else ""
    if moment.minute == 30:
        minutes = "半"
    hour = moment.hour
    shown = hour - 12 if hour > 12 else hour
    return f"{_part_of_day(hour)}{shown}点{minutes}"


def _part_of_day(hour: int) -> str:
    for bound, word in ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午")):
        if hour < bound:
            return word
    return "晚上"


def say_date_time(value: object, now: datetime | None = None) -> str:
    """Say an ISO 8601 moment in Shanghai's time: 11月23日（周一）上午10点."""
    moment = _as_datetime(value)
    return say_date(moment.date(), now) + say_time(moment.time())


def _has_time(value: object) -> bool:
    return isinstance(value, datetime) or (isinstance(value, str) and "T" in value)


def _as_datetime(value: object) -> datetime:
    moment = value
    if isinstance(value, str):
        try:
            # Python 3.10 reads no Z.
            moment = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", value.strip()))
        except ValueError:
            raise ValueError("is no ISO 8601 moment such as 2026-11-23T10:00:00+08:00") from None
    if not isinstance(moment, datetime):
        raise ValueError("is no ISO 8601 moment such as 2026-11-23T10:00:00+08:00")
    try:
        return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


def _as_date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError("is no date such as 2026-11-23")


def _decimal(value: object) -> Decimal:
    # A float has lost its cents already; a bool is a number to Python only.
    if isinstance(value, (float, bool)) or not isinstance(value, (str, int, Decimal)):
        raise ValueError("must be a decimal string such as 1299.00")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError("must be a decimal string such as 1299.00") from None
    if not number.is_finite():
        raise ValueError("must be a finite number")
    return number


def say_money(value: object, now: datetime | None = None) -> str:
    """Say 1299 as ¥1,299.00."""
    amount = _decimal(value)
    if not 0 <= amount < _MONEY_LIMIT:
        raise ValueError(f"must lie between 0 and {_MONEY_LIMIT}")
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("has more than two decimals")
    return f"¥{amount:,.2f}"


def say_integer(value: object, now: datetime | None = None) -> str:
    """Say a whole number in plain digits."""
    number = _decimal(value)
    if number != number.to_integral_value() or abs(number) > 10**12:
        raise ValueError("must be a whole number")
    return str(int(number))


def say_percent(value: object, now: datetime | None = None) -> str:
    """Say 15 (per cent, no fraction of one) as 15%."""
    number = _decimal(value)
    if abs(number) > 1000:
        raise ValueError("must lie between -1000 and 1000")
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def say_phone(value: object, now: datetime | None = None) -> str:
    """Say a phone or hotline number, without +86 and blanks."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ValueError("is no phone number")
    bare = re.sub(r"^(?:\+|00)86", "", re.sub(r"[\s()（）–—]", "", str(value).replace("\uff0d", "-")))
    if re.fullmatch(r"1[3-9]\d-?\d{4}-?\d{4}", bare):
        bare = bare.replace("-", "")
    if not (bare.isascii() and _PHONE.fullmatch(bare)):
        raise ValueError("is no phone number")
    return bare


def mask_middle(text: str) -> str:
    """Hide the middle: 138****5678, 0571-****6666, 2611****0123, 王*."""
    digits = [i for i, c in enumerate(text) if c.isalnum()]
    if len(digits) < 4:
        return text[:1] + "*" * max(1, len(text) - 1)
    hidden = digits[-8:-4] if len(digits) >= 8 else digits[1:-1]
    return "".join("*" if i in hidden else c for i, c in enumerate(text))


def _shaped(pattern: re.Pattern[str], what: str, upper: bool) -> Callable[[object, datetime | None], str]:
    def say(value: object, now: datetime | None = None) -> str:
        text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        text = text.upper() if upper else text
        if not pattern.fullmatch(text):
            raise ValueError(f"is no {what}")
        return text

    return say


SAY: Mapping[str, Callable[[object, datetime | None], str]] = {
    "text": say_text,
    "list": say_list,
    "numbered": say_numbered,
    "person": say_text,
    "address": say_text,
    "date_time": say_date_time,
    "date": say_date,
    "time": say_time,
    "money": say_money,
    "integer": say_integer,
    "percent": say_percent,
    "phone": say_phone,
    "ticket": _shaped(_TICKET, "ticket number such as T261122-48301753", upper=True),
    "order": _shaped(_ORDER, "order number", upper=False),
    "url": _shaped(_URL, "http or https address", upper=False),
}
