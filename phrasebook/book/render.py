"""Fill the blanks of a variant; a missing or hostile value cannot get out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from phrasebook.book.book import FREE_TYPES, PLACEHOLDER, Phrase, Variable
from phrasebook.book.values import SAY, ApprovedWords, mask_middle
from phrasebook.errors import BadVariableError, NotFittingError

# Looks at a value that a person typed; returns what may be said of it or raises ValueError.
Guard = Callable[[str, Variable], str]


@dataclass(frozen=True)
class Rendered:
    """The finished text, and where each value stands in it (start, end, name)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def render(
    phrase: Phrase,
    variables: Mapping[str, object],
    *,
    variant: int,
    now: datetime | None = None,
    channel: str | None = None,
    guard: Guard | None = None,
) -> str:
    """Say one variant of a phrase.

    Args:
        variables: raw values by name; names that the variant does not use are ignored.
        variant: index into `phrase.variants`.
        now: the moment of the message; a date of another year is said with its year.
        channel: when given, its size limit is enforced.
        guard: looks at values that a person typed (text, person, address); see `check.value_guard`.

    Raises:
        BadVariableError: a value is missing, of the wrong shape, too long, or the guard refuses it.
        NotFittingError: the text is too long for the channel.
    """
    return render_spans(phrase, variables, variant=variant, now=now, channel=channel, guard=guard).text


def render_spans(
    phrase: Phrase,
    variables: Mapping[str, object],
    *,
    variant: int,
    now: datetime | None = None,
    channel: str | None = None,
    guard: Guard | None = None,
) -> Rendered:
    """Say one variant and tell where the values stand; arguments and errors as in `render`."""
    if not 0 <= variant < len(phrase.variants):
        raise NotFittingError(phrase.id, f"has no variant {variant}; available: 0–{len(phrase.variants) - 1}")
    template = phrase.variants[variant]
    said = {name: _say(phrase, name, variables, now, guard) for name in phrase.variable_names(variant)}
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    done = length = 0
    for match in PLACEHOLDER.finditer(template):
        before, value = template[done : match.start()], said[match[1]]
        start = length + len(before)
        length = start + len(value)
        parts += (before, value)
        spans.append((start, length, match[1]))
        done = match.end()
    text = "".join(parts) + template[done:]
    if channel is not None:
        ensure_fits(phrase, text, channel)
    return Rendered(text, tuple(spans))


def ensure_fits(phrase: Phrase, text: str, channel: str) -> None:
    """Refuse a text that the channel cannot carry.

    Raises:
        NotFittingError: the phrase is not for this channel, or the text is too long for it.
    """
    limit = phrase.channel_limit(channel)
    if not limit.allowed:
        raise NotFittingError(phrase.id, f"is not for channel {channel}")
    size = len(text.encode("utf-8", "replace"))
    if limit.max_bytes is not None and size > limit.max_bytes:
        raise NotFittingError(phrase.id, f"{size} bytes; {channel} carries {limit.max_bytes}")
    if limit.max_chars is not None and len(text) > limit.max_chars:
        raise NotFittingError(phrase.id, f"{len(text)} characters; {channel} carries {limit.max_chars}")


def sample_text(phrase: Phrase, variant: int) -> str:
    """Say a variant with the samples of its variables, as staff see it.

    Raises:
        BadVariableError: a sample does not have the shape of its type.
    """
    return render(phrase, {name: v.sample for name, v in phrase.variables.items()}, variant=variant)


def _say(phrase: Phrase, name: str, variables: Mapping[str, object], now: datetime | None, guard: Guard | None) -> str:
    variable = phrase.variables.get(name)
    if variable is None:
        raise BadVariableError(phrase.id, name, "is not declared")
    value = variables.get(name)
    if value is None or value == "":
        raise BadVariableError(phrase.id, name, f"is missing; given: {', '.join(sorted(variables)) or 'none'}")
    if isinstance(value, ApprovedWords):
        return str(value)
    try:
        text = SAY[variable.type](value, now)
        if variable.type in FREE_TYPES:
            # Cut before the guard looks, so that the guard judges what is said.
            text = shorten(text, variable.max_length)
            if guard is not None:
                text = guard(text, variable)
    except ValueError as error:
        raise BadVariableError(phrase.id, name, str(error)) from None
    if len(text) > variable.max_length:
        raise BadVariableError(phrase.id, name, f"is {len(text)} characters long, at most {variable.max_length}")
    return mask_middle(text) if variable.masked else text


def shorten(text: str, length: int) -> str:
    """Cut what a person typed to a length, with an ellipsis where something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
