"""Tokenizer: jieba with domain and product words, offsets into the original text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.lexicon import Lexicon
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.segment import Segmenter
from bot.engine.nlu.source_digest import nlu_digest


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DomainTokenizer(Tokenizer):
    """Cut messages into Chinese words; blanks become no tokens (rasa#7910)."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Return the languages the component is made for."""
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages needed beside Rasa."""
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # Rasa's own settings for tokenizers
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            # where the service writes the shop's product words, from the root
            "lexicon": "var/lexicon.json",
        }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._segmenter = Segmenter(Lexicon(Path(config["lexicon"])))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DomainTokenizer:
        """Create the component."""
        return cls({**cls.get_default_config(), **config})

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest modules and word lists."""
        return nlu_digest()

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of ``attribute`` with offsets into its original text."""
        text = message.get(attribute)
        folded = folded_of(message) if attribute == TEXT else fold_text(text)
        tokens = []
        for word, start, end in self._segmenter.words(folded.text):
            first, last = folded.span(start, end)
            tokens.append(Token(text[first:last], first, last, lemma=word))
        return self._apply_token_pattern(tokens)
