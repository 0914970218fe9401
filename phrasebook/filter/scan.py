"""Search one text in every way round the filter, each only when a trigger says that it can matter.

The text without its marks is searched once, for the phrases and for the signs of everything else; what is
not found there is found in no form of the text, and most texts end at that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from phrasebook.filter.deobfuscation import (
    Form,
    collapse,
    collapsed,
    has_picture,
    is_hidden,
    join_split,
    looks_ordinary,
    only_doubled,
    plain_digits,
    read_pictures,
    squeeze,
    unchanged,
    without_common_marks,
    without_marks,
    without_number_marks,
)
from phrasebook.filter.fold import find_unfolded, find_unusual, fold_map, fold_unfolded
from phrasebook.filter.forbidden_lists import Entry
from phrasebook.filter.matcher import Occurrence
from phrasebook.filter.personal_data import PersonalData, PersonalHit, find_personal, may_hold_address, may_hold_number
from phrasebook.filter.personal_hit import personal_hit
from phrasebook.filter.rules import NUMERALS, WHOLE_LENGTH, Rules
from phrasebook.filter.triggers import (
    DENY,
    DIGITS,
    ECHO,
    EMAIL,
    HOUSE,
    LATIN,
    NUMBER,
    PERSONAL,
    PICTURE,
    REPEAT,
    SPLIT,
    SPLITS,
)
from phrasebook.filter.verdict import Hit, make_hit

NOBODY = PersonalData()
# Start and end in the folded text, the entry, how it was found, its level if not the entry's, its score.
Item = tuple[int, int, Entry, str, "str | None", float]
_AUDIBLE = LATIN | ECHO
# A customer's message is marked as abusive by its sound only when it is hardly anything else.
_CUSTOMER_SCORE = 0.7


class Scanner:
    """Searches texts by compiled rules; keeps nothing of them."""

    def __init__(self, rules: Rules, public: PersonalData = NOBODY) -> None:
        self.rules = rules
        self.public = public
        self._find = rules.find
        self._flags = rules.flags

    def scan(self, text: str, direction: str, own: PersonalData | None, thorough: bool = False) -> list[Hit]:
        """Return what is found in a text; `thorough` looks for homophones in any text, all over it."""
        unusual = find_unusual(text)
        signs = 0
        if unusual is None:
            folded, without = text, without_common_marks(text)
        else:
            folded, without, signs = _plainer(text, unusual.start())
        found = self._find(without)
        if found:
            flags = self._flags
            for _, _, index in found:
                signs |= flags[index]
        if not (signs or thorough) and len(folded) > WHOLE_LENGTH:
            return []  # where most texts end
        items = self._denied(folded, without, found, direction) if signs & DENY else []
        if len(folded) <= WHOLE_LENGTH:
            whole = self.rules.whole_message(folded, direction)
            items += [(start, end, entry, "exact", None, 1.0) for start, end, entry in whole]
        people: Iterable[PersonalHit] = ()
        if thorough or signs & ~DENY:
            items += self._evading(folded, without, found, signs, direction)
            if thorough or signs & _AUDIBLE:
                items += self._heard(folded, without, found, signs, direction, thorough, items)
            people = self._people(folded, without, found, signs)
        if not (items or people):
            return []
        origins = _origins(text, folded)
        hits = [_hit(item, text, origins) for item in items]
        for person in people:
            if not (self.public.holds(person.kind, person.value) or (own and own.holds(person.kind, person.value))):
                span = _span(person.start, person.end, origins)
                hits.append(personal_hit(person, text, span, direction=direction, customer_known=own is not None))
        return hits

    def _denied(self, folded: str, without: str, found: list[Occurrence], direction: str) -> list[Item]:
        written, hidden = found, False
        if len(without) != len(folded):
            written, hidden = self.rules.place_in_text(folded, without, found)
        items: list[Item] = [
            (start, end, entry, "exact", None, 1.0)
            for start, end, entry in self.rules.standing(folded, written, direction)
        ]
        if hidden:
            items += self._hidden(folded, squeeze(unchanged(folded)), "gap", direction)
        return items

    def _evading(
        self, folded: str, without: str, found: list[Occurrence], signs: int, direction: str
    ) -> Iterator[Item]:
        """Yield what stands in a form of the text, of those forms in which something new can stand."""
        if signs & REPEAT and self._repeats(without, found):
            yield from self._hidden(folded, collapse(squeeze(unchanged(folded))), "repeat", direction)
        if signs & SPLIT and self._splits(without, found):
            yield from self._hidden(folded, join_split(unchanged(folded)), "split", direction)
            yield from self._hidden(folded, join_split(squeeze(unchanged(folded))), "split", direction)
        if signs & PICTURE:
            yield from self._hidden(folded, squeeze(read_pictures(unchanged(folded))), "picture", direction)
        if signs & DIGITS and self._mixes(without, found):
            yield from self._hidden(folded, plain_digits(squeeze(unchanged(folded))), "digits", direction)

    def _people(self, folded: str, without: str, found: list[Occurrence], signs: int) -> list[PersonalHit]:
        """List the personal data of a text."""
        if signs & HOUSE and not any(may_hold_address(without, end - 1) for _, end in self._places(found, HOUSE)):
            signs &= ~HOUSE
        return list(find_personal(folded, signs=signs)) if signs & PERSONAL else []

    def _places(self, found: list[Occurrence], sign: int) -> list[tuple[int, int]]:
        flags = self._flags
        return [(start, end) for start, end, index in found if flags[index] & sign]

    def _repeats(self, without: str, found: list[Occurrence]) -> bool:
        """Tell whether a phrase appears when the doubled characters of a text are written once."""
        places = self._places(found, REPEAT)
        # Each character of a phrase stands twice at most where no sign tells of it.
        reach = 2 * self.rules.longest + 2
        first, last = max(0, places[0][0] - reach), places[-1][1] + reach
        once = self.rules.denied(self._find(collapsed(without[first:last])))
        if not once:
            return False
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
        for _, _, index in once:
            if index not in known:
                return True
            known.remove(index)
        return False

    def _splits(self, without: str, found: list[Occurrence]) -> bool:
        """Tell whether a phrase can appear when characters that were pulled apart are put together."""
        places = self._places(found, SPLIT)
        if len(places) > 1:
            return True
        ((start, end),) = places
        longest = self.rules.longest
        first = max(0, start - longest)
        joined = without[first:start] + SPLITS[without[start:end]] + without[end : end + longest]
        return any(a <= start - first < b for a, b, _ in self.rules.denied(self._find(joined)))

    def _mixes(self, without: str, found: list[Occurrence]) -> bool:
        """Tell whether a phrase appears when digits of two styles are written in one."""
        places = self._places(found, DIGITS)
        longest = self.rules.longest
        part = without[max(0, places[0][0] - longest) : places[-1][1] + longest]
        plain = part.translate(NUMERALS)
        return any(plain[a:b] != part[a:b] for a, b, _ in self.rules.denied(self._find(plain)))

    def _hidden(self, folded: str, form: Form, how: str, direction: str) -> Iterator[Item]:
        if form.text == folded:
            return
        for start, end, entry in self.rules.standing(form.text, self._find(form.text), direction):
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
        found: list[Occurrence],
        signs: int,
        direction: str,
        thorough: bool,
        items: list[Item],
    ) -> Iterator[Item]:
        """Yield what sounds like an entry: around what woke the search, or all over the text."""
        sound = self.rules.homophones
        if thorough:
            places = [(0, len(folded))]
        else:
            places = sound.pinyin_runs(folded) if signs & LATIN else []
            if signs & ECHO:
                echoes = {without[start:end] for start, end in self._places(found, ECHO)}
                places += [found.span() for echo in echoes for found in re.finditer(echo, folded)]
        known = {item[:2] for item in items}
        for start, end, entry, score, how in sound.hits(folded, direction, places) if places else ():
            if direction == "customer" and how != "pinyin" and score < _CUSTOMER_SCORE:
                continue
            if not any(a <= start and end <= b for a, b in known):
                yield start, end, entry, how, "suspect", score


def _plainer(text: str, start: int) -> tuple[str, str, int]:
    """Fold a text unusual from `start` on, leave out its marks, and tell which signs its characters give."""
    signs = 0
    folded, odd = text, False
    dirty = find_unfolded(text, start)
    if dirty is not None:
        # Most often capitals are all there is to fold (see `fold_dirty`).
        folded = text.lower()
        odd = find_unfolded(folded, dirty.start()) is not None or len(folded) != len(text)
        if odd:
            folded = fold_unfolded(text)
    without = without_common_marks(folded)
    if not without.isalnum():
        without = without_number_marks(without)
        if not without.isalnum():
            if "@" in without:
                signs = EMAIL
            if odd and has_picture(without):
                signs |= PICTURE
            without = without_marks(without)
            return folded, without, signs | NUMBER if may_hold_number(without.replace("%", "")) else signs
    return folded, without, NUMBER if may_hold_number(without) else 0


def _origins(text: str, folded: str) -> list[int] | None:
    """Tell where each character of the folded text comes from; capitals alone change no offset."""
    same = len(folded) == len(text) and (folded is text or folded == text.lower())
    return None if same else fold_map(text)[1]


def _span(start: int, end: int, origins: list[int] | None) -> tuple[int, int]:
    return (start, end) if origins is None else (origins[start], origins[end - 1] + 1)


def _hit(item: Item, text: str, origins: list[int] | None) -> Hit:
    start, end, (phrase, family, _), how, level, score = item
    if origins is not None:
        start, end = _span(start, end, origins)
    return make_hit(
        (
            phrase,
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
    )
