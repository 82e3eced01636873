"""Where is the posterior in the update? Every factor of one token's full conditional, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """The full conditional of one token's topic, p(z_i = k | everything else), factor by factor; arrays have the shape (topics,).

    Args:
        document: number of the document.
        token: place of the token in it.
        word: its word.
        topic: its topic before the draw.
        doc_counts: n_dk, tokens of the document in each topic, this one not counted.
        word_counts: n_kw, tokens of the word in each topic, this one not counted.
        topic_counts: n_k, all tokens of each topic, this one not counted.
        alpha: of each topic.
        beta: of each word.
        words: size of the vocabulary, V.
        document_part: n_dk + alpha_k; how much the document wants the topic, the posterior mean of theta_dk but for its divisor.
        topic_part: (n_kw + beta) / (n_k + V beta); how much the topic wants the word, the posterior mean of phi_kw; 0 where both are 0.
        probabilities: their product, divided by its sum over topics; all 0 where no topic has any.
        uniform: the random number, in [0, 1).
        drawn: the topic that it falls into; the old one where no topic has mass.
    """

    document: int
    token: int
    word: str
    topic: int
    doc_counts: NDArray[np.int64]
    word_counts: NDArray[np.int64]
    topic_counts: NDArray[np.int64]
    alpha: NDArray[np.float64]
    beta: float
    words: int
    document_part: NDArray[np.float64]
    topic_part: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    uniform: float
    drawn: int

    def table(self, *, most: int = 10) -> list[dict[str, float]]:
        """Return one row a topic, the most probable first.

        Args:
            most: rows.
        """
        order = np.argsort(-self.probabilities, kind="stable")[:most]
        return [
            {
                "topic": int(k),
                "n_dk": int(self.doc_counts[k]),
                "alpha_k": float(self.alpha[k]),
                "n_kw": int(self.word_counts[k]),
                "n_k": int(self.topic_counts[k]),
                "document_part": float(self.document_part[k]),
                "topic_part": float(self.topic_part[k]),
                "product": float(self.document_part[k] * self.topic_part[k]),
                "probability": float(self.probabilities[k]),
            }
            for k in order
        ]

    def to_dict(self, *, most: int | None = None) -> dict[str, Any]:
        """Return it as JSON values, with all topics or the `most` probable ones."""
        return {
            "document": self.document,
            "token": self.token,
            "word": self.word,
            "topic": self.topic,
            "beta": self.beta,
            "words": self.words,
            "uniform": self.uniform,
            "drawn": self.drawn,
            "topics": self.table(most=len(self.alpha) if most is None else most),
        }

    def __str__(self) -> str:
        """Return it for people: the formula, the numbers in it, and the draw."""
        lines = [
            f"token {self.token} of document {self.document}, {self.word!r}, now in topic {self.topic} (not counted below)",
            "p(z = k | all others, w) is proportional to (n_dk + alpha_k) (n_kw + beta) / (n_k + V beta)",
            f"beta {self.beta:.6g}, V {self.words}",
            " topic   n_dk    alpha_k   n_kw      n_k   document part     topic part    probability",
            *(
                f"{row['topic']:6d} {row['n_dk']:6d} {row['alpha_k']:10.4g} {row['n_kw']:6d} {row['n_k']:8d} "
                f"{row['document_part']:15.6g} {row['topic_part']:14.6g} {row['probability']:14.6f}"
                for row in self.table()
            ),
        ]
        hidden = len(self.alpha) - 10
        if hidden > 0:
            rest = 1 - sum(row["probability"] for row in self.table())
            lines.append(f"   and {hidden} more topics, with a probability of {max(rest, 0.0):.6f} together")
        if self.probabilities.sum() == 0:
            lines.append(f"no topic has any probability: the token stays in topic {self.drawn}")
        else:
            lines.append(f"the random number {self.uniform:.6f} falls into topic {self.drawn}")
        return "\n".join(lines)


def explain(
    corpus: Corpus,
    assignments: NDArray[Any],
    *,
    document: int,
    token: int,
    alpha: NDArray[np.float64],
    beta: float,
    seed: int = 0,
) -> Explanation:
    """Return each factor of one token's full conditional, and a draw from it.

    The posterior of the token's topic *is* this product: Bayes' theorem with the document's part as the prior and the topic's part as the
    likelihood of the word, both with theta and phi integrated out. `docs/topics.md` derives it from p(w, z).

    Args:
        corpus: documents.
        assignments: topic of each token, shape (tokens,).
        document: number of the document, from 0.
        token: place in it, from 0.
        alpha: of each topic, shape (topics,).
        beta: of each word.
        seed: of the draw that is shown; it isn't one that a chain made.

    Raises:
        InputError: no such document or token, assignments that don't match.

    Example:
        >>> corpus = Corpus.from_documents([["sun", "sky", "sun"], ["tax", "sun"]])
        >>> found = explain(corpus, np.array([0, 0, 1, 1, 1]), document=0, token=2, alpha=np.array([0.5, 0.5]), beta=0.1)
        >>> found.document_part.tolist(), found.topic_part.round(3).tolist(), found.probabilities.round(3).tolist()
        ([2.5, 0.5], [0.478, 0.478], [0.833, 0.167])
    """
    topics = len(alpha)
    z = np.asarray(assignments)
    if z.shape != (corpus.tokens,) or (len(z) and (z.min() < 0 or z.max() >= topics)):
        raise InputError(
            f"`assignments` must be {corpus.tokens} topics from 0 to {topics - 1}, but got the shape {z.shape}"
        )
    if not 0 <= document < len(corpus):
        raise InputError(f"`document` must be 0 to {len(corpus) - 1}, but got {document}")
    start, end = int(corpus.starts[document]), int(corpus.starts[document + 1])
    if not 0 <= token < end - start:
        raise InputError(
            f"`token` must be 0 to {end - start - 1}, the tokens of document {document}, but got {token}"
            if end > start
            else f"`document` must have tokens, but document {document} is empty"
        )
    place, size = start + token, len(corpus.vocabulary)
    word, old = int(corpus.words[place]), int(z[place])
    own = np.bincount([old], minlength=topics)
    doc_counts = np.bincount(z[start:end], minlength=topics) - own
    word_counts = np.bincount(z[np.asarray(corpus.words) == word], minlength=topics) - own
    topic_counts = np.bincount(z, minlength=topics) - own
    document_part = np.asarray(doc_counts + np.asarray(alpha, dtype=np.float64), dtype=np.float64)
    below = topic_counts + size * beta
    topic_part = np.where(below > 0, (word_counts + beta) / np.where(below > 0, below, 1.0), 0.0)
    product = document_part * topic_part
    mass = float(product.sum())
    probabilities = product / mass if mass > 0 else np.zeros(topics)
    uniform = float(np.random.default_rng(seed).random())
    reached = np.searchsorted(np.cumsum(product), uniform * mass, side="right")
    return Explanation(
        document=document,
        token=token,
        word=corpus.vocabulary[word],
        topic=old,
        doc_counts=doc_counts,
        word_counts=word_counts,
        topic_counts=topic_counts,
        alpha=np.asarray(alpha, dtype=np.float64),
        beta=float(beta),
        words=size,
        document_part=document_part,
        topic_part=topic_part,
        probabilities=probabilities,
        uniform=uniform,
        drawn=int(reached) if mass > 0 else old,
    )
