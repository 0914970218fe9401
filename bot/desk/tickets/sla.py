"""Promised times: what the service manual allows to say, as dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import model_validator

from bot.desk.calendar.working_time import WorkingTime
from bot.desk.shop.pack import Data, pack_file
from bot.desk.shop.profile import working_time

WEIGHTS = ("general", "major", "urgent")


class Term(Data):
    """A length of time in exactly one unit."""

    minutes: int | None = None
    """Round the clock."""
    working_minutes: int | None = None
    working_hours: int | None = None
    working_days: int | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Term:
        given = [value for value in self.model_dump().values() if value is not None]
        if len(given) != 1 or given[0] < 1:
            raise ValueError("give exactly one of minutes, working_minutes, working_hours, working_days, 1 or more")
        return self

    def after(self, now: datetime, working: WorkingTime) -> datetime:
        """Return the moment at which the term has run out."""
        if self.minutes is not None:
            return now + timedelta(minutes=self.minutes)
        if self.working_days is not None:
            return working.add_days(now, self.working_days)
        minutes = self.working_minutes if self.working_minutes is not None else 60 * (self.working_hours or 0)
        return working.add(now, timedelta(minutes=minutes))


class Rule(Data):
    """The terms of one kind of ticket at one weight."""

    first_reply: Term
    due: Term


class Rules(Data):
    """The file: rules by kind, then by weight; a missing weight takes the next lighter one."""

    kinds: dict[str, dict[str, Rule]]

    @model_validator(mode="after")
    def _complete(self) -> Rules:
        for kind, weights in self.kinds.items():
            if "general" not in weights or set(weights) - set(WEIGHTS):
                raise ValueError(f"kind {kind}: weights are {', '.join(WEIGHTS)}, of which general is required")
        return self


@dataclass(frozen=True, slots=True)
class Promise:
    """When a ticket is first answered and when it is done, aware times."""

    first_reply_due_at: datetime
    due_at: datetime


def promise(kind: str, weight: str, now: datetime, *, pack: Path | None = None) -> Promise:
    """Return the times promised for a ticket of this kind and weight made at `now`.

    A weight without a rule of its own takes the rule of the next lighter one.

    Raises:
        ValueError: no rule for the kind or no such weight; lists what there is.
    """
    rules = pack_file("sla.yml", Rules, pack).kinds
    if kind not in rules:
        raise ValueError(f"sla.yml: no rule for kind {kind!r}; available: {', '.join(rules)}")
    if weight not in WEIGHTS:
        raise ValueError(f"no weight {weight!r}; available: {', '.join(WEIGHTS)}")
    working = working_time(pack=pack)
    lighter = [rules[kind][name] for name in WEIGHTS[: WEIGHTS.index(weight) + 1] if name in rules[kind]]
    rule = lighter[-1]
    due_at = rule.due.after(now, working)
    return Promise(min(rule.first_reply.after(now, working), due_at), due_at)
