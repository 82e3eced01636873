"""How a topic's mass is shared among groups of words: what must be drawn so that groups can be sampled apart, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def drawn_shares(
    totals: NDArray[np.int64], *, group_words: NDArray[np.int64], beta: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return each group's share of each topic's mass, given the tokens' topics, shape (groups, topics); columns sum to 1.

    A topic is a Dirichlet distribution over words. By the aggregation property of that distribution (Frigyik, Kapila and Gupta 2010,
    section 2.2.4) its masses on groups of words, Dirichlet(beta |W_p| + n_kp), are independent of how each mass is spread inside its
    group. So given the shares, the groups' tokens no longer meet in the topics' normalisers, while inside each group all stays
    collapsed: blocks of documents and words that are disjoint are independent, and sampling them side by side is a partially collapsed
    Gibbs sampler (van Dyk and Park 2008) with the very posterior of the collapsed one.

    Args:
        totals: tokens of each group of words in each topic, shape (groups, topics).
        group_words: words of each group, shape (groups,).
        beta: of each word; where it is 0 a group without tokens of a topic has no share of it, and a topic without tokens none at all.
        rng: what to draw from.

    Example:
        >>> shares = drawn_shares(np.array([[3, 0], [1, 0]]), group_words=np.array([2, 2]), beta=0.0, rng=np.random.default_rng(0))
        >>> shares.sum(axis=0).round(6).tolist()
        [1.0, 0.0]
    """
    shape = totals + beta * group_words[:, None]
    positive = shape > 0
    safe = np.where(positive, shape, 1.0)
    # Gamma(a) is Gamma(a + 1) U^(1/a) (Marsaglia and Tsang 2000, section 6): in logarithms small parameters don't underflow
    logs = np.log(rng.standard_gamma(safe + 1)) + np.log1p(-rng.random(safe.shape)) / safe
    logs = np.where(positive, logs, -np.inf)
    highest = logs.max(axis=0)
    masses = np.exp(logs - np.where(np.isfinite(highest), highest, 0.0))
    whole = masses.sum(axis=0)
    return np.asarray(masses / np.where(whole > 0, whole, 1.0), dtype=np.float64)
