"""Make up what customers type: names, addresses, half a sentence, and now and then what must not get out."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from phrasebook.book.book import FREE_TYPES, Phrase

HOSTILE = 0.03
"""Share of values that must not get out."""


class MadeUpText:
    """Make up what customers type.

    Args:
        chance: decides everything; the same seed says the same.
        forbidden: entries of the lists.
    """

    def __init__(self, chance: random.Random, forbidden: list[str]) -> None:
        self._chance = chance
        self._forbidden = forbidden
        self.phone = f"1{chance.choice('3578')}{chance.randrange(10**9):09d}"
        road, room = chance.randrange(1, 999), chance.randrange(101, 2805)
        self.address = f"浙江省杭州市西湖区礼言路{road}号{chance.randrange(1, 9)}单元{room}室"
        self.name = chance.choice("王李张刘陈杨赵黄周吴") + chance.choice(["芳", "伟", "小明", "女士", "先生", "建国"])

    def values(self, phrase: Phrase) -> dict[str, Any]:
        """Fill the blanks of a phrase."""
        return {name: self._value(variable.type, variable.sample) for name, variable in phrase.variables.items()}

    def _value(self, kind: str, sample: str) -> Any:
        chance = self._chance
        if kind in FREE_TYPES and chance.random() < HOSTILE:
            return self._hostile()
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(10**6))
        made: dict[str, Any] = {
            "date_time": now.isoformat(),
            "date": now.date().isoformat(),
            "time": f"{now:%H:%M}",
            "money": f"{chance.randrange(10**7) / 100:.2f}",
            "integer": chance.randrange(1000),
            "percent": chance.randrange(100),
            "phone": self.phone,
            "ticket": f"T{now:%y%m%d}-{chance.randrange(10**5):05d}",
            "order": f"{now:%y%m%d}{chance.randrange(10**6):06d}",
            "person": self.name,
            "address": self.address,
            "url": f"https://shop.example/{chance.randrange(10**6)}",
        }
        if kind in made:
            return made[kind]
        return [self._text(sample) for _ in range(3)] if kind in ("list", "numbered") else self._text(sample)

    def _text(self, sample: str) -> str:
        chance = self._chance
        kinds = (
            sample,
            sample + chance.choice(["，谢谢", "！！", " ok", "😊", "（黑色）", "…"]),
            "".join(chance.sample(sample, len(sample)))
            if len(sample) < 6
            else sample[: chance.randrange(1, len(sample))],
            "".join(
                chr(chance.choice([chance.randrange(0x20, 0x7F), chance.randrange(0x4E00, 0x9FA6)])) for _ in range(8)
            ),
        )
        return chance.choices(kinds, weights=(60, 25, 10, 5))[0]

    def _hostile(self) -> str:
        chance = self._chance
        words = chance.choice(self._forbidden)
        return chance.choice(
            [
                words,
                f"他说{words}",
                " ".join(words),
                f"<script>alert('{words}')</script>",
                f"请打1{chance.choice('3578')}{chance.randrange(10**9):09d}",
                "{product}{phone}{{0}}",
                "\u202e\u200b\x00" + words,
                "字" * 3000,
            ]
        )
