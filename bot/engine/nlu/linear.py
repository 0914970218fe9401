"""A linear text classifier on sparse features: sklearn to learn, numpy alone to answer."""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.engine.nlu.features import features

Floats = NDArray[np.float64]
_FOLDS = 4
_TEMPERATURES = np.exp(np.linspace(np.log(0.05), np.log(1.5), 40))


@dataclass(frozen=True)
class LinearModel:
    """Weights over n-grams with their inverse document frequencies, and a softmax temperature."""

    labels: list[str]
    vocabulary: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Floats
    longest: int
    temperature: float

    def scores(self, folded: str) -> Floats:
        """Return the distance to each label's plane."""
        return self.scores_of(collections.Counter(features(folded, self.longest)))

    def scores_of(self, counts: Mapping[str, int]) -> Floats:
        """Return the distance to each label's plane for counted features."""
        known = [(self.vocabulary[gram], n) for gram, n in counts.items() if gram in self.vocabulary]
        if not known:
            return self.bias
        places = np.fromiter((place for place, _ in known), dtype=np.int64, count=len(known))
        values = _weigh(np.fromiter((n for _, n in known), dtype=np.float64, count=len(known)), self.idf[places])
        return np.asarray(self.bias + values @ self.weights[places], dtype=np.float64)

    def probabilities(self, folded: str) -> Floats:
        """Return one probability a label, summing to 1."""
        return softmax(self.scores(folded), self.temperature)

    def probabilities_of(self, counts: Mapping[str, int]) -> Floats:
        """Return one probability a label for counted features."""
        return softmax(self.scores_of(counts), self.temperature)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Return calibrated shares of ``scores`` (last axis)."""
    scaled = scores / temperature
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def fit(texts: list[str], labels: list[str], *, longest: int, least: int, strength: float) -> LinearModel:
    """Train one-against-rest support vectors on ``texts`` and calibrate them.

    Args:
        texts: folded utterances.
        labels: their intents.
        longest: length of the longest character n-gram.
        least: an n-gram counts when so many utterances hold it.
        strength: inverse of the regularisation.
    """
    documents = [collections.Counter(features(text, longest)) for text in texts]
    model = fit_counted(documents, labels, least=least, strength=strength)
    return replace(model, longest=longest)


def fit_counted(
    documents: Sequence[Mapping[str, int]],
    labels: list[str],
    *,
    least: int,
    strength: float,
    groups: Sequence[int] | None = None,
    balanced: bool = False,
) -> LinearModel:
    """Train one-against-rest support vectors on counted features and calibrate them.

    Args:
        documents: the features of each example, with how often they occur.
        labels: what each example is.
        least: a feature counts when so many examples hold it.
        strength: inverse of the regularisation.
        groups: who wrote each example; calibrated on writers left out, else on blocks left out.
        balanced: whether seldom labels weigh as much as frequent ones.
    """
    vocabulary, idf = _vocabulary(documents, least)
    matrix = _matrix(documents, vocabulary, idf)
    learn = partial(_learner, strength, balanced=balanced)
    learner = learn().fit(matrix, labels)
    temperature = _calibrate(matrix, np.array(labels), learn, groups)
    names = [str(name) for name in learner.classes_]
    coefficients, bias = _both_signs(learner)
    return LinearModel(
        names, vocabulary, idf.astype(np.float32), coefficients.T.astype(np.float32), bias, 0, temperature
    )


def with_temperature(model: LinearModel, temperature: float) -> LinearModel:
    """Return ``model`` with another temperature."""
    return replace(model, temperature=temperature)


def _both_signs(learner: Any) -> tuple[Floats, Floats]:
    """Return weights and biases with a row for each label also when there are only two."""
    if len(learner.classes_) > 2:
        return learner.coef_, learner.intercept_
    return np.vstack([-learner.coef_, learner.coef_]), np.concatenate([-learner.intercept_, learner.intercept_])


def _learner(strength: float, *, balanced: bool) -> Any:
    return LinearSVC(C=strength, random_state=0, max_iter=3000, class_weight="balanced" if balanced else None)


def _weigh(counts: Floats, idf: Any) -> Floats:
    values = (1.0 + np.log(counts)) * idf
    return np.asarray(values / (np.linalg.norm(values) or 1.0))


def _vocabulary(documents: Sequence[Mapping[str, int]], least: int) -> tuple[dict[str, int], Floats]:
    frequency = collections.Counter(chain.from_iterable(document.keys() for document in documents))
    kept = sorted(gram for gram, n in frequency.items() if n >= min(least, len(documents)))
    idf = np.array([np.log((1 + len(documents)) / (1 + frequency[gram])) + 1 for gram in kept])
    return {gram: place for place, gram in enumerate(kept)}, idf


def _matrix(documents: Sequence[Mapping[str, int]], vocabulary: dict[str, int], idf: Floats) -> csr_matrix:
    values: list[Floats] = []
    places: list[int] = []
    ends = [0]
    for document in documents:
        known = [(vocabulary[gram], n) for gram, n in document.items() if gram in vocabulary]
        columns = [place for place, _ in known]
        values.append(_weigh(np.array([n for _, n in known], dtype=np.float64), idf[columns]))
        places.extend(columns)
        ends.append(len(places))
    return csr_matrix((np.concatenate(values), places, ends), shape=(len(documents), len(vocabulary)))


def _calibrate(
    matrix: csr_matrix, labels: NDArray[Any], learn: Callable[[], Any], groups: Sequence[int] | None
) -> float:
    """Return the temperature under which left-out blocks of the data are least surprising.

    Blocks or writers, not random rows: neighbours in a file are alike, and customers are not like their neighbours.
    """
    names, numbers = np.unique(labels, return_inverse=True)
    blocks = blocks_of(numbers) if groups is None else np.array(groups) % _FOLDS
    scores = np.zeros((len(labels), len(names)))
    seen = np.zeros(len(labels), dtype=bool)
    for block in range(_FOLDS):
        inside = blocks == block
        if len(np.unique(numbers[~inside])) < max(2, len(names)) or not inside.any():
            continue
        learner = learn().fit(matrix[~inside], numbers[~inside])
        coefficients, bias = _both_signs(learner)
        scores[inside] = matrix[inside] @ coefficients.T + bias
        seen |= inside
    if not seen.any():
        return 0.3
    rows, right = np.arange(seen.sum()), numbers[seen]
    losses = [-np.log(softmax(scores[seen], t)[rows, right] + 1e-12).mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def blocks_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which left-out block each row belongs to: each label is cut into stretches of its own order."""
    blocks = np.zeros(len(numbers), dtype=np.int64)
    for number in np.unique(numbers):
        places = np.flatnonzero(numbers == number)
        blocks[places] = np.arange(len(places)) * _FOLDS // len(places)
    return blocks
