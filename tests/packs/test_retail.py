"""The retail pack: complete, consistent, and fit to be said to customers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import jsonschema_rs
import phonenumbers
import pytest

from bot.desk.orders.return_policy import shop_return_policy
from bot.desk.shop import faq, repair_terms, selfhelp
from bot.desk.shop.pack import load
from bot.desk.shop.pack_files import Catalogue, Orders, ProductData, Promotions
from bot.desk.shop.profile import shop_profile
from bot.settings import ROOT
from phrasebook.book.load import load_phrases
from phrasebook.book.render import sample_text
from phrasebook.filter.check import Checker, Hit, load_checker
from phrasebook.filter.personal_data import PersonalData
from phrasebook.yaml_source import read_yaml

PACK = ROOT / "bot" / "packs" / "retail"
GOODS = {item.sku: item for item in load(PACK / "catalogue.yml", Catalogue).products}
ORDERS = load(PACK / "orders.yml", Orders).orders
OFFERS = load(PACK / "promotions.yml", Promotions).promotions
GUIDE = selfhelp.self_help_guide()
BOOK = load_phrases(PACK / "phrases")
CATEGORIES = {"手机", "家电", "服装", "食品", "生鲜", "家具", "图书", "软件", "定制"}
UNFIT = re.compile(r"你|第一|最[^后近]|顶级|国家级|唯一|绝对|极[^地]|百分之百|保证|肯定|不知道|[<>{}\"\\]|\s{2}")
"""Impolite, superlative or over-promising; more kinds stand in the phrasebook's forbidden lists."""


def said() -> Iterator[tuple[str, str]]:
    """Yield every text of the pack that can be said to a customer, with where it stands."""
    for phrase in BOOK:
        for index in range(len(phrase.variants)):
            yield phrase.id, sample_text(phrase, index)
    for entry in faq.all_entries():
        yield f"faq {entry.id}", entry.question
    for item in GOODS.values():
        texts = (item.name, item.summary, *item.specs.values(), *item.sizes, *item.colours, *item.box)
        for text in (*texts, item.install.how if item.install else ""):
            yield f"catalogue {item.sku}", text
    for offer in OFFERS:
        yield f"promotion {offer.id}", offer.name
    profile = shop_profile().model_dump(mode="json", exclude={"hours"})
    yield from (("profile", text) for text in strings(profile))


def strings(value: object) -> Iterator[str]:
    """Yield all strings in nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def test_nothing_unfit_is_said() -> None:
    """Shop data holds 您 and never 你, no superlative, no guarantee, no markup."""
    assert [(where, text) for where, text in said() if UNFIT.search(text)] == []


def test_the_phrasebook_lets_the_shop_speak() -> None:
    """No text of the pack is held back by the forbidden lists, the shop's own contacts being public."""
    shop = shop_profile()
    public = PersonalData.of(
        phones=[shop.phone], emails=[shop.email], addresses=[shop.address, shop.after_sales_address]
    )
    checker = load_checker(public=public)
    held = [(where, text, hit.entry) for where, text in said() for hit in blocks(checker, text)]
    assert held == []


def blocks(checker: Checker, text: str) -> list[Hit]:
    """Return what would keep a text from leaving."""
    verdict = checker.check(text, direction="bot")
    return [hit for hit in verdict.hits if hit.level in ("block", "mask")]


def test_there_are_goods_of_every_kind() -> None:
    """At least sixty goods, several of each category, some sold out with a day of return."""
    assert len(GOODS) >= 60
    kinds = [item.category for item in GOODS.values()]
    assert set(kinds) == CATEGORIES
    assert all(kinds.count(kind) >= 4 for kind in CATEGORIES)
    sold_out = [item for item in GOODS.values() if not item.stock]
    assert len(sold_out) >= 8
    assert all(item.restock_in_days for item in sold_out)


@pytest.mark.parametrize("item", GOODS.values(), ids=lambda item: item.sku)
def test_goods_are_complete(item: ProductData) -> None:
    """Each has specs, a summary and words of customers, none of one character: 米 stands in 厘米."""
    assert min(map(len, item.words)) >= 2
    assert item.words and item.specs and len(item.summary) >= 8
    assert len({word.lower() for word in item.words}) == len(item.words)
    assert item.category not in item.words
    if item.install is not None and item.install.needed:
        assert item.warranty_months


