"""A linear text classifier on sparse features: sklearn to learn, numpy alone to answer."""

from __future__ import annotations

import collections
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.engine.nlu.features import mask, ngrams


@dataclass
class LinearModel:
    """Weights over n-grams with their inverse document frequencies."""

    labels: list[str]
    vocabulary: dict[str, int]
    idf: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    longest: int
    temperature: float = 1.0

    def probabilities(self, folded: str) -> np.ndarray:
        """Return one probability a label, summing to 1."""
        counts = collections.Counter(ngrams(mask(folded), self.longest))
        known = [(self.vocabulary[gram], n) for gram, n in counts.items() if gram in self.vocabulary]
        scores = self.bias.copy()
        if known:
            places = np.array([place for place, _ in known])
            values = (1.0 + np.log(np.array([n for _, n in known], dtype=np.float64))) * self.idf[places]
            values /= np.linalg.norm(values) or 1.0
            scores = scores + values @ self.weights[places]
        scores = scores / self.temperature
        scores = np.exp(scores - scores.max())
        return np.asarray(scores / scores.sum())


def fit(texts: list[str], labels: list[str], *, longest: int, least: int, strength: float) -> LinearModel:
    """Train a logistic regression on ``texts``."""
    documents = [collections.Counter(ngrams(mask(text), longest)) for text in texts]
    frequency: collections.Counter[str] = collections.Counter()
    for document in documents:
        frequency.update(document.keys())
    vocabulary = {gram: i for i, gram in enumerate(sorted(g for g, n in frequency.items() if n >= least))}
    idf = np.array([np.log((1 + len(texts)) / (1 + frequency[gram])) + 1 for gram in vocabulary])
    matrix = _matrix(documents, vocabulary, idf)
    learner = LogisticRegression(C=strength, max_iter=300, class_weight="balanced", solver="lbfgs")
    learner.fit(matrix, labels)
    names = [str(name) for name in learner.classes_]
    weights = learner.coef_.T.astype(np.float32)
    return LinearModel(names, vocabulary, idf.astype(np.float32), weights, learner.intercept_, longest)


def _matrix(
    documents: list[collections.Counter[str]], vocabulary: dict[str, int], idf: np.ndarray
) -> csr_matrix:
    data: list[np.ndarray] = []
    places: list[int] = []
    ends = [0]
    for document in documents:
        known = [(vocabulary[g], n) for g, n in document.items() if g in vocabulary]
        columns = np.array([c for c, _ in known], dtype=np.int64)
        values = (1 + np.log(np.array([n for _, n in known], dtype=np.float64))) * idf[columns]
        data.append(values / (np.linalg.norm(values) or 1.0))
        places.extend(columns.tolist())
        ends.append(len(places))
    return csr_matrix((np.concatenate(data), places, ends), shape=(len(documents), len(vocabulary)))
