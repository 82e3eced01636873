"""New documents for a chain that ran on others: where their tokens start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.topics.foldin import fold_in
from steelyard.topics.states import State, normalised

_CELLS_AT_ONCE = 1 << 22


def grown(state: State, old: Corpus, new: Corpus, *, threads: int) -> State:
    """Return the state of a chain over old and new documents: old tokens stay, new ones are drawn under the present topics.

    A start, no sample: the sweeps that follow are over all tokens.

    Args:
        state: of the chain over the old documents.
        old: what it ran on.
        new: documents to add, with the same vocabulary.
        threads: that fold the new documents in.

    Example:
        >>> old, new = Corpus.from_documents([["a", "b"]]), Corpus.from_documents([["a"], ["a", "b"]])
        >>> state = State(assignments=np.array([0, 1], dtype=np.int32), alpha=np.ones(2), beta=0.0, seed=0, sweeps=3)
        >>> grown(state, old, new, threads=1).assignments.tolist()
        [0, 1, 0, 0, 1]
    """
    topics, size = len(state.alpha), len(old.vocabulary)
    cells = state.assignments.astype(np.int64) * size + old.words
    counts = np.bincount(cells, minlength=topics * size).reshape(topics, size)
    phi = normalised(counts + state.beta)
    theta = fold_in(new, phi, state.alpha, seed=state.seed, samples=10, threads=threads).doc_topic
    rng = np.random.default_rng(np.random.SeedSequence(state.seed, spawn_key=(4, state.sweeps)))
    return State(
        assignments=np.concatenate([state.assignments, _drawn(new, phi, theta, rng)]),
        alpha=state.alpha,
        beta=state.beta,
        seed=state.seed,
        sweeps=state.sweeps,
    )


def _drawn(
    corpus: Corpus, phi: NDArray[np.float64], theta: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int32]:
    """Return a topic for each token, drawn from theta_dk phi_kw; uniformly where that is 0 for all."""
    topics = len(phi)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    found = np.empty(corpus.tokens, dtype=np.int32)
    step = max(_CELLS_AT_ONCE // topics, 1)
    for first in range(0, corpus.tokens, step):
        here = slice(first, first + step)
        weights = theta[document[here]] * phi.T[np.asarray(corpus.words[here])]
        weights[weights.sum(axis=1) == 0] = 1.0
        reached = np.cumsum(weights, axis=1)
        draws = rng.random(len(weights)) * reached[:, -1]
        found[here] = (reached <= draws[:, None]).sum(axis=1)
    return np.minimum(found, topics - 1)
