"""Take a person out of a message before anything learns from it: realistic placeholders instead of personal data."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from phrasebook.filter.fold import fold_map
from phrasebook.filter.personal_data import find_personal

PLACEHOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "phone": ("13800001234", "13900005678", "13700002468", "13600001357"),
    "landline": ("0571-88880000", "010-66660000"),
    "order_number": ("260311000128", "260427000561", "260815000943"),
    "ticket_number": ("T260311-00012", "T260427-00056"),
    "digits": ("1234", "5678", "2468"),
    "person": ("王芳", "李强", "张敏", "陈磊"),
    "address": ("杭州市西湖区文三路100号3幢201室", "南京市鼓楼区中山路20号5幢302室"),
    "email": ("kehu@example.com",),
    "id_card": ("身份证号",),
    "bank_card": ("银行卡号",),
    "plate": ("浙A00000",),
    "number": ("00128",),
}
"""Nobody's own, in the shape that customers write."""
_PERSONAL: Final = {"mobile": "phone"}
_TITLE = re.compile(r"(先生|女士|小姐|老师|师傅|阿姨|叔叔|大爷|大姐|太太)$")
_LONG = re.compile(r"(?<![0-9a-z])[a-z]{0,4}[0-9](?:[ -]?[0-9]){6,}(?![0-9])")
"""What is longer than prices and sizes is somebody's number, whoever's it is."""
_ACCOUNT = re.compile(r"(?:微信|wx|vx|v信|qq|支付宝)(?:号|账号|帐号)?(?:是|为|[::])?\s*([a-z0-9][a-z0-9_.-]{4,})")
_INTRODUCED = re.compile(
    r"(?:我叫|本人叫|姓名是?|收[货件]人是?|联系人是?)[:: ]*([\u4e00-\u9fa5]{2,3})(?![\u4e00-\u9fa5])"
)


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    kind: str


def mask(text: str, *, entities: Iterable[Mapping[str, Any]], own: Mapping[str, Iterable[str]]) -> str:
    """Return a message with placeholders for what belongs to a person.

    Args:
        text: the message as it was written.
        entities: what was found in it when it was understood, with `start`, `end` and `text`.
        own: kind (`person`, `phone`, `address` …) → values that the records hold of this customer.
    """
    folded, origins = fold_map(text)
    spans = [*_of_entities(text, entities), *_of_records(text, own)]
    for start, end, kind in _of_patterns(folded):
        spans.append(_Span(origins[start], origins[end - 1] + 1, kind))
    chosen = _apart(spans)
    # Which placeholder comes depends on the words around it only: it tells nothing of what stood there.
    seed = zlib.crc32("".join(_between(text, chosen)).encode())
    parts = []
    for place, piece in enumerate(_between(text, chosen)):
        parts.append(piece)
        if place < len(chosen):
            span = chosen[place]
            parts.append(_placeholder(span.kind, text[span.start : span.end], seed + place))
    return "".join(parts)


def _of_entities(text: str, entities: Iterable[Mapping[str, Any]]) -> Iterator[_Span]:
    for entity in entities:
        kind, words = str(entity.get("entity")), str(entity.get("text") or "")
        if kind not in PLACEHOLDERS or not words:
            continue
        start = int(entity.get("start") or 0)
        if text[start : start + len(words)] != words:
            start = text.find(words)
        if start >= 0:
            yield _Span(start, start + len(words), kind)


def _of_records(text: str, own: Mapping[str, Iterable[str]]) -> Iterator[_Span]:
    for kind, values in own.items():
        for value in values:
            if len(value) < 2:
                continue
            for match in re.finditer(re.escape(value), text):
                yield _Span(*match.span(), kind)


def _of_patterns(folded: str) -> Iterator[tuple[int, int, str]]:
    for hit in find_personal(folded, spoken=True):
        yield hit.start, hit.end, _PERSONAL.get(hit.kind, hit.kind)
    for match in _LONG.finditer(folded):
        yield (*match.span(), "number")
    for match in _ACCOUNT.finditer(folded):
        yield (*match.span(1), "number")
    for match in _INTRODUCED.finditer(folded):
        yield (*match.span(1), "person")


def _apart(spans: Sequence[_Span]) -> list[_Span]:
    """Return spans that do not overlap: the longer of two covers more of the person; the earlier found knows better."""
    ranked = sorted(enumerate(spans), key=lambda one: (one[1].start - one[1].end, one[0]))
    kept: list[_Span] = []
    for _, span in ranked:
        overlapping = [other for other in kept if span.start < other.end and other.start < span.end]
        if not overlapping:
            kept.append(span)
            continue
        first = overlapping[0]
        if span.start < first.start or span.end > first.end:
            # Both halves of an overlap are personal: what sticks out goes too.
            kept[kept.index(first)] = _Span(min(span.start, first.start), max(span.end, first.end), first.kind)
    return _joined(sorted(kept, key=lambda span: span.start))


def _joined(ordered: Sequence[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for span in ordered:
        if found and span.start < found[-1].end:
            found[-1] = _Span(found[-1].start, max(span.end, found[-1].end), found[-1].kind)
        else:
            found.append(span)
    return found


def _between(text: str, spans: Sequence[_Span]) -> list[str]:
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    return [text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]


def _placeholder(kind: str, words: str, seed: int) -> str:
    choices = PLACEHOLDERS[kind]
    chosen = choices[seed % len(choices)]
    title = _TITLE.search(words)
    if kind == "person" and title:
        return chosen[0] + title[0]
    if kind == "person" and len(words) == 1:  # “姓邱”
        return chosen[0]
    return chosen
