"""Danger: raised when somebody is in danger now, not for words that only sound like it."""
# ruff: noqa: E501 (a row of a table of sentences stays one row)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.nlu.danger import find_danger, load_patterns
from bot.engine.nlu.folding import fold_text

RAISED = [
    ("家里闻到很重的煤气味", "gas"), ("燃气管道漏气了怎么办", "gas"), ("厨房着火了", "fire"), ("充电宝自己烧起来了", "fire"),
    ("空调外机冒黑烟", "smoke"), ("插座有烧焦的味道", "smoke"), ("热水器漏电，我被电了一下", "electric"),
    ("插头一插就冒火花", "sparks"), ("电池爆炸了", "explosion"), ("我被困在电梯里出不去", "trapped"),
    ("孩子被反锁在屋里了", "trapped"), ("玻璃炸开把手划破了流了很多血", "hurt"), ("宝宝误吞了纽扣电池", "hurt"),
    ("老人摔倒起不来了", "hurt"), ("有人持刀在门口", "violence"), ("救命！！", "plea"), ("電梯困人了", "trapped"),
]  # fmt: skip

CALM = [
    "煤气灶怎么安装", "气得冒烟", "灭火器多少钱", "没有冒烟，就是不亮", "热水器会不会漏电", "火锅底料还有吗", "这款最近很火",
    "空气炸锅好用吗", "你们的服务真让人窒息", "我被你们气得吐血", "上次那个插座冒烟，后来换了新的", "加湿器冒白烟",
    "包裹被困在中转站三天了", "手机漏电太快", "静电，脱毛衣被电了一下", "听说这个牌子会爆炸", "想买燃气报警器，哪款灵敏",
    "如果着火了你们赔吗", "双十一剁手", "受伤的总是我的钱包", "担心孩子误吞小零件", "屏幕有划伤", "抽油烟机不出风",
    "打不着火", "香到冒烟", "大火煮十分钟可以吗",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), RAISED, ids=[text for text, _ in RAISED])
def test_danger_is_raised(text: str, kind: str) -> None:
    """A danger that is there now is raised, with its kind."""
    danger = find_danger(fold_text(text).text)
    assert danger is not None
    assert danger.kind == kind


@pytest.mark.parametrize("text", CALM)
def test_look_alike_is_calm(text: str) -> None:
    """Idioms, goods, negations, fears before buying and what is over raise nothing."""
    assert find_danger(fold_text(text).text) is None


@given(st.text(max_size=120))
def test_any_text_is_judged(text: str) -> None:
    """No text makes the detector raise an error, and a hit lies in the text."""
    danger = find_danger(text)
    assert danger is None or 0 <= danger.start <= danger.end <= len(text)


def test_broken_expression_names_file_and_expression(tmp_path: Path) -> None:
    """An expression that does not compile is named with its file."""
    path = tmp_path / "danger.yml"
    path.write_text(
        "words: {}\nkinds: {fire: ['(']}\nidioms: [x]\nbefore: [x]\nafter: [x]\nclause: [x]\n", encoding="utf8"
    )
    with pytest.raises(ValueError, match=r"danger\.yml"):
        load_patterns(path)
