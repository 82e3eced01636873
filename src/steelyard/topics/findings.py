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
"""R-hat above which chains differ beyond chance: Gelman and Rubin's (1992) limit. On real documents it is passed by nearly every run, because
log p(w, z) of many tokens is known so exactly; so a difference must matter as well."""
LEAST_THAT_MATTERS = 0.02
"""Nats a token of log p(w, z) below which a difference isn't worth a warning, about 2% of a perplexity: with 0.01, six of ninety fits of 6,000
simulated tokens that had found all topics were flagged, with 0.02 one, and every fit that had missed a topic still was."""
SAME_TOPIC = 0.8
"""Bhattacharyya coefficient from which two topics are called the same: distributions that share less differ in their leading words."""
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
        similarity: least likeness of each reported topic to its match in the other chains, shape (topics,); empty with one chain.
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
    similarity: NDArray[np.float64]
    sweeps: int


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Return what stands out, in the order of codes.

    `T01 topics-never-return`, `T02 assignments-frozen`, `T03 tokens-without-mass`, `T04 chains-disagree`, `T05 too-few-sweeps`,
    `T06 topics-without-tokens`, `T07 topics-not-reproduced`.

    Example:
        >>> healthy = Evidence(alpha=np.full(2, 0.1), beta=0.1, traces=np.random.default_rng(0).normal(size=(2, 50)), moved=0.2,
        ...     topics_per_document=(2.0, 1.5), stuck=0, tokens=900, topic_tokens=np.array([500.0, 400.0]), similarity=np.full(2, 0.99), sweeps=500)
        >>> find(healthy)
        ()
    """
    rules = (_never_return, _frozen, _without_mass, _disagree, _too_few, _empty, _not_reproduced)
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
        evidence={
            "topics_with_alpha_0": zeros,
            "topics_per_document_first": first,
            "topics_per_document": last,
        },
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
    if chains < 2 or draws < LEAST_TRACE or not np.all(np.isfinite(evidence.traces)):
        return None
    apart = _a_token(float(np.ptp(evidence.traces.mean(axis=1))), evidence)
    rhat = convergence(evidence.traces).rhat
    if not (rhat > MOST_RHAT and apart > LEAST_THAT_MATTERS):
        return None
    return Finding(
        code="T04",
        name="chains-disagree",
        severity="warning",
        evidence={
            "apart_nats_a_token": apart,
            "threshold": LEAST_THAT_MATTERS,
            "rhat": rhat,
            "chains": chains,
        },
        meaning="The chains differ in log p(w, z) by more than each of them moves: some are stuck in worse topics than others.",
        advice="Make more sweeps, use `warm_up`, or more chains; the best one is reported.",
        step=evidence.sweeps,
    )


def _too_few(evidence: Evidence) -> Finding | None:
    if evidence.traces.shape[1] < LEAST_TRACE:
        if evidence.sweeps >= LEAST_TRACE:
            return None
        numbers: dict[str, float] = {"sweeps": evidence.sweeps, "needed": LEAST_TRACE}
        meaning = "So few sweeps are made that the topics are close to where they started, at random."
    elif not np.all(np.isfinite(evidence.traces)):
        return None  # a prior of 0 excludes the present topics, which T01 and T02 say
    else:
        drift = _a_token(max(_rises(evidence.traces), key=abs), evidence)
        worst = max(_own_rhats(evidence.traces))
        if not (worst > MOST_RHAT and abs(drift) > LEAST_THAT_MATTERS):
            return None
        numbers = {
            "drift_nats_a_token": drift,
            "threshold": LEAST_THAT_MATTERS,
            "rhat": worst,
            "sweeps": evidence.sweeps,
        }
        meaning = "Within a chain log p(w, z) isn't the same in the first and last half of what was kept: it hasn't settled."
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
        evidence={
            "topics_without_tokens": empty,
            "topics": len(evidence.topic_tokens),
            "tokens": evidence.tokens,
        },
        meaning="These topics have no tokens on average over the kept states: there are more topics than the documents have use for.",
        advice="Take fewer topics; with a learned alpha, empty topics do no harm.",
        step=evidence.sweeps,
    )


def _not_reproduced(evidence: Evidence) -> Finding | None:
    topics = len(evidence.similarity)
    if evidence.traces.shape[0] < 2 or topics == 0:
        return None
    same = int((evidence.similarity >= SAME_TOPIC).sum())
    if 2 * same >= topics:
        return None
    return Finding(
        code="T07",
        name="topics-not-reproduced",
        severity="info",
        evidence={
            "reproduced": same,
            "topics": topics,
            "threshold": SAME_TOPIC,
            "chains": evidence.traces.shape[0],
        },
        meaning=(
            "Fewer than half of the topics have a like one in every other chain: the documents can be described by other topics about as well."
        ),
        advice="Rely on the topics that are reproduced (`alignments_`), or take fewer topics; predictions aren't harmed.",
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


def _a_token(nats: float, evidence: Evidence) -> float:
    return nats / max(evidence.tokens, 1)
