"""A fit as people look at it: each topic with its words, size, documents and place, the priors, and the chains."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from steelyard.errors import InputError
from steelyard.topics.convergence import Convergence
from steelyard.topics.map import TopicMap, topic_map
from steelyard.topics.prior_curves import PriorCurve, document_curve, word_curve
from steelyard.watch.finding import Finding

if TYPE_CHECKING:
    from steelyard.topics.estimator import LatentDirichletAllocation

RELEVANCE = 0.6
"""Weight of a word's probability, against its lift, in its relevance: what Sievert and Shirley (2014) found people to read topics best by."""

LEAST_TOKENS = 0.5
"""Mean tokens that a word must have in a topic to be named among its words; the others are there by the prior alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic.

    Args:
        number: its row in `components_`, from 0.
        share: of all tokens, 0-1, a mean over the kept states.
        alpha: its prior.
        words: the most probable words that have tokens in it, with their probabilities.
        relevant: the most relevant words: probable here and rarer elsewhere (Sievert and Shirley 2014, eq. 1).
        effective_words: exp of the entropy of its words: how many equally probable words would be as uncertain.
        npmi: coherence of its most probable words on the fit's documents, -1 to 1; nan where it can't be told.
        agreement: mean likeness of the best partner in each other chain, 0-1; nan with one chain.
        documents: those with the largest shares of it, of at least median length: name or number, share, tokens.
    """

    number: int
    share: float
    alpha: float
    words: tuple[tuple[str, float], ...]
    relevant: tuple[str, ...]
    effective_words: float
    npmi: float
    agreement: float
    documents: tuple[tuple[str, float, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait:
    """What a page shows of a fit; every number on it is here.

    Args:
        topics: the topics, the largest first.
        documents: number of documents.
        empty: documents without tokens among them.
        tokens: number of tokens.
        vocabulary: number of words.
        alpha: shape (topics,).
        beta: of each word.
        learned: which priors were learned, `alpha`, `beta`.
        map: distances and places of the topics.
        document_curve: alpha and the documents' shares.
        word_curve: beta and the words' shares.
        trace: log p(w, z) in nats, shape (chains, points).
        trace_sweeps: after which sweeps, shape (points,).
        trace_kept: which points are of kept states, shape (points,).
        best_chain: the chain that is reported.
        convergence: of the kept states.
        findings: what stands out.
        parameters: what it was fitted with.
        source: what the corpus is.
        fingerprint: of the corpus.
    """

    topics: tuple[Topic, ...]
    documents: int
    empty: int
    tokens: int
    vocabulary: int
    alpha: NDArray[np.float64]
    beta: float
    learned: tuple[str, ...]
    map: TopicMap
    document_curve: PriorCurve
    word_curve: PriorCurve
    trace: NDArray[np.float64]
    trace_sweeps: NDArray[np.int64]
    trace_kept: NDArray[np.bool_]
    best_chain: int
    convergence: Convergence
    findings: tuple[Finding, ...]
    parameters: Mapping[str, Any]
    source: str
    fingerprint: str


def portrait(
    model: LatentDirichletAllocation,
    *,
    top: int = 12,
    top_documents: int = 5,
    source: str = "",
    seed: int = 0,
) -> Portrait:
    """Return a fit as people look at it.

    Args:
        model: a fitted estimator.
        top: words of a topic, at least 2.
        top_documents: documents of a topic.
        source: what the corpus is, in a few words.
        seed: of the draws of the prior curves.

    Raises:
        InputError: fewer than 2 words.
        NotFittedError: an estimator that wasn't fitted.

    Example:
        >>> from steelyard.data import Corpus
        >>> from steelyard.topics import LatentDirichletAllocation
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], ["tax", "law", "tax"], ["sky", "sun"]] * 5)
        >>> shown = portrait(LatentDirichletAllocation(2, max_iter=100).fit(corpus), top=2)
        >>> [sorted(word for word, _ in topic.words) for topic in shown.topics], round(shown.topics[0].share, 2)
        ([['sky', 'sun'], ['law', 'tax']], 0.62)
    """
    check_is_fitted(model, "components_")
    if top < 2:
        raise InputError(f"`top` must be at least 2 words, but got {top}")
    corpus = model.corpus_
    tokens = np.clip(model.components_ - model.beta_, 0.0, None)
    parameters = model.get_params(deep=False)
    prior_names = {"alpha": "doc_topic_prior", "beta": "topic_word_prior"}
    return Portrait(
        topics=_topics(model, tokens, top=top, top_documents=top_documents),
        documents=len(corpus),
        empty=int((corpus.lengths == 0).sum()),
        tokens=corpus.tokens,
        vocabulary=len(corpus.vocabulary),
        alpha=model.alpha_,
        beta=float(model.beta_),
        learned=tuple(name for name, key in prior_names.items() if isinstance(parameters[key], str)),
        map=topic_map(model.topic_word_),
        document_curve=document_curve(corpus, model.assignments_, model.alpha_, seed=seed),
        word_curve=word_curve(_last_counts(model), float(model.beta_), seed=seed),
        trace=model.log_joint_,
        trace_sweeps=model.trace_sweeps_,
        trace_kept=model.trace_kept_,
        best_chain=model.best_chain_,
        convergence=model.convergence_,
        findings=model.findings_,
        parameters=parameters,
        source=source,
        fingerprint=corpus.fingerprint,
    )


def _topics(
    model: LatentDirichletAllocation, tokens: NDArray[np.float64], *, top: int, top_documents: int
) -> tuple[Topic, ...]:
    corpus, phi = model.corpus_, model.topic_word_
    sizes = tokens.sum(axis=1) / max(corpus.tokens, 1)
    frequency = np.bincount(corpus.words, minlength=len(corpus.vocabulary)) / max(corpus.tokens, 1)
    npmi = model.coherence(top=max(min(top, 10), 2)).npmi
    agreement = _agreement(model)
    found = []
    for number in np.argsort(-sizes, kind="stable").tolist():
        row, theta = phi[number], model.doc_topic_[:, number]
        own = tokens[number] >= LEAST_TOKENS
        words = np.argsort(-row, kind="stable")[:top].tolist()
        there = row[row > 0]
        documents = _documents(theta, corpus.lengths, top_documents)
        found.append(
            Topic(
                number=number,
                share=float(sizes[number]),
                alpha=float(model.alpha_[number]),
                words=tuple((corpus.vocabulary[word], float(row[word])) for word in words if own[word]),
                relevant=tuple(
                    corpus.vocabulary[word] for word in _relevant(np.where(own, row, 0.0), frequency, top)
                ),
                effective_words=math.exp(-float((there * np.log(there)).sum())),
                npmi=float(npmi[number]),
                agreement=float(agreement[number]),
                documents=tuple(
                    (
                        corpus.names[each] if corpus.names else str(each),
                        float(theta[each]),
                        int(corpus.lengths[each]),
                    )
                    for each in documents
                ),
            )
        )
    return tuple(found)


def _documents(theta: NDArray[np.float64], lengths: NDArray[np.int64], most: int) -> list[int]:
    """Return the documents with the largest shares among those of at least median length: the shares of short ones say little."""
    filled = np.flatnonzero(lengths > 0)
    long = filled[lengths[filled] >= np.median(lengths[filled])]
    chosen: list[int] = long[np.lexsort((-lengths[long], -theta[long]))][:most].tolist()
    return chosen


def _relevant(row: NDArray[np.float64], frequency: NDArray[np.float64], top: int) -> list[int]:
    """Return the words of the largest relevance, weight * ln phi + (1 - weight) * ln(phi / p)."""
    there = np.flatnonzero((row > 0) & (frequency > 0))
    relevance = np.log(row[there]) - (1 - RELEVANCE) * np.log(frequency[there])
    chosen: list[int] = there[np.argsort(-relevance, kind="stable")[:top]].tolist()
    return chosen


def _agreement(model: LatentDirichletAllocation) -> NDArray[np.float64]:
    """Return how alike each topic's partners in the other chains are, in the mean, shape (topics,)."""
    others = [each.similarity for number, each in enumerate(model.alignments_) if number != model.best_chain_]
    return np.mean(others, axis=0) if others else np.full(len(model.alpha_), math.nan)


def _last_counts(model: LatentDirichletAllocation) -> NDArray[np.int64]:
    """Return tokens of each topic and word in the last state, shape (topics, words)."""
    topics, words = model.topic_word_.shape
    cells = model.assignments_.astype(np.int64) * words + model.corpus_.words
    return np.bincount(cells, minlength=topics * words).reshape(topics, words)
