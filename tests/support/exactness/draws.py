"""Every draw of a sweep against its full conditional.

What a sweep drew tells the whole path it took: at every token the counts of all others are known, so are the full conditional and the
topic that came out of it. If the sampler is exact, randomised places in the cumulative distributions (Dawid 1984; Smith 1985) are
independent and uniform, whatever the corpus, the number of topics or the groups; and anything summed over draws (topics that were kept, or
the logarithm of a factor of the full conditional) less its expectation is a martingale, whose variance is known. The same holds for the
shares of the topics' masses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import betainc, ndtri
from scipy.stats import kstest, norm

from exactness.scan import scan

UNLIKELY = 1e-5
"""Smallest p-value, after Bonferroni's correction, that isn't taken for an error."""


SCORED = (
    "keeping a topic",
    "taking the likeliest topic",
    "the first topic",
    "the last topic",
    "the document's factor",
    "the word's factor",
    "the totals' factor",
    "the shares' factor",
)


class Scores:
    """Sums over draws of what was drawn less its expectation: martingales, with the sums of their variances."""

    def __init__(self) -> None:
        self.excess, self.variance, self.largest = (np.zeros(len(SCORED)) for _ in range(3))

    def add(self, values: Any, p: Any, new: int) -> None:
        """Add a draw that gave `values[:, new]`, where `values[:, k]` had the probability `p[k]`; a row for each of `SCORED`."""
        centred = values - (values @ p)[:, None]
        self.excess += centred[:, new]
        self.variance += centred**2 @ p
        np.maximum(self.largest, np.abs(centred).max(axis=1), out=self.largest)

    def p_values(self) -> dict[str, float]:
        """Return Freedman's (1975) bounds on p-values where few draws count, else those of the normal distribution."""
        found = {}
        for name, far, variance, largest in zip(
            SCORED, np.abs(self.excess), self.variance, self.largest, strict=True
        ):
            if largest < 1e-9:  # the same for every topic, up to roundings
                found[name] = 1.0
            elif variance < 20 * largest**2:
                found[name] = min(2 * math.exp(-(far**2) / (2 * (variance + largest * far))), 1.0)
            else:
                found[name] = float(2 * norm.sf(far / math.sqrt(variance)))
        return found


@dataclass
class Draws:
    """What sweeps drew, as far as it should be uniform or should balance."""

    places: list[float] = field(default_factory=list)
    share_places: list[float] = field(default_factory=list)
    by_token: dict[int, list[float]] = field(default_factory=dict)
    by_share: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    scores: Scores = field(default_factory=Scores)
    impossible: int = 0
    drawn: int = 0

    def p_values(self) -> dict[str, float]:
        """Return a p-value for each thing that an exact sampler leaves to chance."""
        found = self.scores.p_values()
        found["places of draws are uniform"] = float(kstest(self.places, "uniform").pvalue)
        found["a token's successive draws are independent"] = _serial(self.by_token.values())
        if self.share_places:
            found["places of shares are uniform"] = float(kstest(self.share_places, "uniform").pvalue)
            found["successive shares are independent"] = _serial(self.by_share.values())
        return found


def watched(chain: Any, *, sweeps: int, seed: int) -> Draws:
    """Make sweeps, and return what became of every draw.

    Args:
        chain: a chain of any state.
        sweeps: how many.
        seed: of the places inside jumps of cumulative distributions.
    """
    rng, draws, phases = np.random.default_rng(seed), Draws(), scan(chain)
    real, given = chain._shares, []

    def remembered(*args: Any, **kwargs: Any) -> Any:
        given.append(real(*args, **kwargs))
        return given[-1]

    chain._shares = remembered
    try:
        for _ in range(sweeps):
            given.clear()
            before = chain.assignments
            chain.sweep()
            _walk(chain, (before, chain.assignments), given, phases, draws, rng=rng)
    finally:
        chain._shares = real
    return draws


def check_draws(chain: Any, *, sweeps: int, seed: int = 0) -> None:
    """Assert that every draw of `sweeps` sweeps follows its full conditional."""
    check(watched(chain, sweeps=sweeps, seed=seed))


