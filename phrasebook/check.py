"""Check a text before it leaves, or a customer's message as it comes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from phrasebook.book import Variable
from phrasebook.evade import (
    Form,
    bare,
    collapse,
    collapsed,
    draw,
    has_mixed_digits,
    has_picture,
    has_repeat,
    is_hidden,
    join_split,
    looks_ordinary,
    may_differ,
    only_doubled,
    plain_digits,
    squeeze,
    squeeze_form,
    unchanged,
)
from phrasebook.fold import fold, fold_map, is_folded, unusual
from phrasebook.forbid import Entry, load_lists
from phrasebook.match import Found
from phrasebook.personal import PersonalData, PersonalHit, find_personal, may_hold
from phrasebook.rules import NUMERALS, WHOLE_LENGTH, Rules, Signs, compile_lists
from phrasebook.verdict import PASS, Hit, Verdict, judge, moved

__all__ = [
    "PASS",
    "SHIPPED",
    "Checker",
    "Hit",
    "Verdict",
    "check",
    "load_checker",
    "shipped",
    "value_guard",
]
SHIPPED = Path(__file__).parent / "forbidden"
_NOBODY = PersonalData()
_NO_SIGNS = Signs()
# A phrase cut in two by the edge of a bubble is looked for this far on either side.
_EDGE = 24
# A customer's message is marked as abusive by its sound only when it is hardly anything else.
_CUSTOMER_SCORE = 0.7
_LATIN = re.compile("[a-z]").search
_TITLES = {
    "mobile": "手机号",
    "landline": "座机号",
    "id_card": "身份证号",
    "bank_card": "银行卡号",
    "plate": "车牌号",
    "email": "邮箱",
    "address": "住址",
}


class Checker:
    """Check texts against compiled rules; holds no state of a conversation."""

    def __init__(self, rules: Rules, public: PersonalData = _NOBODY) -> None:
        """Take rules, and the numbers and addresses that are the shop's own."""
        self.rules = rules
        self.public = public
        self._find = rules.find

    def check(
        self,
        text: str,
        *,
        direction: str,
        own: PersonalData | None = None,
        previous: str = "",
        buttons: Sequence[str] = (),
        thorough: bool = False,
    ) -> Verdict:
        """Judge a text; never raises, whatever the text.

        Args:
            direction: bot, clerk or customer.
            own: the customer's own data, which may be said in the customer's own conversation.
            previous: the bubble before this one, joined on to find what was cut in two.
            buttons: titles below the text, checked alone and joined.
            thorough: listen for homophones in any text, not only in a suspicious one.
        """
        hits = self._look(text, direction, own, thorough)
        if previous:
            hits += self._joined(previous, text, direction, -len(previous))
        position = len(text)
        for title in buttons:
            hits += [moved(hit, position, hit.how) for hit in self._look(title, direction, own, thorough)]
            hits += self._joined(text, title, direction, position - len(text))
            position += len(title)
        return judge(hits) if hits else PASS

    def _look(self, text: str, direction: str, own: PersonalData | None, thorough: bool = False) -> list[Hit]:
        """Look at one text; each way round the filter is searched only when a cheap test says it can matter."""
        extras = unusual(text)
        if extras and not is_folded(extras):
            extras, folded = fold(extras), fold(text)
        else:
            folded = text
        without = bare(folded, extras)
        found = self._find(without)
        forms = bool(found) or has_repeat(without)
        personal = heard = False
        if extras:
            forms = forms or may_differ(extras, without)
            personal = may_hold(folded, extras)
            heard = _LATIN(extras) is not None and self.rules.sound.wakes(extras)
        heard = heard or thorough
        if not (forms or personal or heard) and len(folded) > WHOLE_LENGTH:
            return []  # where most texts end
        origin = _Origin(text, folded)
        hits: list[Hit] = []
        if found or len(folded) <= WHOLE_LENGTH:
            hits += [_hit(e, *origin.span(a, b), text, "exact") for a, b, e in self.rules.exact(folded, direction)]
        signs = self.rules.signs(found) if found else _NO_SIGNS
        if forms:
            for how, form in self._forms(folded, without, found, signs.split, extras):
                hits += self._hidden(folded, form, how, direction, origin)
        if heard or signs.echo:
            hits += self._heard(folded, direction, origin, hits)
        if personal or signs.spoken:
            for item in find_personal(folded, spoken=signs.spoken):
                hits += self._personal(item, origin, direction, own)
        return hits

    def _forms(
        self, folded: str, without: str, found: list[Found], split: bool, extras: str
    ) -> Iterator[tuple[str, Form]]:
        """Yield the forms of a text in which something new can stand."""
        # What stands in the text as it is stands in the text without marks too: more means something hidden.
        if found and len(found) != len(self._find(folded)):
            yield "gap", squeeze(folded)
        if has_repeat(without) and self._find(collapsed(without)):
            yield "repeat", collapse(squeeze(folded))
        if split:
            yield "split", join_split(unchanged(folded))
            yield "split", join_split(squeeze(folded))
        if not extras:
            return
        if has_picture(extras):
            yield "picture", squeeze_form(draw(unchanged(folded)))
        if has_mixed_digits(without) and self._find(without.translate(NUMERALS)):
            yield "digits", plain_digits(squeeze(folded))

    def _hidden(self, folded: str, form: Form, how: str, direction: str, origin: _Origin) -> Iterator[Hit]:
        if form.text == folded:
            return
        standing = self.rules.decide(form.text, self._find(form.text), direction)
        for start, end, entry in standing:
            if not is_hidden(folded, form, start, end):
                continue
            first, last = form.span(start, end)
            level = entry.family.level
            if how == "repeat" and only_doubled(folded, form, start, end):
                continue
            if end - start == 2 and looks_ordinary(folded, form, start, end):
                # Two characters on either side of a comma meet by chance.
                if direction == "customer":
                    continue
                level = "suspect"
            yield _hit(entry, *origin.span(first, last), origin.text, how, level=level)

    def _heard(self, folded: str, direction: str, origin: _Origin, hits: list[Hit]) -> Iterator[Hit]:
        known = {(hit.start, hit.end) for hit in hits}
        for start, end, entry, score, how in self.rules.sound.hits(folded, direction):
            if direction == "customer" and how != "pinyin" and score < _CUSTOMER_SCORE:
                continue
            first, last = origin.span(start, end)
            if not any(a <= first and last <= b for a, b in known):
                yield _hit(entry, first, last, origin.text, how, level="suspect", score=score)

    def _personal(self, found: PersonalHit, origin: _Origin, direction: str, own: PersonalData | None) -> list[Hit]:
        if self.public.holds(found.kind, found.value) or (own and own.holds(found.kind, found.value)):
            return []
        if direction == "customer":
            level = "mask"
        elif found.kind == "address" and (own is None or not found.private):
            level = "warn"  # a street and a number may be a shop's; a room is somebody's home
        else:
            level = "block"
        start, end = origin.span(found.start, found.end)
        reason = f"{_TITLES[found.kind]}属于个人信息，只可在本人的会话中说起"
        entry = _TITLES[found.kind]
        part = origin.text[start:end]
        return [Hit(entry, "personal_data", found.kind, level, start, end, part, "safe.privacy", reason, "personal")]

    def _joined(self, before: str, after: str, direction: str, shift: int) -> list[Hit]:
        """Find what only stands across the edge; `shift` is the index at which `before` begins."""
        head, tail = before[-_EDGE:], after[:_EDGE]
        if not head or not tail:
            return []
        text = head + tail
        edge = len(head)
        shift += len(before) - edge
        hits = [h for h in self._look(text, direction, None) if h.start < edge < h.end]
        return [moved(h, shift, "joined") for h in hits if h.how != "homophone" and h.end - h.start > 2]


