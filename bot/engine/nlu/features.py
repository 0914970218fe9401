"""Features of an utterance: characters across word ends, words, topics, length; numbers masked, spelling levelled."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, combinations
from pathlib import Path

from ruamel.yaml import YAML

from bot.engine.nlu.segment import WORDS, Segmenter

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ORDER = re.compile(r"(?<!\d)\d{12,}(?!\d)")
_TICKET = re.compile(r"t\d{6}-?\d{5,8}(?!\d)")
_LINK = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"\d{4,}")
_REPEATED = re.compile(r"(.)\1{3,}")
_PUNCTUATION = re.compile(r"[^\w①-⑤]+|_+")
# A polite beginning says nothing about the wish that follows it.
_OPENING = re.compile(
    r"^(?:(?:亲+|您好|你好|在吗|在么|在不在|在嘛|hi|hello|客服|美女|请问一下|请问|老板|那个|嗯+|哦+|额|好的|好吧)"
    r"[啊呀哈吗呢哦]* *)+(?=.{4})"
)
_GREETING = re.compile(
    r"^(?:亲+|您好|你好|在吗|在么|在不在|在嘛|在不|在|哈喽|哈罗|hi|hello|嗨|客服|美女|帅哥|小姐姐|亲爱的|请问一下|请问|老板|那个|有人吗|人呢"
    r"|嗯+|哦+|额|好的|好吧|您|你)+[啊呀哈吗呢哦吧]*$"
)
_QUESTION = re.compile(r"[么嘛吗不没](?= |$)")
_PARTICLES = re.compile(r"[啊呀哦呢吧啦哈嗯嘿哟喔噢吼哇吖]+")
_LENGTHS = tuple(accumulate((3, 2, 3, 5, 8, 15)))


def mask(folded: str) -> str:
    """Replace numbers and links by signs of their kind, punctuation and blanks by one blank.

    Args:
        folded: a text folded by ``fold_text``.
    """
    text = _LINK.sub("①", folded)
    text = _TICKET.sub("⑤", text)
    text = _PHONE.sub("②", text)
    text = _ORDER.sub("③", text)
    text = _NUMBER.sub("④", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    return _PUNCTUATION.sub(" ", text).strip()


@lru_cache(maxsize=1)
def _spelling(path: Path = WORDS / "spelling.tsv") -> tuple[re.Pattern[str], dict[str, str]]:
    lines = path.read_text(encoding="utf8").splitlines()
    pairs = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    return re.compile("|".join(sorted(map(re.escape, pairs), key=len, reverse=True))), pairs


def canonical(folded: str) -> str:
    """Return the text as the classifier reads it: masked, without polite beginning and particles, spelling levelled."""
    masked = _without_greetings(mask(folded))
    text = _OPENING.sub("", masked) or masked
    pattern, pairs = _spelling()
    text = pattern.sub(lambda match: pairs[match[0]], text)
    text = _QUESTION.sub("吗", text)
    # A text of particles alone (嗯嗯) keeps them: they are all it says.
    bare = _PARTICLES.sub("", text).strip()
    return bare or text


def _without_greetings(masked: str) -> str:
    """Return the text without clauses that only greet (…发票咨询 你好), when it says something else too."""
    clauses = masked.split(" ")
    kept = [clause for clause in clauses if not _GREETING.match(clause)]
    return " ".join(kept) if len("".join(kept)) > 1 else masked


def ngrams(text: str, longest: int) -> list[str]:
    """Return all character n-grams of ``^text$`` from 1 to ``longest``."""
    framed = f"^{text}$"
    length = len(framed)
    return [framed[i : i + n] for n in range(1, longest + 1) for i in range(length - n + 1)]


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    """Return a segmenter without the shop's words: features must not change under a trained model."""
    return Segmenter()


@lru_cache(maxsize=1)
def _topics(path: Path = WORDS / "topics.yml") -> dict[str, re.Pattern[str]]:
    topics = YAML(typ="safe").load(path.read_text(encoding="utf8"))
    return {
        name: re.compile("|".join(sorted(map(re.escape, words.split()), key=len, reverse=True)))
        for name, words in topics.items()
    }


def topics(text: str) -> list[str]:
    """Return the topics that words of ``text`` speak of, and their pairs."""
    met = [name for name, pattern in _topics().items() if pattern.search(text)]
    return [*(f"t:{one}" for one in met), *(f"t:{one}+{other}" for one, other in combinations(met, 2))]


def features(folded: str, longest: int) -> list[str]:
    """Return the features of a folded utterance, repeated as often as they occur."""
    text = canonical(folded)
    words = [f"w:{word}" for word, _, _ in _segmenter().words(text)]
    size = sum(len(text) >= bound for bound in _LENGTHS)
    return [*ngrams(text, longest), *words, *topics(text), f"l:{size}"]