def test_models_are_distinct() -> None:
    """A model names one product."""
    models = [item.model for item in GOODS.values() if item.model]
    assert len(set(models)) == len(models)


def test_alternatives_exist_for_what_is_sold_out() -> None:
    """Whatever is sold out has something of its category in stock."""
    for item in GOODS.values():
        assert item.stock or any(other.stock and other.category == item.category for other in GOODS.values())


def test_references_lead_somewhere() -> None:
    """Orders, offers and the policy name goods that exist; fees name groups that exist."""
    assert {line.sku for order in ORDERS for line in order.items} <= set(GOODS)
    assert {sku for offer in OFFERS for sku in offer.skus} <= set(GOODS)
    policy = shop_return_policy()
    assert {sku for rule in policy.exceptions for sku in rule.skus} <= set(GOODS)
    assert set(policy.categories) <= CATEGORIES
    assert {name for rule in policy.exceptions for name in rule.categories} <= CATEGORIES


def test_phones_are_plausible_and_told_apart() -> None:
    """Each phone is a possible mobile number; the last four digits are all different."""
    for order in ORDERS:
        assert phonenumbers.is_valid_number(phonenumbers.parse(order.phone, "CN")), order.phone
    assert len({order.phone[-4:] for order in ORDERS}) == len(ORDERS) >= 40
    assert len({order.customer for order in ORDERS}) == len(ORDERS)


def test_orders_make_sense() -> None:
    """Days run backwards in order, and what is under way has a place."""
    for order in ORDERS:
        days = [day for day in (order.ordered, order.shipped, order.delivered) if day is not None]
        assert days == sorted(days, reverse=True), order.serial
        assert (order.delivered is not None) == (order.state in ("delivered", "returned")), order.serial
        assert (order.shipped is not None) == (order.state == "shipped"), order.serial


def test_offers_run_end_and_begin() -> None:
    """Most offers run now; one is over and one is to come."""
    running = [offer for offer in OFFERS if offer.from_day <= 0 <= offer.to_day]
    assert len(running) >= 6
    assert any(offer.to_day < 0 for offer in OFFERS)
    assert any(offer.from_day > 0 for offer in OFFERS)


def test_faq_covers_its_topics() -> None:
    """At least sixty answers; every topic has one for a question without known words."""
    entries = faq.all_entries()
    assert len(entries) >= 60
    assert {entry.topic for entry in entries if entry.default} == set(faq.topics())
    for entry in entries:
        for said_so in BOOK.get(entry.phrase).variants:
            assert said_so.endswith("。") and len(said_so) <= 120, said_so


def test_the_schema_of_approved_phrases_fits_the_shop_s() -> None:
    """The shop's files have the shape of the house's, so that editors help with them too."""
    schema = json.loads((ROOT / "phrasebook" / "schema" / "approved.schema.json").read_text(encoding="utf-8"))
    check = jsonschema_rs.validator_for(schema)
    for path in sorted((PACK / "phrases").glob("*.yml")):
        table = json.loads(json.dumps(read_yaml(path), default=str))
        assert [f"{path.name}: {error}" for error in check.iter_errors(table)] == []


def test_every_answer_has_several_wordings() -> None:
    """Who asks twice does not hear the same sentence twice: at least two each, three where a topic has no word."""
    defaults = {entry.phrase for entry in faq.all_entries() if entry.default}
    whole = [phrase for phrase in BOOK if not phrase.purpose.startswith("句中用语")]
    assert [phrase.id for phrase in whole if len(phrase.variants) < 2 + (phrase.id in defaults)] == []


