"""One trial of each question: fit the topics on four fifths of the documents, score the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steelyard.topics.completion import completion
from steelyard.topics.dataset import load, split
from steelyard.topics.estimator import LatentDirichletAllocation
from steelyard.topics.levels import ALPHA, BETA
from steelyard.topics.states import normalised
from steelyard.topics.weighing import UNIGRAM_SHARE

if TYPE_CHECKING:
    from steelyard.study.run import Run
    from steelyard.topics.sampling import Progress


def alpha_trial(
    seed: int, run: Run, alpha: str, *, data: str | None, fingerprint: str, topics: int, sweeps: int
) -> dict[str, float]:
    """Return the held-out score under an alpha; beta is learned, or 0 where both are.

    Args:
        seed: of the held-out documents and of the chain.
        run: takes the trace of log p(w, z) and the topics' words.
        alpha: a level of `levels.ALPHA`.
        data: what `read_corpus` reads, None for the embedded documentation.
        fingerprint: what the corpus must be.
        topics: how many.
        sweeps: of the chain.
    """
    return _scored(seed, run, ALPHA[alpha], data=data, fingerprint=fingerprint, topics=topics, sweeps=sweeps)


def beta_trial(
    seed: int, run: Run, beta: str, *, data: str | None, fingerprint: str, topics: int, sweeps: int
) -> dict[str, float]:
    """Return the held-out score under a beta; alpha is learned; arguments as for `alpha_trial`."""
    return _scored(seed, run, BETA[beta], data=data, fingerprint=fingerprint, topics=topics, sweeps=sweeps)


def k_trial(
    seed: int, run: Run, k: int, *, data: str | None, fingerprint: str, sweeps: int
) -> dict[str, float]:
    """Return the held-out score of a number of topics, both priors learned; other arguments as for `alpha_trial`."""
    return _scored(seed, run, ALPHA["learn"], data=data, fingerprint=fingerprint, topics=k, sweeps=sweeps)


def _scored(
    seed: int,
    run: Run,
    priors: dict[str, Any],
    *,
    data: str | None,
    fingerprint: str,
    topics: int,
    sweeps: int,
) -> dict[str, float]:
    corpus = load(data, fingerprint)
    dealt = split(corpus, seed=seed)
    model = LatentDirichletAllocation(topics, max_iter=sweeps, random_state=seed, n_jobs=1, **priors)

    def log(progress: Progress) -> None:
        if progress.sweep % model.evaluate_every == 0:
            run.curve(
                "log_joint_per_token", step=progress.sweep, value=progress.log_joint / dealt.train.tokens
            )

    model.fit(dealt.train, on_progress=log)
    phi = normalised(model.components_)
    raw = completion(dealt.held_out, phi, model.alpha_, seed=seed)
    held_out = completion(
        dealt.held_out, phi, model.alpha_, seed=seed, unigram=dealt.unigram, unigram_share=UNIGRAM_SHARE
    )
    totals = model.components_.sum(axis=1)
    order = np.argsort(-totals, kind="stable")
    words = model.top_words(8)
    run.table(
        "topics",
        {
            "share": (totals[order] / totals.sum()).tolist(),
            "alpha": model.alpha_[order].tolist(),
            "words": [" ".join(words[k]) for k in order],
        },
    )
    return {
        "held_out": held_out.nats_per_word,
        "perplexity": held_out.perplexity,
        "impossible": raw.impossible / max(int(raw.tokens.sum()), 1),
        "npmi": model.coherence(corpus).mean_npmi,
        "topics_per_document": _topics_per_document(model),
        "words_per_topic": _effective(phi[totals > 0]),
    }


def _topics_per_document(model: LatentDirichletAllocation) -> float:
    """Return the mean number of topics with a token in the chain's last state, over documents that have tokens."""
    corpus = model.corpus_
    document = np.repeat(np.arange(len(corpus)), corpus.lengths)
    pairs = np.unique(document * len(model.alpha_) + model.assignments_)
    return len(pairs) / max(int((corpus.lengths > 0).sum()), 1)


def _effective(distributions: NDArray[np.float64]) -> float:
    """Return the mean over rows of exp(entropy): the number of equally probable words with as much uncertainty."""
    logs = np.log(np.where(distributions > 0, distributions, 1.0))
    return float(np.exp(-(distributions * logs).sum(axis=1)).mean())
