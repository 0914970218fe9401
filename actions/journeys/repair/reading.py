"""What is told of goods to be repaired or installed: which service, which goods, what is wrong, the fee (§3.4)."""

from __future__ import annotations

import re

from actions.framework.answer import Choice
from actions.reading.answers import account, fault_in, free_text_answer, has_defect, says_none, yes_no
from actions.reading.facts import no_order_in, product_in
from actions.reading.message import Message

_INSTALL = re.compile(r"安装|装(一下|机|上|个|好)|上门装|移机|调试")
_REPAIR = re.compile(
    r"修|故障|毛病|检测|检查|售后|看看|看一?下|瞧|清洗|保养|换(个|一?下)?(滤芯|滤网|电池|屏|灯|门封|配件|零件)|(滤芯|滤网|电池|配件|零件)要换"
)
DAMAGE = re.compile(r"摔|进水|泡水|泡了|碎屏|屏幕?(都|全)?碎|砸|磕|掉(地上|水里|进水)|压坏|踩|人为|自己(弄|搞|拆)|撞")
"""Damage by the user, which no warranty covers."""
ABOUT_FEE = re.compile(r"钱|费|贵|价|收多少|免费|怎么收")
SERVICES = (Choice("repair", "button.repair"), Choice("installation", "button.installation"))


def service_in(message: Message) -> str | None:
    """Read whether something is to be repaired or installed."""
    if message.intent == "install_service":
        return "installation"
    if message.is_button or has_defect(message.words) or message.entity("defect") or _REPAIR.search(message.words):
        return "repair"
    return "installation" if _INSTALL.search(message.words) else None


def serviced_product_answer(message: Message) -> str | None:
    """Read the answer to “which goods?”: their name, else the customer's words."""
    named = product_in(message)
    if named:
        return named
    words = message.words.strip()
    if says_none(message) or message.entity("ticket_number") or yes_no(message) is not None:
        return None
    return words[:40] if 2 <= len(message.bare()) <= 16 and not has_defect(words) else None


def fault_with_cause_in(message: Message) -> str | None:
    """Read a fault with what it came from: whether a fall caused it decides about the fee."""
    told = fault_in(message)
    causes = [clause for clause in re.split(r"[，。,；;！!\s]", message.words) if DAMAGE.search(clause)]
    return "，".join([*(cause for cause in causes if cause not in told), told])[:120] if told else None


def fee_answer(message: Message) -> bool | None:
    """Read the answer to the fee; “没有订单” and “不对，改成周日” speak of something else."""
    if no_order_in(message) or message.entity("time") is not None:
        return None
    return yes_no(message)


def fault_answer(message: Message) -> str | None:
    """Read the answer to “what is wrong?”: a fault, else an account of it."""
    return fault_with_cause_in(message) or account(message.words) or free_text_answer(message)
