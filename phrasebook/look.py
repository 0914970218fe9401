"""Look at one text in every way round the filter, each only when a sign says that it can matter.

The text without its marks is searched once, for the phrases and for the signs of everything else; what is
not found there is found in no form of the text, and most texts end at that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phrasebook.evade import (
    Form,
    bare,
    barer,
    collapse,
    collapsed,
    draw,
    has_picture,
    is_hidden,
    join_split,
    looks_ordinary,
    only_doubled,
    plain_digits,
    squeeze,
    unchanged,
    without_marks,
)
from phrasebook.fold import find_dirty, find_unusual, fold_dirty, fold_map
from phrasebook.forbid import Entry
from phrasebook.match import Found
from phrasebook.personal import PersonalData, PersonalHit, find_personal, may_hold_address, may_hold_number
from phrasebook.rules import NUMERALS, WHOLE_LENGTH, Rules
from phrasebook.signs import DENY, DIGITS, ECHO, EMAIL, HOUSE, LATIN, NUMBER, PERSONAL, PICTURE, REPEAT, SPLIT, SPLITS
from phrasebook.verdict import Hit

NOBODY = PersonalData()
# Start and end in the folded text, the entry, how it was found, its level if not the entry's, its score.
Item = tuple[int, int, Entry, str, "str | None", float]
_HIDING = REPEAT | SPLIT | PICTURE | DIGITS
_AUDIBLE = LATIN | ECHO
# A customer's message is marked as abusive by its sound only when it is hardly anything else.
_CUSTOMER_SCORE = 0.7
_TITLES = {
    "mobile": "手机号",
    "landline": "座机号",
    "id_card": "身份证号",
    "bank_card": "银行卡号",
    "plate": "车牌号",
    "email": "邮箱",
    "address": "住址",
}


class Watch:
    """Look at texts by compiled rules; holds nothing of them."""

    def __init__(self, rules: Rules, public: PersonalData = NOBODY) -> None:
        """Take rules, and the numbers and addresses that are the shop's own."""
        self.rules = rules
        self.public = public
        self._find = rules.find
        self._flags = rules.flags

    def look(self, text: str, direction: str, own: PersonalData | None, thorough: bool = False) -> list[Hit]:
        """List what is found in a text; `thorough` listens for homophones in any text, all over it."""
        unusual = find_unusual(text)
        signs = 0
        if unusual is None:
            folded = text
            without = bare(text)
        else:
            folded = text if find_dirty(text, unusual.start()) is None else fold_dirty(text)
            without = bare(folded)
            if not without.isalnum():
                without, signs = _barer(folded, without)
            elif may_hold_number(without):
                signs = NUMBER
        found = self._find(without)
        if found:
            flags = self._flags
            for _, _, index in found:
                signs |= flags[index]
        elif not (signs or thorough) and len(folded) > WHOLE_LENGTH:
            return []  # where most texts end
        items: list[Item] = []
        if signs & DENY:
            items = self._denied(folded, without, found, direction)
        if len(folded) <= WHOLE_LENGTH:
            items += [
                (start, end, entry, "exact", None, 1.0) for start, end, entry in self.rules.whole(folded, direction)
            ]
        if signs & _HIDING:
            for how, form in self._forms(folded, without, found, signs):
                items += self._hidden(folded, form, how, direction)
        if thorough or signs & _AUDIBLE:
            items += self._heard(folded, without, found, signs, direction, thorough, items)
        if signs & HOUSE and not any(may_hold_address(without, end - 1) for _, end in self._places(found, HOUSE)):
            signs &= ~HOUSE
        people = list(find_personal(folded, signs=signs)) if signs & PERSONAL else ()
        if not (items or people):
            return []
        origin = Origin(text, folded)
        hits = [_hit(item, origin) for item in items]
        for person in people:
            hits += self._personal(person, origin, direction, own)
        return hits

    def _denied(self, folded: str, without: str, found: list[Found], direction: str) -> list[Item]:
        written, hidden = found, False
        if len(without) != len(folded):
            written, hidden = self.rules.written(folded, without, found)
        items: list[Item] = [
            (start, end, entry, "exact", None, 1.0)
            for start, end, entry in self.rules.decide(folded, written, direction)
        ]
        if hidden:
            items += self._hidden(folded, squeeze(unchanged(folded)), "gap", direction)
        return items

    def _forms(self, folded: str, without: str, found: list[Found], signs: int) -> Iterator[tuple[str, Form]]:
        """Yield the forms of a text in which something new can stand."""
        if signs & REPEAT and self._repeats(without, found):
            yield "repeat", collapse(squeeze(unchanged(folded)))
        if signs & SPLIT and self._splits(without, found):
            yield "split", join_split(unchanged(folded))
            yield "split", join_split(squeeze(unchanged(folded)))
        if signs & PICTURE:
            yield "picture", squeeze(draw(unchanged(folded)))
        if signs & DIGITS and self._mixes(without, found):
            yield "digits", plain_digits(squeeze(unchanged(folded)))

    def _places(self, found: list[Found], sign: int) -> list[tuple[int, int]]:
        flags = self._flags
        return [(start, end) for start, end, index in found if flags[index] & sign]

    def _repeats(self, without: str, found: list[Found]) -> bool:
        """Tell whether a phrase appears when the doubled characters of a text are written once."""
        places = self._places(found, REPEAT)
        # Each character of a phrase stands twice at most where no sign tells of it.
        reach = 2 * self.rules.longest + 2
        first, last = max(0, places[0][0] - reach), places[-1][1] + reach
        # What stands apart from every doubled character is known already.
        known = [
            index
            for start, end, index in found
            if start >= first
            and end <= last
            and not any(a < end and start < b for a, b in places)
            and without[start - 1 : start] != without[start]
            and without[end : end + 1] != without[end - 1]
        ]
        for _, _, index in self.rules.denied(self._find(collapsed(without[first:last]))):
            if index not in known:
                return True
            known.remove(index)
        return False

    def _splits(self, without: str, found: list[Found]) -> bool:
        """Tell whether a phrase can appear when characters that were pulled apart are put together."""
        places = self._places(found, SPLIT)
        if len(places) > 1:
            return True
        ((start, end),) = places
        longest = self.rules.longest
        first = max(0, start - longest)
        joined = without[first:start] + SPLITS[without[start:end]] + without[end : end + longest]
        return any(a <= start - first < b for a, b, _ in self.rules.denied(self._find(joined)))

    def _mixes(self, without: str, found: list[Found]) -> bool:
        """Tell whether a phrase appears when digits of two styles are written in one."""
        places = self._places(found, DIGITS)
        longest = self.rules.longest
        part = without[max(0, places[0][0] - longest) : places[-1][1] + longest]
        plain = part.translate(NUMERALS)
        return any(plain[a:b] != part[a:b] for a, b, _ in self.rules.denied(self._find(plain)))

    def _hidden(self, folded: str, form: Form, how: str, direction: str) -> Iterator[Item]:
        if form.text == folded:
            return
        for start, end, entry in self.rules.decide(form.text, self._find(form.text), direction):
            if not is_hidden(folded, form, start, end):
                continue
            level = None
            if how == "repeat" and only_doubled(folded, form, start, end):
                continue
            if end - start == 2 and looks_ordinary(folded, form, start, end):
                # Two characters on either side of a comma meet by chance.
                if direction == "customer":
                    continue
                level = "suspect"
            yield *form.span(start, end), entry, how, level, 1.0

    def _heard(
        self,
        folded: str,
        without: str,
        found: list[Found],
        signs: int,
        direction: str,
        thorough: bool,
        items: list[Item],
    ) -> Iterator[Item]:
        """Yield what sounds like an entry: around what woke the search, or all over the text."""
        sound = self.rules.sound
        if thorough:
            places = [(0, len(folded))]
        else:
            places = sound.wakes(folded) if signs & LATIN else []
            if signs & ECHO:
                echoes = {without[start:end] for start, end in self._places(found, ECHO)}
                places += [found.span() for echo in echoes for found in re.finditer(echo, folded)]
        known = {item[:2] for item in items}
        for start, end, entry, score, how in sound.hits(folded, direction, places) if places else ():
            if direction == "customer" and how != "pinyin" and score < _CUSTOMER_SCORE:
                continue
            if not any(a <= start and end <= b for a, b in known):
                yield start, end, entry, how, "suspect", score

    def _personal(self, found: PersonalHit, origin: Origin, direction: str, own: PersonalData | None) -> list[Hit]:
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


