"""What nats a held-out word mean on given documents: predictors that need no topics, and what to know about them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steelyard.data.corpus import Corpus
from steelyard.topics.completion import halves
from steelyard.topics.dataset import Split
from steelyard.weigh.scale import ReferencePoint, Scale

UNIGRAM_SHARE = 0.01
"""How much of the training words' shares is mixed into every model's forecast, so that no word is impossible."""


def held_out_scale(dealt: Split, *, seed: int) -> Scale:
    """Return the scale of a held-out word's nats by document completion, lower is better.

    The baseline is the training words' shares (unigram); the floor is each document's own words' shares, known in advance: no
    model that foretells a document's words in one distribution can do better.

    Args:
        dealt: training and held-out documents.
        seed: of the cut into halves.

    Example:
        >>> from steelyard.topics.dataset import split
        >>> scale = held_out_scale(split(Corpus.from_documents([["a", "b"], ["c", "c"]] * 20), seed=0), seed=0)
        >>> [point.name for point in scale.points]
        ['uniform', 'unigram', "each document's own words"]
    """
    scored = halves(dealt.held_out, seed=seed).scored
    uniform = ReferencePoint(
        name="uniform",
        value=math.log(len(scored.vocabulary)),
        meaning="every word of the vocabulary as likely as any other",
    )
    unigram = ReferencePoint(
        name="unigram",
        value=float(-np.log(dealt.unigram[scored.words]).mean()),
        meaning="how often each word is in the training documents, the same for every document",
    )
    floor = ReferencePoint(
        name="each document's own words",
        value=own_words_nats(scored),
        meaning="the shares of the very words to be foretold, known in advance",
    )
    return Scale(
        loss="held-out score",
        unit="nats per word",
        direction="lower",
        baseline=unigram,
        floor=floor,
        references=(uniform, unigram, floor),
        notes=(
            "exp(nats per word) is the perplexity.",
            "The floor is not attainable: it knows the words to be foretold. Short documents put it far down.",
        ),
    )


def own_words_nats(corpus: Corpus) -> float:
    """Return the mean nats a word where each document's words are foretold by their own shares: its empirical entropy.

    Example:
        >>> round(own_words_nats(Corpus.from_documents([["a", "b"], ["c", "c"]])), 4)
        0.3466
    """
    counts = corpus.counts()
    data: NDArray[np.float64] = counts.data.astype(np.float64)
    lengths = np.repeat(corpus.lengths, np.diff(counts.indptr))
    return float(-(data * np.log(data / lengths)).sum()) / corpus.tokens


def notes(*, setting: str) -> tuple[str, ...]:
    """Return what to know before trusting an answer, each a sentence."""
    found = [
        "Each seed draws the held-out documents and the chain's start anew; all levels of a seed share them.",
        "Half of a held-out document's tokens estimate its topics, the other half is scored.",
        (
            f"Into every forecast {UNIGRAM_SHARE:.0%} of the training words' shares is mixed, so that a model that calls a word impossible loses a "
            "finite amount; `impossible` is the share of words that it would have lost everything on."
        ),
        "`topics_per_document` and `words_per_topic` describe, they aren't better or worse one way: the arrows on them mean nothing.",
        "The reference points are those of the first seed's documents.",
    ]
    if setting == "quick":
        found.append(
            "The quick setting makes few sweeps; `--full` makes five times as many and has topics to match."
        )
    return tuple(found)
