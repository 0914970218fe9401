"""Addresses: 杭州市西湖区文三路478号3幢502室, and colloquial ones without the city."""
# ruff: noqa: E501 (a row of a table of words stays one row)

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.engine.nlu.entities.found_entity import FoundEntity
from bot.engine.nlu.entities.lac import Tagger

_NUM = r"[\da-z零一二三四五六七八九十百甲乙丙丁东南西北]{1,5}"
_DASH = r"(?:-\d{1,5}){1,3}"
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_ESTATE = r"小区|花园|花苑|公寓|家园|新村|新城|名苑|佳苑|雅苑|华府|豪庭|广场|大厦|社区|中心|写字楼|宿舍|别墅|名邸|雅居|国际|工业园|科技园|产业园|医院|银行|学校|大学|小学|中学|校区|商城|市场|酒店|宾馆|大院|苑|府|村|里|庄|湾|郡|庭|城|园|居|邸|寓"
_TAIL = re.compile(
    rf"\s?(?:(?<=[号])(?:,?[院楼]|[之附][一二三四五六七八九十\d]{{1,3}}号?)|{_NUM}(?:号院|号楼|幢|栋|座|单元|弄|巷|号|楼|层|室|房|户|门|区|期|组|队|#楼?)(?:[东南西北]门|门口|门卫|底商|商铺)?"
    rf"|\d{{1,4}}{_DASH}(?:室|号)?|(?<=[幢栋座元楼院号层门#])\s?(?:\d{{2,4}}|[零〇一二三四五六七八九幺]{{3,4}})(?:室|房|号)?(?!\d|年|月|元|块)|[a-z]座|(?:门口|门卫|南门|北门|东门|西门|菜鸟驿站|丰巢柜?|快递柜|收发室|前台|物业)"
    r"|[东西南北村]头(?:第[一二三四五六七八九\d]家)?|(?<=[镇乡])[\u4e00-\u9fff]{1,4}[村庄屯寨]|圩上|街上|路口|[一二三四五六七八九\d]{1,2}[小中](?=对面|旁边|隔壁|门口)|斜?对面|旁边|隔壁)"
)
_ROAD = re.compile(r"(?:路|街|大道|大街|胡同|巷|弄|道|里|段|线|环|号|桥)$")
_STREET = re.compile(
    rf"[\u4e00-\u9fff]{{1,6}}?(?:大道|大街|胡同|路|街|巷|弄)(?:[东南西北中一二三四五六]段|[东南西北]口)?\s?{_NUM}(?:-\d+)?(?:号|弄|巷)"
)
_HOME = re.compile(
    rf"[\u4e00-\u9fff]{{1,8}}?(?:{_ESTATE})(?:[一二三四五六七八九十\d东南西北]{{1,2}}[期区])?\s?{_NUM}(?:号楼|幢|栋|座|号院|#|单元|号)"
)
_REGION = re.compile(
    rf"(?:(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?\s?)?(?:[\u4e00-\u9fff]{{2,4}}?(?:市|州|盟)\s?)?(?:[\u4e00-\u9fff]{{1,4}}?(?:新区|区|县|旗|市)\s?)?"
    rf"(?:[\u4e00-\u9fff]{{1,4}}?(?:街道|镇|乡)\s?)?$"
)
_LEAD = re.compile(
    r".*(?:地址|住址|收货|寄送|换成|改成|改为|改到|改送|送到|送|寄到|发到|送去|寄去|送往|搬到|住在|家在|人在|公司在|位于|填成|填的|填|是|在|到|住|往|寄|给|去|我家|我们|我|从|就|跟|和|的|为|:|,|\.|;|!|\?|了|把|错|写|叫|来|请|帮|麻烦|上门)"
)
_CUE = re.compile(r"地址|住在|住址|我住|家住|送到|寄到|发到|改到|改成|换成|位置")
_WORTH = re.compile(
    r"[路街巷弄道段]\s?[\d一二三四五六七八九十]|[\d一二三四五六七八九十]\s?(?:号[院楼]?(?!码)|幢|栋|座|单元|室|弄)(?!机)|#"
    r"|(?:小区|花园|公寓|大厦|家园|新村|街道|苑|广场)\s?[\da-z一二三四五六七八九十东南西北]"
    r"|[\da-z]座|[县区旗市]\s?[\u4e00-\u9fff]{1,5}(?:镇|乡|街道)|[镇乡][\u4e00-\u9fff]{1,6}[村庄屯寨]"
)
_REGION_SIGN = re.compile(r"[省市区县镇乡村路街道巷苑园城府厦场学]")
_VALUABLE = re.compile(
    r"\d|[一二三四五六七八九十]+(?:号|幢|栋|单元|楼|室|组)|小区|花园|公寓|大厦|家园|广场|新村|苑|村|校区|大学|医院|宿舍|中心"
)


