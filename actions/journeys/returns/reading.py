"""What is told of goods that come back: why, opened or not, whose fault, what instead (§3.3)."""

from __future__ import annotations

import re
from typing import Any

from actions.framework.answer import Choice, title_of
from actions.framework.quoting import restated
from actions.journeys.complaint.severity import anger_level_of
from actions.reading.answers import free_text_answer, has_defect, is_question, opened_in, wish_in
from actions.reading.message import Message

WISH_OF_INTENT = {"return_goods": "return", "exchange_goods": "exchange", "refund_status": "refund"}
WISHES = (
    Choice("return", "button.return"),
    Choice("exchange", "button.exchange"),
    Choice("repair", "button.repair_wish"),
)
OPENED = (Choice(False, "button.unopened"), Choice(True, "button.opened"))
REASONS = (
    Choice("quality", "button.reason_quality"),
    Choice("size", "button.reason_size"),
    Choice("dislike", "button.reason_dislike"),
    Choice("wrong", "button.reason_wrong"),
)
_CLEARLY_NO_FAULT = re.compile(
    r"不(太|是很|大|怎么|很)?喜欢|不(太|是很)?(想要|合适|好看)|不要了|不满意|后悔|买错|拍错|买多|买重|不合(适|身|脚)|尺码|尺寸|款式|不好看|难看|显胖|不需要|用不(上|着)|降价|便宜|太(大|小|长|短|宽|窄|肥|瘦|厚|薄|贵)|颜色|改主意|冲动"
)
"""Reasons that lie with the customer: no fault is asked after."""
SAYS_FAULTY = re.compile(r"质量|次品|残次|假货|发错|做错|有问题|有毛病|不合格")
ANOTHER = re.compile(r"另|还有|剩|也(要|想)?(退|换)|第二")
"""Other goods of the same order are meant."""
TAKES_BACK = re.compile(
    r"(撤销?|取消|不)(这个|那个)?(的)?(退货?|换货?|退款)(了|申请|吧|$)|(退货?|换货?)(我|就)?(先)?不(退|换|要|办)了|不(退|换)了"
)
"""The request itself is taken back."""
_SHORT = 10
"""Characters in which nothing more stands than what is wished."""
TELLS_OF_GOODS = frozenset({"complaint", "usage_help_fault", "consult_product", "abuse", "repair_booking"})
"""What an account of the goods is taken for when it stands alone."""
FAULTS = frozenset({"quality", "wrong"})
"""Reasons chosen by button that lay the fault with the goods."""
_REASON = re.compile(
    r"不喜欢|不想要|不满意|后悔|买错|拍错|买多|买重|太?(大|小|长|短|宽|窄|肥|瘦|厚|薄|重|轻|贵|紧|松)了|不合(适|身|脚)|尺码|尺寸|颜色|款式|不好看|不舒服|难看|显胖|不需要|用不(上|着)|色差|货不对板|"
    r"与?描述不符|发错|少发|错发|质量|坏|破|裂|漏|瑕疵|故障|毛病|不制冷|不加热|异响|起球|开线|掉色|褪色|过敏|异味|降价|不好用|不好吃|过期|变质|划痕|磨损|脱胶|不亮|不转|黑屏|死机|卡顿|充不"
)


def reason_in(message: Message) -> str | None:
    """Read the clause of a message that gives a reason."""
    clauses = [c for c in re.findall(r"[^\s，。,；;！!？?]+[？?]?", message.words) if not is_question(c)]
    return next((c[:80] for c in clauses if _REASON.search(c) or has_defect(c)), None)


def reason_answer(message: Message) -> str | None:
    """Read the answer to “why?”: words that only change what is wished are none."""
    reason = reason_in(message)
    if reason is not None:
        return message.words[:100]
    changes_wish = wish_in(message) is not None and len(message.bare()) <= _SHORT
    # Whether it was opened, and which goods, is asked for elsewhere: it is no reason.
    names_goods = message.bare() in {str(value) for value in message.values("product")}
    other = names_goods or (opened_in(message) is not None and len(message.bare()) <= _SHORT)
    return None if changes_wish or other else free_text_answer(message)


def more_reason(before: str | None, message: Message) -> str:
    """Return the reason with what a message adds; the title of a button gives way to the customer's own words."""
    in_words = before and not any(choice.value == before for choice in REASONS)
    return f"{before}；{message.words}"[:200] if in_words else message.words[:100]


def is_unclear(reason: str) -> bool:
    """Tell whether a reason in the customer's words leaves open whether the goods are at fault."""
    return not any(option.value == reason for option in REASONS) and not _CLEARLY_NO_FAULT.search(reason)


def is_upset(message: Message) -> bool:
    """Tell whether an apology is due before anything is asked: the goods are at fault, or the customer is angry."""
    return has_defect(message.words) or anger_level_of(message.words, insulted=False) > 1


def shown_reason(reason: str) -> str | dict[str, Any]:
    """Return a reason as it is restated: the title of the button chosen, else the customer's words."""
    return title_of(REASONS, reason) if any(o.value == reason for o in REASONS) else restated(reason)


def alternative_answer(message: Message) -> str | None:
    """Read the answer to “what else shall I do?” after a refusal; a question is none."""
    text = message.words
    if is_question(text):
        return None
    if wish_in(message) == "repair":
        return "repair"
    if wish_in(message) == "exchange":
        return "exchange"
    if re.search(r"鉴定|检测|检验", text):
        return "appraisal"
    if message.intent == "ask_human" or re.search(r"人工|经理|主管|同事", text):
        return "person"
    return None


def exchange_target(told: str) -> str:
    """Return what goods are changed to, without the words of changing: “换白色” is 白色."""
    return re.sub(r"^(我?(想|要|给我)?(换|改)(成|个|一?(件|双|台))?|我?要|来)", "", told) or told
