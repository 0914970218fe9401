"""A small phrasebook for the tests of the life cycle."""

from __future__ import annotations

from pathlib import Path

from bot.desk.phrases.in_force import ReviewContext
from phrasebook.book.load import load_phrases
from phrasebook.filter.check import load_checker

ASK = """\
# 开头的说明，导出后仍在原处。
scene: ask
owner: 客户关怀组
phrases:
  - id: ask.when
    version: 3
    state: approved
    purpose: 请问发生时间
    tone: neutral
    variables:
      product: {type: text, sample: 空气炸锅}
    variants:
      - 请问{product}是什么时候出现这个情况的？
      - 您还记得{product}是哪一天出的状况吗？
  # 这一句由质检组看过。
  - id: ask.where
    version: 1
    state: approved
    purpose: 请问发生地点
    variants: [请问是在哪里发生的？]
"""
SAFE = """\
scene: safe
owner: 客户关怀组
phrases:
  - id: safe.generic
    version: 1
    state: approved
    purpose: 通用替代
    variants: [抱歉，我再为您核实一下。]
  - id: safe.superlative
    version: 1
    state: approved
    purpose: 代替绝对化用语
    variants: [这款商品的特点我如实为您介绍。]
"""
FORBIDDEN = """\
kind: superlative
title: 测试用的禁用语
about: 只用于测试
families:
  - name: 最牛
    reason: 绝对化用语
    level: block
    direction: [bot, clerk]
    replacement: safe.superlative
    entries: [最牛, 全网最牛的]
    caught: [这是本店最牛的商品]
    passes: [您好]
"""


def make_folder(folder: Path) -> Path:
    """Write the phrasebook and return its folder."""
    for name, text in (("approved/ask", ASK), ("approved/safe", SAFE), ("forbidden/superlative", FORBIDDEN)):
        path = folder / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def make_press(folder: Path) -> ReviewContext:
    """Return what new words are measured by."""
    book = load_phrases(make_folder(folder) / "approved")
    return ReviewContext(book, book, load_checker(folder / "forbidden"))