@pytest.mark.parametrize(
    ("topic", "text", "found"),
    [
        ("invoice", "专票能开吗", "invoice.special"),
        ("invoice", "发票抬头写错了想改", "invoice.title"),
        ("invoice", "我的发票怎么还没收到啊", "invoice.when"),
        ("invoice", "嗯那个票的事", "invoice.how"),
        ("payment", "扣了两次钱", "payment.twice"),
        ("payment", "付款失败 一直转圈", "payment.failed"),
        (None, "几点下班", "hours.open"),
        (None, "周日有人吗", "hours.holiday"),
        (None, "刚买就降价了 差价退不退", "price.protection"),
        ("warranty", "摔坏了保不保", "warranty.damage"),
        ("freight", "新疆包邮吗", "freight.remote"),
        ("points", "積分", "points.earn"),
        (None, "讲个笑话", None),
        ("joke", "发票", None),
        ("payment_problem", "一直付不上", "payment.failed"),
        ("warranty_policy", "过保了咋办", "warranty.out"),
        ("consult_price_promotion", "有什么活动", None),
        ("consult_price_promotion", "包邮不", "freight.fee"),
        ("consult_product", "想买个礼物送人", None),
        ("logistics", "我的快递到哪了怎么还没到", None),
        ("order_status", "订单什么时候发货", None),
        ("refund_status", "退款怎么还没到账", None),
        ("refund_status", "退款一般多久到账", "refund.time"),
        ("ask_hours_contact", "找你们有点事", None),
    ],
)
def test_faq_finds_the_answer(topic: str | None, text: str, found: str | None) -> None:
    """The entry with most of the customer's words answers; a topic has a default, the whole file has none."""
    entry = faq.find_entry(topic, text)
    assert (entry.id if entry else None) == found


def test_every_faq_entry_can_be_reached() -> None:
    """Asking an entry's own question within its topic leads to it or to one that matches as well."""
    missed = []
    for entry in faq.all_entries():
        for word in entry.words:
            answer = faq.find_entry(entry.topic, word.replace("+", ""))
            if answer is None:
                missed.append((entry.id, word))
        if all(faq.find_entry(entry.topic, word.replace("+", "")) != entry for word in entry.words):
            missed.append((entry.id, "*"))
    assert missed == []


def test_selfhelp_is_broad() -> None:
    """At least a dozen kinds of goods; every wording says why, then one to five short steps, numbered."""
    assert len(GUIDE.appliances) >= 12
    symptoms = [symptom for kind in GUIDE.appliances for symptom in kind.symptoms]
    for text in (text for symptom in symptoms for text in BOOK.get(symptom.phrase).variants):
        why, *steps = text.split("\n")
        assert why.endswith("：") and 1 <= len(steps) <= 5, text
        for number, step in enumerate(steps, 1):
            assert step.startswith(f"{number}. ") and len(step) <= 53 and not step.endswith("。"), step


def test_every_wording_of_self_help_has_the_same_facts() -> None:
    """Steps, figures and warnings are the same whichever wording is said; only the courtesy differs."""
    for symptom in (symptom for kind in GUIDE.appliances for symptom in kind.symptoms):
        first, *others = (text.split("\n")[1:] for text in BOOK.get(symptom.phrase).variants)
        assert all([step.replace("请您", "") for step in first] == other for other in others), symptom.phrase


@pytest.mark.parametrize(
    ("category", "text", "found"),
    [
        ("空调", "开了半天不凉", ("空调", "不制冷")),
        ("青禾1.5匹变频空调", "滴水了", ("空调", "漏水")),
        ("小满5升空气炸锅", "不加热了", ("空气炸锅", "不加热")),
        (None, "冰箱不冷了怎么办", ("冰箱", "不制冷")),
        (None, "家里wifi断网了", ("宽带和路由器", "上不了网")),
        (None, "洗衣机脱水的时候震动特别大", ("洗衣机", "震动大")),
        ("手机", "充不进电", ("手机", "充不进电")),
        ("手机", "想换个壳", None),
        (None, "不制冷", None),
        ("图书", "缺页", None),
    ],
)
def test_selfhelp_finds_steps(category: str | None, text: str, found: tuple[str, str] | None) -> None:
    """Goods come from the order or from the text, the fault from the text; else there are no steps."""
    help_ = selfhelp.find_help(category, text)
    assert ((help_.appliance, help_.fault) if help_ else None) == found


def test_every_repairable_group_has_a_fee() -> None:
    """Goods with a warranty have terms of their own or of their category, and unknown ones the rest's."""
    for item in GOODS.values():
        fee = repair_terms.fee_for(item.category, group=item.group)
        assert fee.amount >= 0 and fee.covers
    assert repair_terms.fee_for("没有的类别").amount == repair_terms.fee_for(None).amount
    by_group = repair_terms.fee_for("家电", group="空调")
    assert by_group == repair_terms.fee_for("青禾1.5匹变频空调") != repair_terms.fee_for("家电")
