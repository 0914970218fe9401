"""What a question on goods is about: price, stock, offers, a property, or something that no list knows."""

from __future__ import annotations

import re

from actions.reading.answers import is_question
from actions.reading.message import Message
from bot.desk.models import Product

PRICE = re.compile(r"多少钱|价格|几块|多钱|怎么卖|啥价|贵|售价|单价|报价|几多钱|什么价|价位")
STOCK = re.compile(r"有货|现货|库存|缺货|没货|断货|补货|到货|还有吗|还有没有|有没有|卖完|上架")
OFFER = re.compile(r"优惠|活动|打折|折扣|促销|满减|券|便宜|赠品|送什么|降价|立减|特价")
GENERAL = re.compile(
    r"怎么样|好不好|好用吗|如何|介绍(一下|下)?|推荐|参数|配置|详情|了解(一下|下)?|有什么(特点|功能|优点)|质量|值得买吗|是什么|多大|请问|你们|你好|您好|家的?|这款|这个|那款|那个|一下|我想|问|的|吗|呢|啊|呀|有没有|有|怎么|什么|能不能|可以|想|买|款|吧|亲"
)
RETITLE = re.compile(
    r"(抬头|发票|税号).{0,6}(改|换)(成|为)|(改|换|重).{0,4}(抬头|税号)|(抬头|税号).{0,6}(重新|改|换|错)"
)
_FEW = 5


def asks_beyond_catalogue(message: Message) -> bool:
    """Tell whether there is more to a question on goods than their name, price, stock or description."""
    if PRICE.search(message.words) or STOCK.search(message.words) or OFFER.search(message.words):
        return False
    rest = list(message.text)
    for start, end in message.spans("product"):
        rest[start:end] = " " * (end - start)
    return len(re.findall(r"[\u4e00-\u9fff]", GENERAL.sub("", "".join(rest)))) > _FEW


def names_property(name: str, value: str, words: str) -> bool:
    """Tell whether a question asks for a property: two characters of its name or value stand in the words."""
    pairs = {text[at : at + 2] for text in (name, value) for at in range(len(text) - 1)}
    return any(pair in words for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}", pair))


def asks_property(words: str, goods: Product) -> bool:
    """Tell whether a question wants something particular, rather than to hear of the goods in general."""
    rest = words
    for known in (goods.name, *goods.words, goods.category):
        rest = rest.replace(str(known), "")
    rest = GENERAL.sub("", rest)
    return is_question(words) and len(re.findall(r"[\u4e00-\u9fff]", rest)) >= 4
