"""What several chains come to: the best one's topics, whether the others agree, and what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.topics.alignment import Alignment, align
from steelyard.topics.convergence import Convergence, convergence
from steelyard.topics.findings import Evidence, find
from steelyard.topics.sampling import Drawn
from steelyard.topics.states import State, normalised, pseudo_counts
from steelyard.watch.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summary:
    """What a fit found.

    Args:
        best: number of the chain that is reported: that of the largest mean log p(w, z) over kept states, the first of equals.
        components: its mean tokens of each topic and word plus beta, shape (topics, words).
        topic_word: the same as probabilities, rows that sum to 1.
        doc_topic: its posterior mean shares, shape (documents, topics).
        log_joint: of all chains, shape (chains, points).
        convergence: of its kept part.
        alignments: of each chain's topics with the reported ones'.
        findings: what stands out.
        sweeps: of each chain.
    """

    best: int
    components: NDArray[np.float64]
    topic_word: NDArray[np.float64]
    doc_topic: NDArray[np.float64]
    log_joint: NDArray[np.float64]
    convergence: Convergence
    alignments: tuple[Alignment, ...]
    findings: tuple[Finding, ...]
    sweeps: int


def summarise(corpus: Corpus, states: Sequence[State], drawn: Sequence[Drawn], sweeps: int) -> Summary:
    """Return what the chains of a fit come to; all ran through the same schedule."""
    kept = np.array([each.kept_trace for each in drawn])
    best = int(np.argmax(kept.mean(axis=1)))
    topics = [normalised(pseudo_counts(each, state.beta)) for each, state in zip(drawn, states, strict=True)]
    components = pseudo_counts(drawn[best], states[best].beta)
    rows = topics[best].sum(axis=1, keepdims=True) > 0
    alignments = tuple(align(topics[best], other) for other in topics)
    others = [each.similarity for number, each in enumerate(alignments) if number != best]
    chosen, state = drawn[best], states[best]
    evidence = Evidence(
        alpha=state.alpha,
        beta=state.beta,
        traces=kept,
        topics_per_document=(chosen.topics_per_document[0], chosen.topics_per_document[-1]),
        moved=chosen.moved,
        stuck=max(each.stuck for each in drawn),
        tokens=corpus.tokens,
        topic_tokens=chosen.word_counts.sum(axis=1) / chosen.kept,
        similarity=np.min(others, axis=0) if others else np.empty(0),
        sweeps=sweeps,
    )
    return Summary(
        best=best,
        components=components,
        topic_word=np.where(rows, topics[best], 1.0 / len(corpus.vocabulary)),
        doc_topic=chosen.doc_shares / chosen.kept,
        log_joint=np.array([each.trace for each in drawn]),
        convergence=convergence(kept),
        alignments=alignments,
        findings=find(evidence),
        sweeps=sweeps,
    )
