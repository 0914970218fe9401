"""Amounts of money: 299元, ¥1,299, 三块五, 1.2万, 一千二百块."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from bot.engine.nlu.entities.found_entity import FoundEntity, without_overlap
from phrasebook.numerals import DIGITS, read_number

_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?"
_WORDS = r"[零一二两三四五六七八九十百千万]{1,9}"
_SIGN = re.compile(rf"(?:[¥￥$]|rmb|cny|人民币)\s*(?P<figure>{_FIGURE})(?P<ten>万|w|k)?(?!\d)")
_UNIT = re.compile(
    rf"(?<![\d.第])(?P<figure>{_FIGURE}|{_WORDS})(?P<ten>[万千百wk](?P<after>[\d一二三四五六七八九](?!\d))?)?\s*多?"
    r"(?P<unit>元|块钱|块|rmb|人民币|(?:角|毛)钱?)(?P<tail>(?P<cents>\d{1,2}|[一二三四五六七八九](?:[二三四五六七八九]|一(?!斤|个|件|只|份|瓶|盒|包))?)(?:毛|角)?(?!\d|[个块元天点]))?"
)
_COUNTED = r"[个件多人步次米斤平页字万千百年天号倍公克升毫寸岁点分秒小时码瓦度层楼位名条张片颗只双台套盒瓶包本块元]"
_SHORT = re.compile(
    rf"(?<![\d.a-z第])(?P<figure>\d{{1,4}}|[一二两三四五六七八九])(?P<ten>[万千wk](?P<after>[1-9一二三四五六七八九]))"
    rf"(?![\da-z一二三四五六七八九十百千]|\s?{_COUNTED})"
)
"""A short amount without its unit: 3万2, 1k5, 两千八."""
_PAID = re.compile(
    r"(?:(?:退|付|花|卖|补|交|收|扣|便宜|降|涨|赔|赚|贵)(?:款|回)?(?:了|我|你们|给我|掉){0,2}|差价|定金|订金|尾款|押金|运费|还剩|总共|一共|要价|原价|券后)\s?"
    rf"(?P<figure>[1-9]\d{{1,4}}|[一二两三四五六七八九][百千万][零一二两三四五六七八九十百千]{{0,7}})"
    rf"(?=$|[\s,.!?;](?!{_COUNTED})|[才还就行吧的你我都了能呢啊])"
)
"""A bare number that was paid or is asked back: 付了一千二百八, 退我200."""
_BARGAIN = re.compile(r"(?<![\d.:\-])(?P<figure>[1-9]\d{0,4}(?:\.\d{1,2})?)(?=能拿下|能买到|能卖|卖不卖|到手|包邮)")
_PIECE = re.compile(
    r"[\u4e00-\u9fff]*?(?:表|板|糖|肉|饼|屏|电池|豆腐|香皂|肥皂|砖|玻璃|布|毛巾|地|硬盘|去|儿|蛋糕|巧克力|石|木|吧$|区域|内容)"
)
_COST = re.compile(
    r"(?:差价|差|价|退|付|花|卖|补|要|才|共|交|收|扣|便宜|降|涨|省|减|是|到|送|赔|贵|得|只|就|给|返|赚|少|多|满|了)\s*我?$"
)
_SCALES = {"万": 10000, "w": 10000, "千": 1000, "k": 1000, "百": 100}


def find_amounts(folded: str) -> list[FoundEntity]:
    """Return the amounts in ``folded``; values are decimal strings in yuan with two places."""
    found = [*_signed(folded), *_with_unit(folded)]
    found += without_overlap(_short(folded), found)
    return found + without_overlap(_bare(folded), found)


def _signed(text: str) -> Iterator[FoundEntity]:
    for match in _SIGN.finditer(text):
        yield from _found(_number(match["figure"], match["ten"], None), match.start(), match.end())


def _short(text: str) -> Iterator[FoundEntity]:
    for match in _SHORT.finditer(text):
        yield from _found(_number(match["figure"], match["ten"], match["after"]), match.start(), match.end())


def _bare(text: str) -> Iterator[FoundEntity]:
    for pattern in (_PAID, _BARGAIN):
        for match in pattern.finditer(text):
            yield from _found(_number(match["figure"], None, None), match.start("figure"), match.end("figure"))


def _with_unit(text: str) -> Iterator[FoundEntity]:
    for match in _UNIT.finditer(text):
        if text[match.start() - 1 : match.start()] in {"¥", "￥"}:
            continue
        value = _number(match["figure"], match["ten"], match["after"])
        if value is None or not _is_money(text, match):
            continue
        unit = match["unit"]
        if unit[0] in "角毛":
            value /= 10
        end = match.end()
        if match["cents"]:
            cents = "".join(str(DIGITS.get(sign, sign)) for sign in match["cents"])
            value += Decimal(cents) / 10 ** len(cents)
        yield from _found(value, match.start(), end)


def _is_money(text: str, match: re.Match[str]) -> bool:
    """Tell 三块五 and 退我20块 from 两块手表 and 一块去."""
    if match["unit"] != "块" or match["cents"]:
        return True
    after = text[match.end() : match.end() + 6]
    if not after or not after[0].isalpha() or after[0].isascii():
        return match["figure"] not in {"一"} or _COST.search(text[: match.start()]) is not None
    if _PIECE.match(after):
        return False
    number = _number(match["figure"], match["ten"], match["after"])
    return bool(_COST.search(text[: match.start()])) or (number is not None and number >= 5)


def _number(figure: str, scale: str | None, after: str | None) -> Decimal | None:
    try:
        value = Decimal(figure.replace(",", "")) if figure[0].isdigit() else _spoken_amount(figure)
    except InvalidOperation:
        return None
    if value is None:
        return None
    if scale:
        factor = _SCALES[scale[0]]
        value *= factor
        if after:
            value += Decimal(DIGITS.get(after, int(after) if after.isdigit() else 0) * factor // 10)
    return value


def _found(value: Decimal | None, start: int, end: int) -> Iterator[FoundEntity]:
    if value is not None and value <= Decimal("99999999.99"):
        yield FoundEntity("amount", f"{value:.2f}", start, end)


def _spoken_amount(words: str) -> Decimal | None:
    """Return the value of words such as 一千二百; 百 alone, as in 几百块, names no amount."""
    number = None if words[0] in "百千万" else read_number(words)
    return None if number is None else Decimal(number)
