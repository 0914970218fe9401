"""Whether a value was taken back: “不是周三，是周四”, “除了周日都行”, “A，哦不对，B”."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.engine.nlu.reading.clues import Clues

_BEFORE = 6
_BEHIND = 5


def context_features(clues: Clues, places: Sequence[tuple[str, int, int]], which: int) -> Counter[str]:
    """Return the features of what stands around one of a message's values.

    Args:
        clues: the message.
        places: label, start and end of all its values, in order.
        which: the value that is asked about.
    """
    label, start, end = places[which]
    text = f"^^{clues.text}$$"
    before, behind = text[max(0, start + 2 - _BEFORE) : start + 2], text[end + 2 : end + 2 + _BEHIND]
    found = {f"l:{label}", f"form:{clues.question.form}"}
    found.update(f"<{n}:{before[-n:]}" for n in (1, 2, 3, 4))
    found.update(f">{n}:{behind[:n]}" for n in (1, 2, 3, 4))
    found.update(f"<:{before[i : i + n]}" for n in (1, 2) for i in range(len(before) - n + 1))
    found.update(f">:{behind[i : i + n]}" for n in (1, 2) for i in range(len(behind) - n + 1))
    earlier = any(other == label for other, _, _ in places[:which])
    later = any(other == label for other, _, _ in places[which + 1 :])
    found.update((f"earlier:{earlier}", f"later:{later}", f"alone:{not (earlier or later)}|<{before[-2:]}"))
    found.update((f"later:{later}|<{before[-2:]}", f"earlier:{earlier}|<{before[-2:]}"))
    return Counter(found)
