"""Turns of speech by which a journey tells what a message is for."""

from __future__ import annotations

import re

CORRECTS = re.compile(r"(写|打|说|填|输|报|发|给|弄)错|错了|不对|更正|改成|改为|不是.{1,20}(，|,|是)|应该是|换成|纠正")

COMPLAINS = re.compile(r"(我?要|必须|一定)投诉")
"""A complaint is announced, whatever was asked."""
TAKES_BACK = frozenset({"withdraw", "cancel_booking"})
"""Wishes that take back a ticket; said of a case that is none yet they drop it."""
DROPS = re.compile(r"^(那就?|还是|唉|哎)?算了|不.{0,5}了[。！!]?$")
_GIVING_UP = r"(不|别|懒得)(想|打算|再)?(投诉|退货?|换货?|修|办|报修|弄|约|装|说|搞)(货)?了[吧啦哈]*"
GIVES_UP = re.compile(rf"({_GIVING_UP}|取消(退货|换货|投诉|报修|退款)[吧了]?)[。！!~～\s]*$")
"""The whole matter is given up, whatever was asked."""
TURNS = re.compile(rf"^.{{0,4}}?(算了|{_GIVING_UP})[\s，。,.！!]*(?P<instead>.{{2,}})$")
"""The matter is given up for another."""
EARLIER = re.compile(r"工单|单号|上次|上回|之前|昨天|前天|上周|预约")
"""Words of a ticket made before."""
NO_THANKS = re.compile(
    r"^(谢谢|好的?|那|唉|哎)?[\s，,]*(那就?)?((不用|不必|不需要|不要|算)了[吧啦]?[\s，,]*){1,3}(谢谢)?[。！!]?$"
)
BUT = re.compile(r"不过|但是?|只是|除了")
"""Behind a yes a correction follows."""
WAITS = re.compile(
    r"^(?!.*(还是|换|退|改|取消|投诉|人工))(你|您)?(先)?(稍?等(我|一?下|会儿?|一会儿?)|稍等|别急|慢点|我(去|先)?(找|看|查|翻|问)(一?下|找|看|查|翻|问)?).{0,8}$"
)
"""The customer looks for what was asked."""
PERSON_WANTED = re.compile(
    r"人工|真人|活人|转接|转给?(你们)?(客服|主管|经理)|不(想|要)(跟|和)机器"
    r"|(叫|让|喊|找|换|请)(你们?|个)?的?(经理|主管|领导|老板|负责人|(能|会)?管事的?人?|人)((过|出)?来(?!.{0,4}(道歉|认错|赔|解释|给))|接(?!待)|听|(跟|和)我(说|谈|讲|聊))"
)
OWN = re.compile(r"我(的|买|要|想|家|这)|订单|这(个|件|台|单|部|款|双)|收到|昨天|前天|上周|坏|\d{12}")
"""Words of a matter of one's own, rather than of the shop's rules."""
OTHER_ORDER = re.compile(r"(另外?|别的|其他的?|其它|换)(一?(个|张|笔|单))?(订单|单子|一单)")
"""Speaks of another order than the one that is known."""
HOW = re.compile(r"怎么|如何|咋")
"""Asks how a matter will be handled, rather than to be quick."""
