"""What a phone, a card or an address in a text is to the filter: blocked, masked or only warned of."""

from __future__ import annotations

from phrasebook.filter.personal_data import PersonalHit
from phrasebook.filter.verdict import Hit, make_hit

_TITLES = {
    "mobile": "手机号",
    "landline": "座机号",
    "id_card": "身份证号",
    "bank_card": "银行卡号",
    "plate": "车牌号",
    "email": "邮箱",
    "address": "住址",
}


def personal_hit(found: PersonalHit, text: str, span: tuple[int, int], *, direction: str, customer_known: bool) -> Hit:
    """Return the hit of a personal datum that belongs neither to the shop nor to the customer.

    Args:
        found: the datum, placed in the folded text.
        text: the text as it was written.
        span: where the datum stands in it.
        direction: `bot`, `clerk` or `customer`.
        customer_known: whether it is known which data are the customer's own.
    """
    start, end = span
    title = _TITLES[found.kind]
    level = _level(found, direction, customer_known=customer_known)
    reason = f"{title}属于个人信息，只可在本人的会话中说起"
    return make_hit(
        (
            title,
            "personal_data",
            found.kind,
            level,
            start,
            end,
            text[start:end],
            "safe.privacy",
            reason,
            "personal",
            1.0,
        )
    )


def _level(found: PersonalHit, direction: str, *, customer_known: bool) -> str:
    if direction == "customer":
        return "mask"
    if found.kind == "address" and not (customer_known and found.private):
        return "warn"  # a street and a number may be a shop's; a room is somebody's home
    return "block"
