"""Documents drawn from known topics, as the model says they come about."""

import numpy as np
import pytest

from steelyard.data.corpus import Corpus


def draw(*, documents=200, topics=4, words=40, length=40, alpha=0.2, beta=0.1, seed=0):
    """Return a corpus, the topics' words, shape (topics, words), and the documents' shares, shape (documents, topics)."""
    rng = np.random.default_rng(seed)
    phi = rng.dirichlet(np.full(words, beta), size=topics)
    theta = rng.dirichlet(np.full(topics, alpha), size=documents)
    lengths = rng.poisson(length, size=documents)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    document = np.repeat(np.arange(documents), lengths)
    topic = (rng.random((starts[-1], 1)) > np.cumsum(theta, axis=1)[document, :-1]).sum(axis=1)
    tokens = (rng.random((starts[-1], 1)) > np.cumsum(phi, axis=1)[topic, :-1]).sum(axis=1)
    corpus = Corpus(
        words=tokens.astype(np.int32), starts=starts, vocabulary=tuple(f"w{n}" for n in range(words))
    )
    return corpus, phi, theta


@pytest.fixture(scope="session")
def simulated():
    return draw
