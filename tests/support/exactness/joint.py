"""Words and topics together: draws from the model, and statistics of them that don't depend on the topics' labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import norm

from steelyard.data.corpus import Corpus

UNLIKELY = 1e-5


@dataclass(frozen=True, kw_only=True)
class Model:
    """A latent Dirichlet allocation with known priors over documents of known lengths."""

    lengths: tuple[int, ...]
    words: int
    alpha: NDArray[np.float64]
    beta: float

    def topics(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw topics of all tokens from their prior."""
        K = len(self.alpha)
        drawn = [rng.choice(K, size=n, p=rng.dirichlet(self.alpha)) for n in self.lengths]
        return np.concatenate(drawn)

    def corpus(self, z: NDArray[Any], rng: np.random.Generator) -> Corpus:
        """Draw words given topics."""
        phi = np.array([rng.dirichlet(np.full(self.words, self.beta)) for _ in self.alpha])
        cumulative = phi.cumsum(axis=1)
        drawn = (rng.random(len(z))[:, None] * cumulative[z, -1:] >= cumulative[z]).sum(axis=1)
        return Corpus(
            words=drawn.astype(np.int32),
            starts=np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64),
            vocabulary=tuple(map(str, range(self.words))),
        )

    def statistics(self, corpus: Corpus, z: NDArray[Any]) -> dict[str, float]:
        """Return statistics that stay as they are when topics change their names, where alpha is symmetric."""
        document = np.repeat(np.arange(len(corpus)), corpus.lengths)
        K = len(self.alpha)
        by_document, by_word = np.zeros((len(corpus), K)), np.zeros((self.words, K))
        np.add.at(by_document, (document, z), 1)
        np.add.at(by_word, (corpus.words, z), 1)
        totals = by_word.sum(axis=0)
        return {
            "pairs of a document and topic": float((by_document**2).sum()),
            "pairs of a word and topic": float((by_word**2).sum()),
            "pairs of a topic": float((totals**2).sum()),
            "largest topic": float(totals.max()),
            "topics in use": float((totals > 0).sum()),
            "topics of documents": float((by_document > 0).sum()),
            "words of topics": float((by_word > 0).sum()),
            "log p(w, z)": _log_urns(by_document, self.alpha)
            + _log_urns(by_word.T, np.full(self.words, self.beta)),
        }

    def expected(self) -> dict[str, float]:
        """Return what some statistics are on average, in closed form: chances of two tokens to have a topic, and a topic's word, in common."""
        whole = self.alpha.sum()
        share = self.alpha / whole
        inside = float((self.alpha * (self.alpha + 1)).sum() / (whole * (whole + 1)))
        across = float((share**2).sum())
        n = np.array(self.lengths, dtype=float)
        tokens, within = n.sum(), (n * (n - 1)).sum()
        between = tokens * (tokens - 1) - within
        same = within * inside + between * across
        word = (self.beta + 1) / (self.words * self.beta + 1)
        unused = 1.0 - _chance_unused(self.alpha, n)
        return {
            "pairs of a document and topic": float(tokens + within * inside),
            "pairs of a word and topic": float(tokens + same * word),
            "pairs of a topic": float(tokens + same),
            "topics in use": float(unused.sum()),
        }


def _log_urns(counts: NDArray[np.float64], prior: NDArray[np.float64]) -> float:
    """Return the log probability of sequences with these counts in each row, drawn from Polya's urns."""
    whole = prior.sum()
    rows = (
        gammaln(whole)
        - gammaln(whole + counts.sum(axis=1))
        + (gammaln(counts + prior) - gammaln(prior)).sum(axis=1)
    )
    return float(rows.sum())


def _chance_unused(alpha: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each topic the probability that no token has it."""
    chance = np.ones(len(alpha))
    for n in lengths:
        for i in range(int(n)):
            chance *= (alpha.sum() - alpha + i) / (alpha.sum() + i)
    return chance


def check_joint(model: Model, make: Any, *, replicates: int, steps: int, seed: int) -> dict[str, float]:
    """Assert Geweke's (2004) equality: drawing words and topics in turn from each other leaves the model's joint distribution as it is.

    Each replicate starts from the model itself, so that it is stationary at once and replicates are independent: the test is exact up to
    the central limit theorem. Where it is known, the mean is the closed form's; elsewhere it is that of the starts.

    Args:
        model: the model.
        make: `make(corpus, assignments, seed)` returns a chain.
        replicates: independent runs.
        steps: rounds of one sweep and new words in each.
        seed: of everything.
    """
    first: dict[str, list[float]] = {}
    last: dict[str, list[float]] = {}
    for replicate in range(replicates):
        rng = np.random.default_rng([seed, replicate])
        z = model.topics(rng)
        corpus = model.corpus(z, rng)
        for name, value in model.statistics(corpus, z).items():
            first.setdefault(name, []).append(value)
        for _ in range(steps):
            corpus = model.corpus(z, rng)
            chain = make(corpus, z, int(rng.integers(2**62)))
            chain.sweep()
            z = chain.assignments
        for name, value in model.statistics(corpus, z).items():
            last.setdefault(name, []).append(value)
    closed = model.expected()
    p_values = {}
    for name, values in last.items():
        start, end = np.array(first[name]), np.array(values)
        excess = end - closed.get(name, start)
        error = float(excess.std(ddof=1)) / np.sqrt(replicates)
        far = abs(float(excess.mean()))
        p_values[name] = float(2 * norm.sf(far / error)) if error > 0 else float(far == 0)
    least = min(p_values, key=p_values.__getitem__)
    assert p_values[least] * len(p_values) > UNLIKELY, (
        f"{least}: p = {p_values[least]:.2g} ({replicates} replicates)"
    )
    return p_values
