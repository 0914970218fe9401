"""Classify a complaint: cause, class, weight and heat (service manual, complaints)."""

from __future__ import annotations

import re
from typing import Literal

from phrasebook.book.tone import AngerSigns, tone_for

type Class = Literal["service", "product", "external"]

_EXTERNAL = re.compile(r"台风|暴雨|暴雪|洪水|地震|疫情|封路|停电|政府|管制|不可抗力|天气原因")
_CAUSES: tuple[tuple[str, Class, re.Pattern[str]], ...] = (
    (
        "delivery",
        "service",
        re.compile(r"快递|物流|配送|送货|派件|骑手|驿站|丢件|丢了|延误|还没到|没收到|晚到|迟到|签收|送错"),
    ),
    (
        "staff",
        "service",
        re.compile(
            r"态度|客服|店员|师傅|员工|导购|骂|吼|推诿|敷衍|不理|没人管|没人理|服务|挂(我)?电话|爽约|没来|忽悠|承诺|答应"
        ),
    ),
    (
        "price",
        "service",
        re.compile(r"价格|多收|乱收费|收费|费用|扣(了)?款|扣钱|降价|差价|优惠|券|贵了|欺诈|虚假宣传|保价|发票"),
    ),
    (
        "product",
        "product",
        re.compile(
            r"质量|坏|破|裂|漏|故障|瑕疵|假货|发错|错发|少发|漏发|变质|发霉|过期|异味|褪色|掉色|不符|不能用|用不了|不能开机|开不了机|不动了|没声|不工作|不转|不亮|充不|划痕|污渍|(?<![撞砸压])烂|发?臭|馊|拉肚子|缺|生锈|二手|瘪|凹|掉漆|塌|爆炸|起火|鼓包|冒烟|不制冷|死机|黑屏|异物|虫"
        ),
    ),
    ("equipment", "service", re.compile(r"设备|环境|卫生|电梯|停车|系统|页面|网站|APP|app|小程序|排队")),
)
_MAJOR = re.compile(
    r"受伤|住院|过敏|中毒|烫伤|烧伤|触电|爆炸|起火|人身|孩子|老人.{0,6}(摔|伤)|12315|消协|工商|市场监管|起诉|律师|法院|媒体|曝光|记者|报警|欺诈|诈骗|假货|辱骂|威胁|打人|动手|隐私|泄露|"
    r"(第|都)?[三四五六七八九十3-9]次(投诉|反映|联系|打电话)|投诉(了)?(好)?[几多三四五]次"
)
_URGENT = re.compile(r"住院|中毒|烧伤|触电|爆炸|起火|报警|昏迷|大出血")
_ANGRY = re.compile(
    r"气死|烦死|垃圾|骗|坑|黑心|忍无可忍|太过分|恶心|无语|什么破|凭什么|必须|马上|立刻|!{2,}|！{2,}|滚|妈的|他妈|操|傻|脑残|受够"
)


def cause(text: str) -> str:
    """Return the cause: delivery, staff, price, product, equipment or other; the one named first decides."""
    found = [(match.start(), name) for name, _, pattern in _CAUSES if (match := pattern.search(text))]
    return min(found)[1] if found else "other"


def class_of(text: str) -> Class:
    """Return whose matter it is: our service, the goods themselves, or beyond our control."""
    if _EXTERNAL.search(text):
        return "external"
    causes = {name: kind for name, kind, _ in _CAUSES}
    found = cause(text)
    # A fault of the goods weighs more than how its handling was: it names what has to be put right.
    if found != "product" and _CAUSES[3][2].search(text) and found in ("delivery", "other"):
        return "product"
    return causes.get(found, "service")


def weight_of(text: str) -> str:
    """Return how heavy the complaint is: general, major, urgent."""
    if _URGENT.search(text):
        return "urgent"
    return "major" if _MAJOR.search(text) else "general"


def anger_level_of(text: str, *, insulted: bool) -> int:
    """Return the customer's heat from 1 to 3: the rung of the tone ladder that the apology stands on."""
    rung = tone_for(AngerSigns(complaints=1, abusive=int(insulted), angry=bool(_ANGRY.search(text))))
    return int(rung.removeprefix("apology"))
