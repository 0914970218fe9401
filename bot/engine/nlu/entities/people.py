"""Names of persons: 我叫王芳, 收货人李小明, 王女士, and a bare name where one was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.engine.nlu.entities.found_entity import FoundEntity, without_overlap
from bot.engine.nlu.entities.lac import Tagger

_COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|端木|南宫|夏侯|轩辕"
    "|单于|鲜于|呼延|澹台|公冶|宗政|濮阳|淳于|太叔|申屠|仲孙|钟离|宇文|长孙|赫连|闾丘|独孤|东郭|拓跋|完颜|纳兰|司空"
)
_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦"
    "邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂苗谷曲盛靳路辛管游祁屈翁蒲解牟艾傅华于冼"
    "逄仝郗谌缑郜蔺阚佟佘麦卞亓仇冀卜喻嵇巩敖晏栾楚檀洪湛狄甄瞿禹窦竺缪荀荆莘蒙蓝虞訾费赖逯郁郎郏郦鄢闵闻阎阙阳隋隗雍鞠鲍桂桑"
    "匡卿厉巫庹戚晋朴栗胥臧芦茅萨蒯褚谯邝邬邰邸邵钮霭饶骆储"
)
SURNAMES = frozenset(_SINGLE)
"""Surnames of one character."""
SURNAME = rf"(?:{_COMPOUND}|(?<![改换写变填说])成|[{_SINGLE}])"
_FAR = (
    r"[阿艾买提古丽力江尔木吐汗拜热依沙孜米娜扎克卡吾布都合甫穆罕默德赛迪哈帕巴马尼亚努萨肉图"
    r"西卓玛次仁旦增平措多吉格桑央金拉姆琴特苏日其乌兰·]{3,8}"
)
"""A name of the Uygurs, Tibetans or Mongols in the characters that spell it."""
_KIN = r"(?:[我他她](?:老公|老婆|媳妇|朋友|[妈爸姐哥弟妹]{1,2}|儿子|女儿|同事|邻居|爱人|对象)\s*)?"
_HAN = r"[\u4e00-\u9fff·]"
_TITLE = r"先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|老师|师傅|医生|大夫|总|经理|同学|大姐|大哥|奶奶|爷爷"
_TITLED = re.compile(rf"(?P<name>{SURNAME}{_HAN}{{0,2}}?(?:{_TITLE}))(?!们)")
_STOP = (
    r"(?=$|[\s,.!?;:()\d\-/]|的|电话|手机|号码|地址|住|收|先生|女士|小姐|是|,|吧|啊|呀|哈|就行|就好|订的|买的|下的|我)"
)
_TOLD = re.compile(
    rf"(?:我叫|名字?叫做?|姓名|名字|联系人|收货人|收件人|收货人姓名|预约人|本人|署名|户名|叫我|登记的?|(?:就|我)写)(?:[是为:叫改成\s]|换成)*{_KIN}(?P<name>{SURNAME}{_HAN}{{1,3}}?|{_FAR}){_STOP}"
)
_SELF = re.compile(rf"(?:^|[,.!?;\s好])我是(?P<name>{SURNAME}{_HAN}{{1,2}}?)(?=$|[\s,.!?;\d]|电话|手机|[呀啊哈哦])")
_CORRECTED = re.compile(
    rf"(?:[名姓叫]|收件人|收货人|联系人).{{0,8}}?(?:是|改成|改为|换成)(?P<name>{SURNAME}{_HAN}{{1,2}}?){_STOP}"
)
_ITS_NAME = re.compile(rf"(?:写|留|用|填|换)(?P<name>{SURNAME}{_HAN}{{1,2}}?)的?名字")
_SURNAME_ONLY = re.compile(rf"(?:免贵姓|我姓|姓|贵姓)(?P<name>{SURNAME})(?P<title>(?:{_TITLE})?)(?![名氏什么啥])")
_SPELT = re.compile(
    rf"姓(?P<surname>{SURNAME})[\s,.]*(?:名字?[叫是:]?|叫做?|(?=(?P=surname)))[\s:]*(?:(?P=surname))?"
    rf"(?P<given>(?!(?P=surname)|{_TITLE}|[你我您他她]){_HAN}{{1,2}}?){_STOP}"
)
"""“我姓段，叫段桂英”, “姓段名桂英”: surname first, then the whole name or the given one."""
_CUE = re.compile(r"我叫|名叫|叫做|名字|姓名|联系人|收货人|收件人|户名|署名|预约人|登记")
_NEAR = re.compile(rf"叫|姓|{_CUE.pattern}")
_BARE = re.compile(
    rf"[\s,.]*(?:是|叫|就|我叫)?(?P<name>(?:{_COMPOUND})\s?{_HAN}{{1,2}}?|{SURNAME}{_HAN}{{1,3}}?|{_FAR})[\s,.!吧啊呀哈]*$"
)
_WORKER = re.compile(r"(?:安装|维修|快递|配送|送货|派送|送|修)$")
_NOBODY = {"什么", "何时", "任何", "何人", "方便", "关于", "成功", "高兴", "安全", "文件", "于是", "向您", "高先生们"}
_NO_NAME = re.compile(r"什么|安排|金牌|高级|专业|全能|[装送]|怎么|谁|哪|啥|[的了吗呢啊吧呀不没想要买退换修在]")


def find_people(folded: str, tagger: Tagger, *, asked: bool, other_numbers: bool) -> list[FoundEntity]:
    """Return the names in ``folded``; of “我姓王，王芳” only the fuller one.

    Args:
        tagger: asked only when a cue stands in the text, a name was asked for or a phone stands beside.
        asked: the bot has just asked for a name.
        other_numbers: a telephone stands in the message.
    """
    found = without_overlap([*_told(folded), *_titled(folded)])
    if asked and (bare := _BARE.match(folded)) and _is_name(bare["name"]):
        found += without_overlap(
            [FoundEntity("person", re.sub(r"\s", "", bare["name"]), bare.start("name"), bare.end("name"))], found
        )
    short = len(folded) <= 4 and re.match(rf"{SURNAME}{_HAN}{{1,3}}$", folded) is not None
    if asked or other_numbers or short or (not found and _CUE.search(folded)):
        found += without_overlap(_tagged(folded, tagger, strict=not (asked or other_numbers or short)), found)
    fuller = [
        f for f in found if not any(f is not o and f.value != o.value and o.value.startswith(f.value) for o in found)
    ]
    return sorted(fuller, key=lambda f: f.start)


def _told(text: str) -> Iterator[FoundEntity]:
    for match in _SPELT.finditer(text):
        name = match["surname"] + match["given"]
        if _is_name(name):
            yield FoundEntity("person", name, match.start("surname"), match.end("given"))
    for pattern in (_TOLD, _SELF, _CORRECTED, _ITS_NAME):
        for match in pattern.finditer(text):
            if _is_name(match["name"]):
                yield FoundEntity("person", match["name"], match.start("name"), match.end("name"))
    for match in _SURNAME_ONLY.finditer(text):
        value = match["name"] + match["title"]
        yield FoundEntity("person", value, match.start("name"), match.end("title"))


def _titled(text: str) -> Iterator[FoundEntity]:
    for match in _TITLED.finditer(text):
        name = match["name"]
        if name not in _NOBODY and not _WORKER.search(text, 0, match.start()) and not _NO_NAME.search(name):
            yield FoundEntity("person", name, match.start("name"), match.end("name"))


def _tagged(text: str, tagger: Tagger, *, strict: bool) -> Iterator[FoundEntity]:
    for word in tagger(text):
        if word.tag != "PER" or not _is_name(word.text) or not re.match(SURNAME, word.text):
            continue
        before = text[max(0, word.start - 6) : word.start]
        if not strict or _NEAR.search(before):
            yield FoundEntity("person", word.text, word.start, word.end)


def _is_name(name: str) -> bool:
    return re.fullmatch(_FAR, name) is not None or (name not in _NOBODY and not _NO_NAME.search(name))