def _barer(folded: str, without: str) -> tuple[str, int]:
    """Leave out the unusual marks of a text too, and tell which signs its characters give."""
    signs = EMAIL if "@" in folded else 0
    without = barer(without)
    digits = without
    if not without.isalnum():
        if has_picture(without):
            signs |= PICTURE
        without = without_marks(without)
        digits = without.replace("%", "")
    return without, signs | NUMBER if may_hold_number(digits) else signs


class Origin:
    """Map spans of the folded text to the original; the map is made only when a hit needs it."""

    def __init__(self, text: str, folded: str) -> None:
        self.text = text
        self.folded = folded
        self._map: list[int] | None = [] if folded is text else None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the folded text."""
        if self._map is None:
            # Capitals alone change no offset.
            same = len(self.folded) == len(self.text) and self.folded == self.text.lower()
            self._map = [] if same else fold_map(self.text)[1]
        return (self._map[start], self._map[end - 1] + 1) if self._map else (start, end)


def _hit(item: Item, origin: Origin) -> Hit:
    start, end, (text, family, _), how, level, score = item
    start, end = origin.span(start, end)
    return Hit(
        text,
        family.kind,
        family.name,
        level or family.level,
        start,
        end,
        origin.text[start:end],
        family.replacement,
        family.reason,
        how,
        score,
    )
