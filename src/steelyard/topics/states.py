"""A chain at rest: what it needs to go on, and the summary of a fit made from several chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain, Kernel
from steelyard.topics.sampling import Drawn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """Where a chain stopped.

    Args:
        assignments: topic of each token, shape (tokens,).
        alpha: of each topic.
        beta: of each word.
        seed: of the chain.
        sweeps: that it made, warm-up among them.
    """

    assignments: NDArray[np.int32]
    alpha: NDArray[np.float64]
    beta: float
    seed: int
    sweeps: int

    @classmethod
    def of(cls, chain: Chain) -> State:
        """Return where a chain is."""
        return cls(
            assignments=chain.assignments,
            alpha=np.array(chain.alpha, dtype=np.float64),
            beta=float(chain.beta),
            seed=chain.seed,
            sweeps=chain.sweeps,
        )

    def resume(self, corpus: Corpus, *, threads: int, kernel: Kernel, partitions: int | None) -> Chain:
        """Return a chain that goes on from here, bit for bit as the one that stopped."""
        return Chain(
            corpus,
            topics=len(self.alpha),
            alpha=self.alpha,
            beta=self.beta,
            seed=self.seed,
            partitions=partitions,
            threads=threads,
            kernel=kernel,
            assignments=self.assignments,
            sweeps=self.sweeps,
        )


def chain_seeds(seed: int, chains: int) -> list[int]:
    """Return a seed for each chain; the first ones don't depend on how many there are.

    Example:
        >>> chain_seeds(0, 3)[:2] == chain_seeds(0, 2), len(set(chain_seeds(0, 3)))
        (True, 3)
    """
    return [int(each) >> 1 for each in np.random.SeedSequence(seed).generate_state(chains, np.uint64)]


def pseudo_counts(drawn: Drawn, beta: float) -> NDArray[np.float64]:
    """Return the mean tokens of each topic and word over kept states, plus beta, shape (topics, words)."""
    return drawn.word_counts / drawn.kept + beta


def normalised(components: NDArray[Any]) -> NDArray[np.float64]:
    """Return rows divided by their sums; a row of zeros (a topic without tokens under beta = 0) stays one.

    Example:
        >>> normalised(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
        [[0.25, 0.75], [0.0, 0.0]]
    """
    sums = components.sum(axis=1, keepdims=True)
    return np.asarray(components / np.where(sums > 0, sums, 1.0), dtype=np.float64)
