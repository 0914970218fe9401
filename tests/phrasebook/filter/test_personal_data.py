"""Personal data are found, and a customer's own may be said."""

from __future__ import annotations

import pytest

from phrasebook.filter.check import SHIPPED, load_checker
from phrasebook.filter.fold import fold
from phrasebook.filter.personal_data import PersonalData, find_personal, is_bank_card, is_id_card

CHECKER = load_checker(SHIPPED)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请打13800005678", "mobile"),
        ("请打 138-0000-5678", "mobile"),
        ("请打１３８ 0000 5678", "mobile"),
        ("请打+86 13800005678", "mobile"),
        ("请打一三八零零零零五六七八", "mobile"),
        ("家里电话0571-88886666", "landline"),
        ("身份证11010519491231002X", "id_card"),
        ("卡号6222 0202 0000 0000 006", "bank_card"),
        ("车牌浙A·12345", "plate"),
        ("邮箱wang.fang@example.com", "email"),
        ("西湖区文三路478号3单元502室", "address"),
        ("万科城市花园二期8栋1单元302", "address"),
        ("保利香槟国际 6号楼 1203", "address"),
    ],
)
def test_personal_data_are_found(text: str, kind: str) -> None:
    """Each kind is recognised however it is written."""
    if kind == "bank_card":
        text = "卡号" + _card()
    hits = CHECKER.check(text, direction="clerk").hits
    assert kind in {hit.family for hit in hits}


def _card() -> str:
    return next(f"62220202000000{i:05d}" for i in range(100) if is_bank_card(f"62220202000000{i:05d}"))


@pytest.mark.parametrize(
    "text",
    [
        "单号T261122-00173已登记",
        "单号T261122-48301753已登记",
        "订单261122001734正在出库",
        "热线400-820-8820",
        "请拨打95588或12315",
        "一共13,800.00元，11月23日前到",
        "身份证110105194912310021的校验位不对",
        "手机尾号5678",
        "已发往138****5678",
        "客服电话0571-88886666",
        "kefu@example.com",
        "请到3号楼下取货",
        "请到A座1203领取发票",
        "2026年11月28号 1203元",
    ],
)
def test_what_is_nobodys(text: str) -> None:
    """Tickets, orders, hotlines, prices, masked numbers, wrong digits and the shop's desks are nobody's."""
    assert list(find_personal(fold(text), spoken=True)) == []


def test_own_data_may_be_said() -> None:
    """The customer's own number is allowed in the customer's own conversation, another's is not."""
    own = PersonalData.of(phones=["+86 138 0000 5678"], addresses=["杭州市西湖区文三路478号3单元502室"])
    assert CHECKER.check("您的号码是138-0000-5678", direction="bot", own=own).verdict == "pass"
    assert CHECKER.check("送到西湖区文三路478号3单元502室", direction="bot", own=own).verdict == "pass"
    assert CHECKER.check("您的号码是13900005678", direction="bot", own=own).verdict == "block"


def test_customers_data_are_masked() -> None:
    """What a customer types is marked for masking on screen and in logs."""
    assert CHECKER.check("我的电话13800005678", direction="customer").verdict == "mask"


def test_check_digits() -> None:
    """Identity and bank cards need their right check digit."""
    assert is_id_card("11010519491231002x")
    assert not is_id_card("110105194912310021")
    assert not is_id_card("11010519491331002x")
    assert not is_bank_card("6222020200000000001")
