"""Read an answer out of a message: yes or no, opened or not, what is wished, whether it is an answer at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions.reading.message import Message

type Reader = Callable[[Message], Any | None]

LIKELY = 0.45
"""Confidence from which an intent says more than the words alone."""
NOT_SAID = "not_said"
"""Stands for a fact that the customer could not or would not tell; nobody reads it: `restated`, `open_ticket`."""

_YES = re.compile(
    r"^(嗯+|恩+|是+的?|对+的?|好+的?|行+|可以|没错|正确|确认|确定|同意|要|需要|有|ok|okay|yes|没问题|就这样|办吧|就这么办|麻烦了|好滴|好嘞|中|成|系|係|要得|使得|得嘞|妥|对头|没毛病)"
    r"(啊|呀|呢|吧|了|的|哦|哈|嘛|滴|嗯|好|谢谢|麻烦你?们?您?|您|就这样|就行|是这样|就是这样|这样)*$",
    re.IGNORECASE,
)
_YES_FIRST = re.compile(
    r"^(嗯+|恩+|对+的?|好+的?|行+|是的?|可以的?|没错|没问题|确认|确定|同意|要的?|需要|ok)(啊|呀|吧|了|哦|哈|嘛|滴|嘞)*"
    r"(?=[\s，。,.;；!！~～]|取消|退|换|办|约|拦|帮|麻烦|谢|就|快|你|您|我|撤|改|修|来|登记|提交|安排|赶紧|赶快|马上|那|派|叫|过来|尽)",
    re.IGNORECASE,
)
LETS_BE = re.compile(
    r"^(那|那就|就|还是|唉|哎|哦|嗯|好吧?|行吧?)*(算了|罢了|不(用|要|办|弄|搞)了|不(用|必)麻烦了)(吧|啦|了|哈|谢谢)*$"
)
"""The whole of it is let be."""
_NODS = re.compile(r"[👌👍🆗✅✔🙆💯]")
_SHAKES = re.compile(r"[👎❌✖🙅⛔]")
"""Signs that say yes or no when nothing else is written."""
_NO = re.compile(
    r"^(不|没|别|否|算了|no|nope|错|甭)(是|用|要|对|行|了|可以|需要|好|有|想|同意|办|必|正确|确认)*(啊|呀|呢|吧|了|的|谢谢|哦|哈)*$",
    re.IGNORECASE,
)
_NO_FIRST = re.compile(
    r"^(不(是|用|要|对|行|可以|需要|好|同意|办)?|没有|别|算了|错了)(啊|呀|吧|了|的|哦|哈)*(?=[\s，。,.;；!！~～])"
)
_QUESTION = re.compile(
    r"[?？]\s*$|(吗|嘛|么|呢)[。！!~～\s]*$|怎么(办|弄|样|回事|操作|处理|退|换|查|用|修|安?装|开|改|付|算|寄|申请)|什么时候|多久|多少钱|哪里|在哪|能不能|要不要|收不收|用不用|可不可以|可以不|是不是|有没有|行不行|几天|几点|咋|多长时间|啥时候|哪天|哪个|为什么|为啥|凭什么|谁(来)?(出|付|掏|承担)|还是(你|您)们|(啥|什么)意思|(先|想|顺便|再)问一?下|^问一?下"
)
_FIXED = re.compile(r"已(经)?解决|(已经|现在|又)?(好|行|可以|正常|解决)(了|啦|咯)|搞定|没问题了|修好了")
_STILL = re.compile(r"还是|依然|仍然|没(有)?用|不行|没好|不管用|照样|一样|试过|没解决|没反应|不好使|没变化|没效|没区别")
_REQUEST = re.compile(
    r"我(要|想)|我得|帮我|帮忙|给我|麻烦(你|您|帮)|请(你|您|帮)|(查|看|问|催|改|退|换|修|转|约|办)(一下|下)|转(接)?人工|人工(客服|服务)?$|取消(订单|预约|掉|一下|吧)|^(投诉|报修|退货|换货|退款|查物流|查快递)|申请"
)
_NO_AFTER = re.compile(r"不(用|要|是|对|了|行|想)|没有|算了|错")
_NO_DEFECT = re.compile(
    r"(没有?|不是|无|未|没啥|没什么)(任何|什么|啥|一点)?(坏|破|裂|漏|质量|问题|故障|毛病|瑕疵|划痕|损坏|磕|碰|碎|断)(问题)?"
)
_NONE = re.compile(
    r"没有|没|无|忘|不记得|记不|找不(到|着|见|了)|不清楚|不知道|不晓得|谁(还|会)?(记得|晓得|知道)|哪(里|儿)?(还)?(记得|晓得|知道)|不方便|不想说|不想|不说|不给|不留|不告诉|不便|说不(清|上)|没带|丢了|跳过|算了|不确定|没注意|不用|都行|随便|不会(看|弄|查|找|用|搞)|看不(懂|清|来|到|见)|弄不来|搞不(懂|来)|不懂|莫得|冇"
)
PROTESTS = re.compile(r"凭什么|凭啥|为什么|为啥|怎么(能|会|可以|就)|办法|干嘛|干什么")
"""A refusal is argued with, not accepted."""
_USED = re.compile(
    r"(用|穿|洗|睡|戴|吃|喝|装|骑|玩)(了|过)(好)?(几|两|三|四|五|一段|半|一?个多?|\d)|一直(在)?(用|穿|戴)|(用|穿)(旧|坏|脏)|激活了|下过?水"
)
_ONLY_TRIED = re.compile(
    r"试(穿|戴|了|过|一下)|(上身|上脚)(了)?(一下|看)|(拆|打)开?(了)?(看|瞧|检查)|(拆|打)(开|封|了)(了|过)?.{0,8}(没有?|未)(怎么)?(用|穿|激活|通电|戴|动|装|碰)"
)
_OPENED = re.compile(
    r"(已经?|都|就)?(拆(开|封|了|过|箱)|打开(了|过)|开(封|箱|过)|用(过|了)|试(过|了|用|穿)|穿(过|了)|激活|安装(了|过)|洗(过|了)|通(过)?电|吃了|喝了|看了|装(上|好)了|使用(过|了)|下过水|试(戴|一下))"
)
_UNOPENED = re.compile(
    r"(没有?|未|还没有?|木有|尚未|不曾|没怎么)(拆|打开|开封|开箱|用|试|穿|激活|安装|动|洗|通电|吃|喝|使用|碰)|全新|原封|完好|吊牌(还)?(都)?在|封条(还)?(都)?在|没动|原包装"
)
_WISHES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "exchange",
        re.compile(
            r"换(货|一|个|新|成|大|小|掉|双|件|台|套|码|尺|颜色|款|别)|想换|要换|给换|退换|调换|更换|(就|还是|直接)换|换(?=[吧呗啊呀嘛咯。，,.!！~～\s]|$)|补发|重发|重新发|再发"
        ),
    ),
    ("repair", re.compile(r"维修|修(理|好|一|下|复|吧|了)|给修|就修|去修|要修|想修|返修|修$|上门看")),
    (
        "return",
        re.compile(
            r"退(货|掉|了|回|这|那)|想退|要退|给退(?!款|钱)|能退|不要了|不想要|^退$|腿货|tui\s*huo", re.IGNORECASE
        ),
    ),
    (
        "refund",
        re.compile(
            r"退(款|钱|我的?钱|差|给我|还)|退我?\d{1,5}(?![\d号])|退.{0,4}(块|元)钱?|多收.{0,4}退|还(我)?钱|把钱|返(款|钱)|赔(偿|钱|付|我)|补偿|腿款|退我"
        ),
    ),
)
_OTHER_WISH = re.compile(
    r"道歉|解释|说法|处理|处罚|开除|批评|改进|整改|回复|答复|认错|送(来|到|货)|解决|联系|查清|调查|核实|补(偿|发|寄|差|货|上|好)"
)
_DEFECT = re.compile(
    r"坏|破|裂|漏|质量|故障|毛病|瑕疵|不制冷|不制热|不加热|不转|不亮|不响|开不了机|不开机|黑屏|花屏|死机|异响|噪音大|变质|发霉|过期|异味|褪色|掉色|起球|开线|脱胶|断|划痕|磕|碰|碎|失灵|"
    r"没反应|充不(进|上)|连不上|烂|发?臭|馊|变味|哈喇|死(蟹|的|了一半)|虫|异物|头发丝|不能(开机|充电|启动|激活|安装|登录)|(激活|装|登录?)不(了|上)|无效|失效|激活失败|自动(关机|重启)|闪退|闪屏|坏点|亮线|没(声音|声儿?|信号|画面|图像)|不出(热|冷|水|风)|脱落|短一截|高低不平|歪|不能用|用不了|不工作|发错|错发|少发|漏发|缺(件|少)|假货|不符|不对版|生锈|变形|鼓包|松动|卡住|打不开|关不上|不灵|打不着|点不着|噪音|声音(很|特别|太|好|越来越)大|不脱水|不排水|不出水|不进水|不吸|不充电|不启动|转不动|转不起来|动不了|启动不了|不开机|不热|不冷|不通电|跳闸"
    # Noise, shaking, heat; made or sent otherwise than ordered; parts that are missing.
    r"|杂音|噪(声|音)|太?吵|晃|震(动)?得|抖(动|得)|发烫|烫手|打火|冒火花|焦|钻毛|跑毛|起疙瘩|起皱|缩水|漏水|漏气|漏电|漏风|渗水|接触不良|失真|掉线|信号(差|不好|弱)|不灵敏|不准|报错|出错|开胶|响得|一直响"
    r"|(刻|做|印|绣|写|裁|送|寄|配|装|拿)错|做(短|长|大|小|窄|宽)了|(短|长|大|小|窄|宽)了[\d一二两三四五半]+(\.\d)?(厘米|公分|米|寸|码|毫米)|少了|(就|只)(有|给|发|来)了?(一|1|半)(个|只|件|双|条|袋|瓶|本|边|部分)|没(有)?(螺丝|说明书|配件|充电器|遥控器)"
    r"|(发|送|寄|来)(来|过来)?的(却|竟然|居然)?是.{1,12}(我|咱)(们)?(订|买|要|拍|下单)的|(我|咱)(们)?(订|买|要|拍)的(却|竟然|居然)?是.{1,12}(发|送|寄|来|给)(来|过来|我)?的"
)


def yes_no(message: Message) -> bool | None:
    """Read a consent or a refusal."""
    bare, words = message.bare(), message.words.strip()
    if LETS_BE.match(bare):
        # However it was understood: “那就算了” consents to nothing.
        return False
    if not bare and (_NODS.search(words) or _SHAKES.search(words)):
        return bool(_NODS.search(words))
    if _YES_FIRST.match(words) and not is_question(words) and not _NO_AFTER.search(words):
        return True
    if message.intent == "affirm":
        return True
    if message.intent in ("deny", "abandon") and message.confidence >= LIKELY:
        return False
    if _NO.match(bare) or _NO_FIRST.match(words):
        return False
    if _YES.match(bare) or (_YES_FIRST.match(words) and not is_question(words)):
        return True
    return None


def solved_answer(message: Message) -> bool | None:
    """Read the answer to “did it help?”."""
    if _STILL.search(message.words):
        return False
    if message.entity("product") and not _FIXED.search(message.words):
        return None
    return True if _FIXED.search(message.words) else yes_no(message)


def is_question(text: str) -> bool:
    """Tell whether a text asks rather than tells."""
    return bool(_QUESTION.search(text))


def is_request(text: str) -> bool:
    """Tell whether a text asks for something to be done, rather than telling of something."""
    return bool(_REQUEST.search(text))


def says_none(message: Message) -> bool:
    """Tell whether the customer has not got, does not know or does not want to give what was asked."""
    asks_back = is_question(message.words) and len(message.bare()) > 6
    # “坏的还不给换” tells of goods, it refuses nothing.
    if asks_back or has_defect(message.words) or PROTESTS.search(message.words):
        return False
    return message.intent == "deny" or (len(message.bare()) <= 20 and bool(_NONE.search(message.words)))


def only_tried_in(message: Message) -> bool | None:
    """Read that the goods were unpacked or tried on to see them, which is no use of them."""
    return True if _ONLY_TRIED.search(message.words) and not _USED.search(message.words) else None


def opened_in(message: Message) -> bool | None:
    """Read whether the goods were opened or used."""
    text, refusals = _UNOPENED.subn("", message.words)
    if _OPENED.search(text):
        return True
    return False if refusals else None


def opened_answer(message: Message) -> bool | None:
    """Read the answer to “opened or used?”, where a bare yes or no counts too."""
    picked = message.pick("opened")
    if picked is not None:
        return bool(picked)
    told = opened_in(message)
    return told if told is not None else yes_no(message)


def wish_in(message: Message) -> str | None:
    """Read what the customer wants done: return, exchange, refund, repair."""
    picked = message.pick("wish")
    if picked is not None:
        return str(picked)
    found = [(match.start(), name) for name, pattern in _WISHES if (match := pattern.search(message.words))]
    refused = re.search(r"(不|别|没)(想|要|用|能)?(退|换|修)", message.words)
    if refused and len(found) > 1:
        found = [(start, name) for start, name in found if start > refused.end() or start < refused.start()]
    return min(found)[1] if found else None


def complaint_wish_in(message: Message) -> str | None:
    """Read the wish of a complaint, where an apology or an explanation is one of the other kind."""
    found = wish_in(message)
    if found or is_question(message.words):
        return found
    return "other" if _OTHER_WISH.search(message.words) else None


def has_defect(text: str) -> bool:
    """Tell whether a text speaks of a fault of the goods."""
    return bool(_DEFECT.search(_NO_DEFECT.sub("", text)))


_NO_FAULT = re.compile(
    r"(又|都|就|有点|好像|已经|突然|现在|家里?|我们?|你们|卖|买|的|这个|那个|这台|那台|出|有|了|啦|啊|呀|呢|吧|要|想|叫|派|来|给|人|师傅|上门|报|修(理|一?下)?|维修|帮|麻烦|能|吗|[\W\d_])+"
)
_ONLY_BROKEN = re.compile(r"(坏掉?|故障|毛病|问题|不好[用使]|不能用|用不了|不行)+")
"""Says that something is out of order, not what."""
_ASKED_FOR = re.compile(
    r"(你们)?(能不能|可不可以|能|可以|麻烦|请|想|要|得|帮我?|叫|找|派|安排|约|快点?|赶紧|过?来)[^，。,]{0,8}(修|看看|看一?下|师傅|上门|派人)[^，。,]{0,6}$"
)
"""What is asked for behind a fault: “漏水了能来修吗”."""


def fault_in(message: Message) -> str | None:
    """Read the words of a fault: the clauses that name it; “坏了” alone names none."""
    words = message.words
    defects = [str(value) for value in message.values("defect")]
    if not has_defect(words) and not defects:
        return None
    goods = [words[start:end] for start, end in message.spans("product") if end <= len(words)]
    clauses = [clause.strip() for clause in re.split(r"[，。,；;！!\s]", words)]
    clauses = [_ASKED_FOR.sub("", clause) for clause in clauses]
    named = [c for c in clauses if (has_defect(c) or any(d in c for d in defects)) and not _only_broken(c, goods)]
    return "，".join(named)[:120] or None


def _only_broken(clause: str, goods: list[str]) -> bool:
    for name in goods:
        clause = clause.replace(name, "")
    return not _ONLY_BROKEN.sub("", _NO_FAULT.sub("", clause))


def free_text_answer(message: Message) -> str | None:
    """Take the words as an account or a reason.

    Whether they are another wish, a greeting or a question is decided before, by the journey.
    """
    if says_only_facts(message, names=True) or (len(message.bare()) <= 3 and yes_no(message) is not None):
        return None
    return message.words[:500] if len(message.bare()) >= 2 else None


_ABOUT_FACTS = re.compile(
    r"先|记(一?下|住)|我的?|你|您|这(个|是)|电话|手机|号码|联系方式|订单|单|尾|后四位|工单|编?号|姓名?|名字|地址|是|叫|在|的|哦|啊|吧|呢|了|就"
)
FIGURES = re.compile(r"[\d零〇一二两三四五六七八九十幺]{5,}")
"""A number, in figures or as it is spoken."""
_FACTS = ("phone", "digits", "order_number", "ticket_number", "time")


def says_only_facts(message: Message, *, names: bool = False) -> bool:
    """Tell whether nothing stands in a message but a number or a time: that is no account of anything.

    Args:
        message: the message.
        names: a name or an address beside the number is no account either.
    """
    if message.is_button:
        return False
    if FIGURES.fullmatch(message.bare()):
        return True
    left = list(message.words)
    numbers = [span for name in _FACTS for span in message.spans(name)]
    spans = [*numbers, *(span for name in ("person", "address") for span in message.spans(name) if names and numbers)]
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return bool(spans) and not re.search(r"\w", _ABOUT_FACTS.sub("", "".join(left)))


def account(text: str, *, least: int = 5) -> str | None:
    """Return what an opening message tells of the matter itself, or None when it only announces it.

    Args:
        text: the message.
        least: characters that an account has beside the announcement.
    """
    rest = re.sub(
        r"(你好|您好|在吗|我|要|想|来|得|必须|现在|今天|就是|一下|你们|客服|请问|帮我|麻烦|给我|这个|那个|投诉|举报|退换?货|退款|退了|换货|报修|维修|修一?下?|预约|安装|上门|申请|办理|订单号?|手机号?|号|[\W\d_a-zA-Z]|另外?|还|再|又|别的|一?件|事情?|啊|呀|吧|了|的|吗|呢|嘛|是|个)+",
        "",
        text,
    )
    return text[:500] if len(rest) >= least else None


def digits_answer(message: Message) -> str | None:
    """Read the last four digits of a phone: said alone, or as the end of a whole number."""
    picked = message.entity("digits")
    if picked:
        return str(picked)[-4:]
    phone = message.entity("phone")
    if phone:
        return str(phone)[-4:]
    match = re.search(r"(?<!\d)(\d{4})(?!\d)", message.words)
    return match.group(1) if match else None
