"""p(z | w) of tiny corpora, every assignment at its own probability."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def assignments(tokens: int, topics: int) -> NDArray[np.int64]:
    """Return every assignment, shape (topics ** tokens, tokens); its number is `number` of it."""
    return np.array(list(itertools.product(range(topics), repeat=tokens)), dtype=np.int64).reshape(-1, tokens)


def number(z: NDArray[Any], topics: int) -> int:
    """Return the number of an assignment among all."""
    found = 0
    for k in z:
        found = found * topics + int(k)
    return found


def urn_log_joint(corpus: Any, z: Any, *, alpha: Any, beta: float) -> float:
    """Return log p(w, z | alpha, beta) as a product of predictions, token after token (Polya's urns): no Gamma function in it."""
    by_topic: dict[tuple[int, int], int] = {}
    totals = [0] * len(alpha)
    found = 0.0
    for document in range(len(corpus)):
        seen = [0] * len(alpha)
        for place in range(corpus.starts[document], corpus.starts[document + 1]):
            k, w = int(z[place]), int(corpus.words[place])
            found += math.log((seen[k] + alpha[k]) / (sum(seen) + sum(alpha)))
            found += math.log((by_topic.get((k, w), 0) + beta) / (totals[k] + beta * len(corpus.vocabulary)))
            seen[k] += 1
            totals[k] += 1
            by_topic[k, w] = by_topic.get((k, w), 0) + 1
    return found


def posterior(corpus: Any, *, alpha: Any, beta: float) -> NDArray[np.float64]:
    """Return p(z | w, alpha, beta) of every assignment in the order of `assignments`; it sums to 1."""
    logs = np.array(
        [urn_log_joint(corpus, z, alpha=alpha, beta=beta) for z in assignments(corpus.tokens, len(alpha))]
    )
    p = np.exp(logs - logs.max())
    return np.asarray(p / p.sum())
