"""Write labelled messages as training data: masked, once each, beside the authored files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import select

from bot.desk.inbox.labels import labelled
from bot.desk.inbox.likeness import essence
from bot.desk.inbox.masking import mask
from bot.desk.models import Conversation, Customer, Order, ProofAttempt, Ticket
from bot.desk.sessions import ReadSession

LONGEST = 200
"""Characters of a message; longer ones are stories with more than one wish."""
_HEAD = (
    "# Messages of customers, labelled by staff and masked: written by `liyan nlu export`, read it before committing.\n"
)
_MARKUP = str.maketrans("[]()", "【】（）")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Exported:
    """What an export did."""

    added: tuple[tuple[str, str], ...]
    """Text and intent of each new line."""
    known: int
    """Labelled messages that say what stands in the data already."""
    conflicts: tuple[tuple[str, str, str], ...]
    """Text, its label, and the other intent under which an authored file has it: not written."""


async def export(session: ReadSession, target: Path) -> Exported:
    """Write what is labelled and new into a file of training data.

    Args:
        target: the file; what stands in it stays, but for texts that have another label now.

    Raises:
        ValueError: a file of the folder is no training data.
    """
    authored = {essence(text): intent for path in _others(target) for text, intent in examples(path)}
    lines = {essence(text): (text, intent) for text, intent in examples(target)}
    added, conflicts, known = [], [], 0
    for text, intent in await labelled_examples(session):
        key = essence(text)
        if authored.get(key, intent) != intent:
            conflicts.append((text, intent, authored[key]))
        elif key in authored or (key in lines and lines[key][1] == intent):
            known += 1
        else:
            lines[key] = (text, intent)
            added.append((text, intent))
    if added:
        _write(target, lines.values())
    return Exported(tuple(added), known, tuple(conflicts))


async def labelled_examples(session: ReadSession) -> list[tuple[str, str]]:
    """Return the labelled messages, masked and in one line, with their intents."""
    found = []
    for one in await labelled(session):
        own = await _own(session, one.conversation_id)
        text = _plain(mask(one.text, entities=one.entities, own=own))
        if essence(text) and len(text) <= LONGEST:
            found.append((text, one.intent))
    return found


def examples(path: Path) -> Iterator[tuple[str, str]]:
    """Yield text and intent of each example in a file of training data; a file that is not there has none.

    Raises:
        ValueError: the file has another shape.
    """
    if not path.exists():
        return
    content = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    for block in content.get("nlu") or ():
        if not isinstance(block, Mapping):
            raise ValueError(f"{path}: an entry under `nlu` is no mapping: {block!r}")
        for line in str(block.get("examples") or "").splitlines() if "intent" in block else ():
            if line.strip().startswith("- "):
                yield line.strip()[2:].strip(), str(block["intent"])


def _others(target: Path) -> Iterable[Path]:
    return (path for path in sorted(target.parent.glob("*.yml")) if path != target)


def _plain(text: str) -> str:
    """Return a text in one line that Rasa's notation has no say in."""
    return _BLANKS.sub(" ", text.translate(_MARKUP)).strip().lstrip("-/ ")


def _write(target: Path, lines: Iterable[tuple[str, str]]) -> None:
    of_intent: dict[str, list[str]] = {}
    for text, intent in lines:
        of_intent.setdefault(intent, []).append(text)
    parts = [_HEAD, 'version: "3.1"\nnlu:\n']
    for intent in sorted(of_intent):
        parts.append(f"- intent: {intent}\n  examples: |\n")
        parts += [f"    - {text}\n" for text in sorted(of_intent[intent])]
    fresh = target.with_suffix(".new")
    fresh.write_text("".join(parts), encoding="utf-8")
    fresh.replace(target)


async def _own(session: ReadSession, conversation_id: str) -> dict[str, set[str]]:
    """Return what the records hold of the person who speaks in a conversation."""
    own: dict[str, set[str]] = {"person": set(), "phone": set(), "address": set()}
    proved = select(ProofAttempt.number).where(
        ProofAttempt.conversation_id == conversation_id, ProofAttempt.ok.is_(True)
    )
    people = (
        select(Customer.name, Customer.phone, Customer.address)
        .join(Conversation, Conversation.customer_id == Customer.id)
        .where(Conversation.id == conversation_id)
    )
    for name, phone, address in await session.execute(people):
        _note(own, name, phone, address)
    for fields, phone in await session.execute(
        select(Ticket.fields, Ticket.phone).where(Ticket.conversation_id == conversation_id)
    ):
        _note(own, fields.get("name"), phone, fields.get("address"))
    for name, phone, address in await session.execute(
        select(Order.customer, Order.phone, Order.address).where(Order.number.in_(proved))
    ):
        _note(own, name, phone, address)
    return own


def _note(own: dict[str, set[str]], name: str | None, phone: str | None, address: str | None) -> None:
    for kind, value in (("person", name), ("phone", phone), ("address", address)):
        if isinstance(value, str) and value.strip():
            own[kind].add(value.strip())
