"""Answer Rasa with phrase ids: the sentence itself is made by the wire, in the gateway."""

from __future__ import annotations

import os
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.load import load_phrases

RESPONSE_PREFIX = "utter_"


class PhraseNlg(NaturalLanguageGenerator):
    """Turn the name of a response into a phrase id and its variables.

    Every key of the answer beside text, buttons, image and custom ends up in the metadata of Rasa's bot event, from
    where our channel hands it to the gateway. `text` is the baseline variant, seen only in `rasa shell` and the like.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain | None = None) -> None:
        """Load the baseline book.

        Args:
            endpoint_config: the `nlg` part of `endpoints.yml`.
            domain: unused; Rasa passes it.
        """
        folders = os.environ.get("LIYAN_PHRASES", "phrasebook/approved").split(os.pathsep)
        self.book: ApprovedPhrases = load_phrases(*folders)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Return the phrase chosen by a response name.

        Args:
            utter_action: `utter_` and a phrase id.
            kwargs: `variables` for the phrase, nested: loose ones would overwrite other keys of the event.

        Raises:
            UnknownPhraseError: the book has no such phrase.
        """
        phrase = self.book.get(utter_action[len(RESPONSE_PREFIX) :])
        return {
            "text": phrase.variants[0],
            "phrase": phrase.id,
            "variables": dict(kwargs.get("variables") or {}),
        }
