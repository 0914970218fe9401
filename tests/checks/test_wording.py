"""`liyan check` finds words for customers that stand in a source instead of the phrasebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.checks.wording import wording

SAID = [
    ('turn.say("order.kept", note="暂时没有")', "'暂时没有' could be said"),
    ('turn.say("order.kept", price=f"{price}元")', "'元' could be said"),
    ('NOT_SAID = "未说明"', "'未说明' could be said"),
    ('turn.set("where", place or "没有说明")', "'没有说明' could be said"),
    ('def named(kind):\n    return {"gas": "燃气"}[kind]', "'燃气' could be said"),
    ('turn.say("consult.alternatives", names="、".join(names))', "'、' joins what is said"),
    ('Choice(1, "button.slot", text=f"{day}：{hour}")', "'：' joins what is said"),
]
NOT_SAID = [
    '"""Read “没有订单” as none."""',
    '_NONE = re.compile(r"没有|不记得")',
    '_ROLES = "师傅|客服"\n_WHO = re.compile(rf"({_ROLES})$")',
    'cheap = word == "便宜"\nkept = text.startswith(("补充", "另外"))',
    '_FIGURES = {"一": 1, "两": 2}',
    "add_note(ticket, why=f\"客户更正：{'、'.join(given)}\")",
    'def urge(ticket, *, why="催单"): ...',
    'raise ValueError("没有这个工单")',
    'ticket.fields["what"] = "；".join(told)',
]


def _found(folder: Path, source: str) -> list[str]:
    (folder / "actions" / "journeys").mkdir(parents=True)
    (folder / "actions" / "journeys" / "one.py").write_text(source, encoding="utf-8")
    return list(wording(folder, ("actions",)))


@pytest.mark.parametrize(("source", "told"), SAID)
def test_words_that_could_reach_a_customer_are_told(tmp_path: Path, source: str, told: str) -> None:
    """Whatever could become a value of a phrase, by whichever way, is told with file, line and what to do."""
    found = _found(tmp_path, f"import re\n{source}\n")
    assert len(found) == 1
    assert found[0].startswith("actions/journeys/one.py:")
    assert told in found[0]


@pytest.mark.parametrize("source", NOT_SAID)
def test_words_that_are_read_or_meant_for_staff_may_stay(tmp_path: Path, source: str) -> None:
    """Patterns, comparisons, keys, docstrings, errors and lines of a ticket's history reach no customer."""
    assert _found(tmp_path, f"import re\n{source}\n") == []
