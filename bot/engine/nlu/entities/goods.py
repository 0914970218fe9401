"""Goods and models: spaCy patterns on our own tokens, the shop's words first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.engine.nlu.entities.found_entity import FoundEntity, without_overlap
from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.lexicon import Lexicon
from bot.engine.nlu.segment import WORDS, Segmenter

_MODEL = re.compile(r"(?<![a-z0-9/.@])(?=[a-z0-9\-]*\d)[a-z]{1,6}[a-z0-9]*(?:-[a-z0-9]+)*(?:/[a-z0-9]+)?(?![a-z0-9@.])")
# A telephone in the hand of the sentence, not a product: 手机尾号, 手机13812345678.
# “X3Pro” is typed “X3 Pro” as often.
_JOINT = re.compile(r"(?<=\d)(?=[a-z]{2,})")
_NUMBER_OF = re.compile(r"(?:手机|电话)(?:号|尾|后四|后面四|末四|最后|[\s:是]*\+?\d{4})")
_NO_MODEL = re.compile(
    r"(?:t\d{6}.*|[a-z]{1,4}\d{9,}|win\d+|ios\d*|mp[34]|usb\d.*|wifi\d?|hdmi\d?|h5|cat\d|ipv?\d|v\d{1,2}|q\d|a4|a3|b\d|no\d+|n\d|x\d|type-?c|m\d|\w{1,2}\d?|covid.*|d\d|xl|ps\d?)$"
)


def doc_of(vocab: Vocab, folded: str, words: Sequence[tuple[str, int, int]]) -> Doc:
    """Return a spaCy document of our own tokens."""
    spaces = [end < len(folded) and folded[end].isspace() for _, _, end in words]
    return Doc(vocab, words=[word for word, _, _ in words], spaces=spaces)


class GoodsFinder:
    """Find the shop's products (by SKU), other goods (by their word) and models.

    Args:
        segmenter: cuts the text; the same that cuts the messages.
        lexicon: the shop's words; read again when they change.
        goods: file of general words for goods, one a line.
    """

    def __init__(self, segmenter: Segmenter, lexicon: Lexicon, goods: Path = WORDS / "goods.txt") -> None:
        self._segmenter = segmenter
        self._lexicon = lexicon
        self._nlp: Language = spacy.blank("zh")
        self._nlp.tokenizer = self._tokenize
        self._ruler = EntityRuler(self._nlp, phrase_matcher_attr="ORTH")
        lines = (line.split("#", 1)[0].strip() for line in goods.read_text(encoding="utf8").splitlines())
        self._ruler.add_patterns([{"label": "product", "pattern": fold_text(word).text} for word in lines if word])
        self._shop = PhraseMatcher(self._nlp.vocab, attr="ORTH")
        self._models: dict[str, tuple[str, str]] = {}
        self._version = -1

    def find(self, folded: str, words: Sequence[tuple[str, int, int]]) -> list[FoundEntity]:
        """Return products and models of a message that was cut into ``words``."""
        self._learn()
        doc = doc_of(self._nlp.vocab, folded, words)
        shop = self._shop_products(doc, words)
        models = without_overlap(self._find_models(folded), shop)
        general = [
            FoundEntity("product", span.text.replace(" ", ""), words[span.start][1], words[span.end - 1][2])
            for span in self._ruler(doc).ents
        ]
        goods = [*shop, *models, *without_overlap(general, [*shop, *models])]
        return [one for one in goods if not _NUMBER_OF.match(folded, one.start)]

    def _tokenize(self, text: str) -> Doc:
        return doc_of(self._nlp.vocab, text, self._segmenter.words(text))

    def _learn(self) -> None:
        version = self._lexicon.refresh()
        if version == self._version:
            return
        self._version = version
        self._shop = PhraseMatcher(self._nlp.vocab, attr="ORTH")
        self._models = {}
        for product in self._lexicon.products:
            named = {fold_text(word).text.strip() for word in (product.name, *product.words)}
            phrases = {form for word in named for form in (word, word.replace(" ", ""), _JOINT.sub(" ", word))}
            self._shop.add(product.sku, [self._tokenize(phrase) for phrase in phrases if phrase])
            if product.model:
                self._models[fold_text(product.model).text] = (product.model, product.sku)

    def _shop_products(self, doc: Doc, words: Sequence[tuple[str, int, int]]) -> list[FoundEntity]:
        named: dict[tuple[int, int], list[str]] = {}
        for key, first, last in self._shop(doc):
            named.setdefault((words[first][1], words[last - 1][2]), []).append(doc.vocab.strings[key])
        found = []
        for (start, end), skus in named.items():
            text = (
                doc.text[start:end]
                if len(doc.text) == words[-1][2]
                else "".join(word for word, s, _ in words if start <= s < end)
            )
            more = {"sku": skus[0]} if len(skus) == 1 else {"skus": sorted(skus)}
            found.append(FoundEntity("product", skus[0] if len(skus) == 1 else text, start, end, more))
        return without_overlap(found)

    def _find_models(self, folded: str) -> list[FoundEntity]:
        found = []
        for match in _MODEL.finditer(folded):
            known = self._models.get(match[0])
            if known:
                found.append(FoundEntity("model", known[0], match.start(), match.end(), {"sku": known[1]}))
            elif len(match[0]) >= 3 and not _NO_MODEL.match(match[0]):
                found.append(FoundEntity("model", match[0].upper(), match.start(), match.end()))
        return found
