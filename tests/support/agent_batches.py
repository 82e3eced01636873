"""A network and steps that were played with it, for checks of what an update does."""

import numpy as np

from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic


def played(network, *, steps=200, seed=0, repeated=True):
    """Steps from a network: their log-probabilities are its own."""
    random = np.random.default_rng(seed)
    words = random.integers(1, 6, (steps, 3)) if repeated else np.arange(1, 3 * steps + 1).reshape(steps, 3)
    rows = Rows(words=words, mask=words > 0, features=None)
    every, values = answers(network, rows)
    actions = random.integers(0, every.shape[1], steps)
    found = rows.distinct()
    advantages = random.normal(size=steps)
    return Batch(
        rows=rows.taken(found.first),
        of=found.of,
        actions=actions,
        log_probabilities=every[np.arange(steps), actions],
        advantages=advantages,
        targets=advantages + values,
    )


def built(**ways):
    return SetActorCritic(700, 0, 4, width=16, seed=0, **ways)
