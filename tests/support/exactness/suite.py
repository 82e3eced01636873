"""The checks by name, each on a corpus that suits it: what is run on the sampler, and on the sampler with an error planted in it.

Every check takes `make(corpus, *, topics, alpha, beta, seed, partitions, assignments=None)`, which returns a chain, and the number of
groups; `strength` multiplies the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from exactness.calibration import check_ranks
from exactness.draws import check_draws
from exactness.joint import Model, check_joint
from exactness.posterior import posterior
from exactness.transitions import apart, check_sweeps, check_visits, sweep_law
from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain

Make = Callable[..., Any]
TINY_ALPHA = np.array([0.5, 0.9])
TINY_BETA = 0.4


def tiny() -> Corpus:
    """Return 5 tokens in 3 documents; one word of the vocabulary isn't used, and groups of words are of different sizes."""
    return Corpus(
        words=np.array([0, 1, 0, 1, 2], dtype=np.int32),
        starts=np.array([0, 2, 4, 5], dtype=np.int64),
        vocabulary=("a", "b", "c", "d"),
    )


@cache
def tiny_law(partitions: int) -> Any:
    """Return the law of a sweep over the tiny corpus (`transitions.sweep_law`), shape (32, 32)."""
    return sweep_law(Chain(tiny(), topics=2, alpha=TINY_ALPHA, beta=TINY_BETA, seed=0, partitions=partitions))


def small(*, tokens: int = 300, words: int = 45, seed: int = 0) -> Corpus:
    """Return 15 documents of different lengths, two of them empty, over words of very different frequencies."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, tokens + 1, size=13))
    return Corpus(
        words=(rng.zipf(1.4, size=tokens) % (words - 5)).astype(np.int32),
        starts=np.concatenate([[0, 0], ends[:-1], [tokens, tokens]]).astype(np.int64),
        vocabulary=tuple(map(str, range(words))),
    )


def draws(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that every draw follows its full conditional, for as many topics as fill lanes, and for more."""
    for topics, tokens in ((16, 200), (56, 300)):
        alpha = np.random.default_rng(topics).gamma(1.0, size=topics) * 0.3 + 0.05
        alpha[-1] = 1.0
        chain = make(
            small(tokens=tokens), topics=topics, alpha=alpha, beta=0.05, seed=seed, partitions=partitions
        )
        check_draws(chain, sweeps=12 * strength, seed=seed)


def sweeps(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that sweeps lead from each assignment of a tiny corpus where they should, as often as they should."""
    chain = make(tiny(), topics=2, alpha=TINY_ALPHA, beta=TINY_BETA, seed=seed, partitions=partitions)
    check_sweeps(chain, sweeps=1200 * strength, law=tiny_law(partitions))


def visits(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that a tiny corpus' assignments are visited as often as the posterior says."""
    chain = make(tiny(), topics=2, alpha=TINY_ALPHA, beta=TINY_BETA, seed=seed, partitions=partitions)
    target = posterior(tiny(), alpha=TINY_ALPHA, beta=TINY_BETA)
    every = apart(tiny_law(partitions), target, closer_than=1e-3)
    check_visits(chain, target, visits=400 * strength, every=every)


def joint(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that drawing words and topics in turn from each other leaves their joint distribution as it is."""
    model = Model(lengths=(8, 5, 0, 1, 7), words=6, alpha=np.full(3, 0.6), beta=0.3)
    check_joint(model, _making(make, model, partitions), replicates=150 * strength, steps=5, seed=seed)


def ranks(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that the truth's ranks among a chain's draws are uniform."""
    model = Model(lengths=(8, 5, 0, 1, 7), words=6, alpha=np.full(3, 0.6), beta=0.3)
    check_ranks(
        model,
        _making(make, model, partitions),
        replicates=60 * strength,
        draws=9,
        every=4,
        burn_in=20,
        seed=seed,
    )


def counts(make: Make, *, partitions: int, strength: int = 1, seed: int = 1) -> None:
    """Check that counts stay those of the assignments, and that every token's topic moves."""
    corpus = small(tokens=120)
    chain = make(corpus, topics=5, alpha=np.full(5, 0.7), beta=0.2, seed=seed, partitions=partitions)
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    moved = np.zeros(corpus.tokens, dtype=bool)
    for _ in range(60 * strength):
        before = chain.assignments
        chain.sweep()
        z = chain.assignments
        moved |= z != before
        by_document, by_topic = np.zeros((len(corpus), 5), dtype=np.int64), np.zeros((5, 45), dtype=np.int64)
        np.add.at(by_document, (document, z), 1)
        np.add.at(by_topic, (z, corpus.words), 1)
        assert (chain.doc_topic == by_document).all(), "documents' counts aren't those of the assignments"
        assert (chain.topic_word == by_topic).all(), "topics' counts aren't those of the assignments"
        assert (chain.topic_totals == by_topic.sum(axis=1)).all(), (
            "topics' totals aren't those of the assignments"
        )
    assert moved.all(), f"{int((~moved).sum())} of {corpus.tokens} tokens never changed their topic"


CHECKS: dict[str, Callable[..., None]] = {
    "draws": draws,
    "sweeps": sweeps,
    "visits": visits,
    "joint": joint,
    "ranks": ranks,
    "counts": counts,
}


def _making(make: Make, model: Model, partitions: int) -> Callable[..., Any]:
    def made(corpus: Corpus, assignments: Any, seed: int) -> Any:
        return make(
            corpus,
            topics=len(model.alpha),
            alpha=model.alpha,
            beta=model.beta,
            seed=seed,
            partitions=partitions,
            assignments=assignments,
        )

    return made
