"""What stands out in a fit of topics, as findings with codes; nothing on a healthy one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.topics.convergence import convergence
from steelyard.watch.finding import Finding

MOST_RHAT = 1.1
"""R-hat above which chains are said to differ: Gelman and Rubin's (1992) limit. Vehtari et al. (2021) ask for 1.01 where quantiles are to be
exact; log p(w, z) of topics mixes too slowly for that, and topics are good long before."""
LEAST_TRACE = 16
"""Kept states without which nothing is said about convergence."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What the findings are read from.

    Args:
        alpha: of each topic, shape (topics,).
        beta: of each word.
        traces: log p(w, z) of the kept states of each chain, nats, shape (chains, kept).
        topics_per_document: mean number of topics with a token, first and last, of the reported chain.
        moved: share of tokens whose topic the last sweep changed.
        stuck: tokens that had no mass on any topic in the last sweep.
        tokens: of the corpus.
        topic_tokens: mean tokens of each topic, shape (topics,).
        similarity: mean likeness of the other chains' topics to the reported chain's, nan with one chain.
        sweeps: of each chain.
    """

    alpha: NDArray[np.float64]
    beta: float
    traces: NDArray[np.float64]
    topics_per_document: tuple[float, float]
    moved: float
    stuck: int
    tokens: int
    topic_tokens: NDArray[np.float64]
    similarity: float
    sweeps: int


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Return what stands out, in the order of codes.

    `T01 topics-never-return`, `T02 assignments-frozen`, `T03 tokens-without-mass`, `T04 chains-disagree`, `T05 too-few-sweeps`,
    `T06 topics-without-tokens`.

    Example:
        >>> healthy = Evidence(alpha=np.full(2, 0.1), beta=0.1, traces=np.random.default_rng(0).normal(size=(2, 50)), moved=0.2,
        ...     topics_per_document=(2.0, 1.5), stuck=0, tokens=900, topic_tokens=np.array([500.0, 400.0]), similarity=0.99, sweeps=500)
        >>> find(healthy)
        ()
    """
    rules = (_never_return, _frozen, _without_mass, _disagree, _too_few, _empty)
    return tuple(found for rule in rules if (found := rule(evidence)) is not None)


def _never_return(evidence: Evidence) -> Finding | None:
    zeros = int((evidence.alpha == 0).sum())
    if zeros == 0 or len(evidence.alpha) == 1:
        return None
    first, last = evidence.topics_per_document
    return Finding(
        code="T01",
        name="topics-never-return",
        severity="warning",
        evidence={"topics_with_alpha_0": zeros, "topics_per_document_first": first, "topics_per_document": last},
        meaning=(
            "With alpha = 0 a topic that has lost its last token of a document has probability 0 there and never returns, so documents only lose "
            "topics and the chain never leaves where it happened to settle."
        ),
        advice="Give alpha a number above 0, or let it be learned.",
        step=1,
    )


def _frozen(evidence: Evidence) -> Finding | None:
    if evidence.beta > 0:
        return None
    return Finding(
        code="T02",
        name="assignments-frozen",
        severity="warning",
        evidence={"beta": evidence.beta, "moved": evidence.moved},
        meaning=(
            "With beta = 0 a topic that has lost its last token of a word has probability 0 for it and never gets it back, so words only lose "
            "topics, the chain freezes early, and every word that training never saw in a topic is impossible."
        ),
        advice="Give beta a number above 0, or let it be learned.",
        step=1,
    )


def _without_mass(evidence: Evidence) -> Finding | None:
    if evidence.stuck == 0:
        return None
    return Finding(
        code="T03",
        name="tokens-without-mass",
        severity="error",
        evidence={"tokens_without_mass": evidence.stuck, "share": evidence.stuck / max(evidence.tokens, 1)},
        meaning=(
            "These tokens had probability 0 under every topic in the last sweep: no topic has both another token of the document and another of the "
            "word; they stayed where they were, and what is sampled isn't a posterior."
        ),
        advice="Give alpha, beta or both a number above 0.",
        step=evidence.sweeps,
    )


def _disagree(evidence: Evidence) -> Finding | None:
    chains, draws = evidence.traces.shape
    if chains < 2 or draws < LEAST_TRACE:
        return None
    together = convergence(evidence.traces).rhat
    if not together > MOST_RHAT or together <= max(_own_rhats(evidence.traces)):
        return None
    numbers = {"rhat": together, "threshold": MOST_RHAT, "chains": chains}
    if math.isfinite(evidence.similarity):
        numbers["topic_similarity"] = evidence.similarity
    return Finding(
        code="T04",
        name="chains-disagree",
        severity="warning",
        evidence=numbers,
        meaning="The chains differ in log p(w, z) by more than each of them moves: each is in a part of the posterior of its own.",
        advice=(
            "Make more sweeps, fewer topics or a larger beta; report what all chains agree on (`alignments_`), or the best chain knowing that others exist."
        ),
        step=evidence.sweeps,
    )


def _too_few(evidence: Evidence) -> Finding | None:
    if evidence.traces.shape[1] < LEAST_TRACE:
        if evidence.sweeps >= LEAST_TRACE or evidence.tokens == 0:
            return None
        numbers: dict[str, float] = {"sweeps": evidence.sweeps, "needed": LEAST_TRACE}
        meaning = "So few sweeps are made that the topics are close to where they started, at random."
    else:
        worst = max(_own_rhats(evidence.traces))
        rise = float(max(_rises(evidence.traces), key=abs))
        if not worst > MOST_RHAT:
            return None
        numbers = {"rhat": worst, "threshold": MOST_RHAT, "drift_nats": rise, "sweeps": evidence.sweeps}
        meaning = "Within a chain log p(w, z) is not the same in the first and last half of what was kept: it hasn't settled."
    return Finding(
        code="T05",
        name="too-few-sweeps",
        severity="warning",
        evidence=numbers,
        meaning=meaning,
        advice="Make more sweeps (`max_iter`), and drop more of them (`burn_in`).",
        step=evidence.sweeps,
    )


def _empty(evidence: Evidence) -> Finding | None:
    empty = int((evidence.topic_tokens < 0.5).sum())
    if empty == 0:
        return None
    return Finding(
        code="T06",
        name="topics-without-tokens",
        severity="info",
        evidence={"topics_without_tokens": empty, "topics": len(evidence.topic_tokens), "tokens": evidence.tokens},
        meaning="These topics have no tokens on average over the kept states: there are more topics than the documents have use for.",
        advice="Take fewer topics; with a learned alpha, empty topics do no harm.",
        step=evidence.sweeps,
    )


def _own_rhats(traces: NDArray[np.float64]) -> list[float]:
    """Return each chain's own split R-hat, 1 where it can't be told."""
    values = [convergence(trace[None]).rhat for trace in traces]
    return [value if math.isfinite(value) else 1.0 for value in values]


def _rises(traces: Sequence[Any] | NDArray[np.float64]) -> list[float]:
    """Return by how much the mean of each chain's last half is above that of its first."""
    half = len(traces[0]) // 2
    return [float(np.mean(trace[-half:]) - np.mean(trace[:half])) for trace in traces]