class _Origin:
    """Map spans of the folded text to the original; the map is made only when a hit needs it."""

    def __init__(self, text: str, folded: str) -> None:
        self.text = text
        # Capitals alone change no offset.
        self._same = folded is text or (len(folded) == len(text) and folded == text.lower())
        self._map: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the folded text."""
        if self._same:
            return start, end
        if self._map is None:
            self._map = fold_map(self.text)[1]
        return self._map[start], self._map[end - 1] + 1


def _hit(
    entry: Entry, start: int, end: int, text: str, how: str, *, level: str | None = None, score: float = 1.0
) -> Hit:
    family = entry.family
    return Hit(
        entry.text,
        family.kind,
        family.name,
        level or family.level,
        start,
        end,
        text[start:end],
        family.replacement,
        family.reason,
        how,
        score,
    )


def load_checker(folder: Path | str = SHIPPED, public: PersonalData = _NOBODY) -> Checker:
    """Load, compile and prove the lists of a folder.

    Raises:
        BadBook: a file is wrong or an entry fails its self-test; nothing is taken into use.
    """
    return Checker(compile_lists(load_lists(folder)), public)


@lru_cache(maxsize=1)
def shipped() -> Checker:
    """Load the lists that are shipped with the phrasebook, once."""
    return load_checker()


def check(
    text: str,
    *,
    direction: str,
    own: PersonalData | None = None,
    previous: str = "",
    buttons: Sequence[str] = (),
) -> Verdict:
    """Judge a text by the shipped lists; see `Checker.check`."""
    return shipped().check(text, direction=direction, own=own, previous=previous, buttons=buttons)


def value_guard(checker: Checker, own: PersonalData | None = None) -> Callable[[str, Variable], str]:
    """Make a guard for `render`: forbidden words in a typed value are masked, others' data refused."""

    def guard(text: str, variable: Variable) -> str:
        verdict = checker.check(text, direction="clerk", own=own, thorough=True)
        for hit in verdict.hits:
            if hit.level != "block":
                continue
            if hit.how == "personal":
                raise ValueError(f"holds personal data ({hit.family}) that is not the customer's own")
            text = text[: hit.start] + "＊" * (hit.end - hit.start) + text[hit.end :]
        return text

    return guard