def check(draws: Draws) -> None:
    """Assert that draws follow their full conditionals, as far as they left anything to chance."""
    assert draws.drawn, "no draw had more than one possible outcome: this corpus checks nothing"
    assert draws.impossible == 0, f"{draws.impossible} topics were drawn that have probability 0"
    found = draws.p_values()
    least = min(found, key=found.__getitem__)
    assert found[least] * len(found) > UNLIKELY, f"{least}: p = {found[least]:.2g} in {draws.drawn} draws"


def _walk(
    chain: Any,
    topics: tuple[Any, Any],
    given: list[Any],
    phases: list[Any],
    draws: Draws,
    *,
    rng: np.random.Generator,
) -> None:
    before, after = topics
    number = np.arange(chain.topics)
    corpus, layout, K = chain.corpus, chain._layout, chain.topics
    beta, sizes = chain.beta, np.bincount(layout.word_group, minlength=chain.partitions)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    group = layout.word_group[corpus.words]
    by_document, by_word, by_group = (
        np.zeros((size, K)) for size in (len(corpus), len(corpus.vocabulary), chain.partitions)
    )
    for counts, rows in ((by_document, document), (by_word, corpus.words), (by_group, group)):
        np.add.at(counts, (rows, before), 1)
    assert len(given) == len(phases), "shares of the topics' masses must be drawn before every phase"
    for shares, phase in zip(given, phases, strict=True):
        if chain.partitions > 1:
            _shares(by_group + (beta * sizes)[:, None], shares[:, :K], draws)
        for place, d, w, g in phase:
            old, new = before[place], after[place]
            for counts, row in ((by_document, d), (by_word, w), (by_group, g)):
                counts[row, old] -= 1
            below = by_group[g] + beta * sizes[g]
            mass = np.zeros(K)
            np.divide(
                (by_document[d] + chain.alpha) * shares[g, :K] * (by_word[w] + beta),
                below,
                out=mass,
                where=below > 0,
            )
            whole = mass.sum()
            if whole > 0:
                p = mass / whole
                draws.drawn += int(p.max() < 1)
                draws.impossible += int(p[new] == 0)
                at = float(min(p[:new].sum() + rng.random() * p[new], 1.0))
                draws.places.append(at)
                draws.by_token.setdefault(place, []).append(at)
                values = np.empty((len(SCORED), K))
                values[0], values[1], values[2], values[3] = (
                    number == old,
                    number == p.argmax(),
                    number == 0,
                    number == K - 1,
                )
                values[4], values[5], values[6], values[7] = (
                    by_document[d] + chain.alpha,
                    by_word[w] + beta,
                    below,
                    shares[g, :K],
                )
                values[4:] = np.log(values[4:] + 1e-3)
                draws.scores.add(values, p, new)
            else:
                assert new == old, "a token without mass anywhere must keep its topic"
            for counts, row in ((by_document, d), (by_word, w), (by_group, g)):
                counts[row, new] += 1


def _shares(shape: Any, shares: Any, draws: Draws) -> None:
    """Break each topic's Dirichlet distribution into independent Beta distributions, and note the shares' places in them."""
    assert np.allclose(shares.sum(axis=0), (shape.sum(axis=0) > 0).astype(float)), (
        "shares of a topic must sum to 1"
    )
    for g in range(len(shape) - 1):
        left, rest = 1 - shares[:g].sum(axis=0), shape[g + 1 :].sum(axis=0)
        for k in np.flatnonzero((shape[g] > 0) & (rest > 0) & (left > 1e-6)):
            at = float(betainc(shape[g, k], rest[k], min(shares[g, k] / left[k], 1.0)))
            draws.share_places.append(at)
            draws.by_share.setdefault((g, int(k)), []).append(at)


def _serial(series: Any) -> float:
    """Return the p-value of no correlation between neighbours in series of independent uniform numbers."""
    total, count = 0.0, 0
    for each in series:
        normal = ndtri(np.clip(each, 1e-9, 1 - 1e-9))
        total += float((normal[1:] * normal[:-1]).sum())
        count += len(normal) - 1
    return 1.0 if count < 30 else float(2 * norm.sf(abs(total) / math.sqrt(count)))
