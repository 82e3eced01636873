"""A network asked about every bag and time of Satchel, so that what it gets is known exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.agents.bags import BagEncoder
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic
from steelyard.environments.satchel.evaluation import evaluate
from steelyard.environments.satchel.observations import observations_of
from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.tables import Tables


def policy_table(
    network: SetActorCritic, rules: Rules, encoder: BagEncoder, *, masked: bool = False, greedy: bool = False
) -> NDArray[np.float64]:
    """Return the probability of each word in each bag at each step, shape (horizon, states, words).

    Args:
        network: asked.
        rules: Satchel's.
        encoder: turns observations into bags.
        masked: whether only words that are there may be taken (any, where none is).
        greedy: all probability to the likeliest word.

    Example:
        >>> from steelyard.agents.bags import satchel_bags
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> encoder = satchel_bags(SMALL)
        >>> network = SetActorCritic(encoder.vocabulary, encoder.features, 6, width=8, seed=0)
        >>> table = policy_table(network, SMALL, encoder)
        >>> table.shape, bool(np.allclose(table.sum(axis=2), 1))
        ((12, 462, 6), True)
    """
    tables = Tables.of(rules)
    states = np.arange(len(tables.bags))
    allowed = tables.present | ~tables.present.any(axis=1, keepdims=True) if masked else None
    chances = np.empty((rules.horizon, *tables.bags.shape))
    for step in range(rules.horizon):
        bags = encoder.bags(observations_of(rules, states, rules.horizon - step))
        rows = Rows(words=bags.words, mask=bags.mask, features=bags.features, allowed=allowed)
        chances[step] = np.exp(answers(network, rows)[0])
    if greedy:
        best = chances.argmax(axis=2)
        chances = (best[..., None] == np.arange(chances.shape[2])).astype(np.float64)
    return chances


def exact_return(
    network: SetActorCritic, rules: Rules, encoder: BagEncoder, *, masked: bool = False, greedy: bool = False
) -> float:
    """Return what a network gets in an episode of Satchel, without playing one; arguments are those of `policy_table`."""
    table = policy_table(network, rules, encoder, masked=masked, greedy=greedy)
    return evaluate(Tables.of(rules), table).expected_return