@dataclass
class _Span:
    start: int
    end: int
    places: int


def address_wanted(folded: str, asked: bool) -> bool:
    """Say whether an address may stand in the text."""
    return asked or _WORTH.search(folded) is not None or bool(_CUE.search(folded) and _REGION_SIGN.search(folded))


def find_addresses(folded: str, tagger: Tagger, taken: list[FoundEntity], *, asked: bool) -> list[FoundEntity]:
    """Return the addresses in ``folded``, as written.

    Args:
        taken: entities found before (numbers, times, persons); an address never covers them.
        asked: the bot has just asked for an address.
    """
    if not address_wanted(folded, asked):
        return []
    spans = _merge(folded, [*_from_tagger(folded, tagger), *_from_patterns(folded)], taken)
    found = []
    for span in spans:
        text = folded[span.start : span.end].strip(" ,.;:")
        start = folded.index(text, span.start) if text else span.start
        one = FoundEntity("address", text, start, start + len(text))
        if len(text) >= 3 and not one.overlaps(taken) and _good(folded, one, span, asked):
            found.append(one)
    return found


def _good(folded: str, found: FoundEntity, span: _Span, asked: bool) -> bool:
    text = found.value
    if _VALUABLE.search(text) and (span.places or _STREET.search(text) or _HOME.search(text)):
        return len(text) >= 4
    told = _CUE.search(folded[max(0, found.start - 8) : found.start]) is not None
    return (asked or told) and span.places >= 1 and len(text) >= (3 if asked else 4)


def _from_tagger(folded: str, tagger: Tagger) -> list[_Span]:
    spans = []
    for word in tagger(folded):
        if word.tag in {"LOC", "ORG"} or (word.tag == "nz" and _ROAD.search(word.text)):
            spans.append(_Span(word.start, word.end, 1))
    return spans


def _from_patterns(folded: str) -> list[_Span]:
    spans = []
    for pattern in (_STREET, _HOME):
        for match in pattern.finditer(folded):
            lead = _LEAD.match(folded[match.start() : match.end() - 2])
            start = match.start() + (lead.end() if lead and lead.end() < match.end() - match.start() - 3 else 0)
            spans.append(_Span(start, match.end(), 1))
    return spans


def _merge(folded: str, spans: list[_Span], taken: list[FoundEntity]) -> list[_Span]:
    """Join spans that touch or are parted by one blank, and let building and room follow."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        span = _Span(span.start, _follow(folded, span.end, taken), span.places)
        last = merged[-1] if merged else None
        if last and span.start <= last.end:
            last.end = max(last.end, span.end)
            last.places += span.places
        elif last and span.start - last.end <= 2 and not folded[last.end : span.start].strip(" ,的"):
            last.end, last.places = span.end, last.places + span.places
        else:
            merged.append(span)
    return merged


def _follow(folded: str, end: int, taken: list[FoundEntity]) -> int:
    while True:
        match = _TAIL.match(folded, end)
        if match is None or FoundEntity("", "", match.start(), match.end()).overlaps(taken):
            return end
        end = match.end()
