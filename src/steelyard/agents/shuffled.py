"""What a network that minds the order of words gets on Satchel when they come in random order."""

from __future__ import annotations

import numpy as np

from steelyard.agents.bags import BagEncoder
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic
from steelyard.environments.satchel.evaluation import evaluate
from steelyard.environments.satchel.observations import observations_of
from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError


def shuffled_return(
    network: SetActorCritic,
    rules: Rules,
    encoder: BagEncoder,
    *,
    orders: int,
    seed: int,
    greedy: bool = False,
) -> float:
    """Return what a network gets in an episode when every bag's words come in a random order at every step.

    Such a policy takes each word with the mean, over orders, of the probability that the network gives it. The mean is taken over `orders` random
    ones of each bag; with it the return is computed from the rules, without episodes. So the orders are all that is random.

    Args:
        network: asked.
        rules: Satchel's.
        encoder: turns observations into bags.
        orders: of each bag, at least 1.
        seed: of the orders.
        greedy: the likeliest word in each order, instead of the network's probabilities.

    Raises:
        InputError: no orders.

    Example:
        >>> from steelyard.agents.bags import satchel_bags
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> from steelyard.agents.satchel_play import exact_return
        >>> encoder = satchel_bags(SMALL)
        >>> network = SetActorCritic(encoder.vocabulary, encoder.features, 6, width=8, seed=0)
        >>> shuffled = shuffled_return(network, SMALL, encoder, orders=2, seed=0)
        >>> round(abs(shuffled - exact_return(network, SMALL, encoder)), 4)  # without a positional code order is nothing
        0.0

    When it is wrong: with few orders it is off by their chance, which the mean over orders makes small but not 0.
    """
    if orders < 1:
        raise InputError(f"`orders` must be at least 1, but got {orders}")
    tables, rng = Tables.of(rules), np.random.default_rng(seed)
    states = np.arange(len(tables.bags))
    chances = np.zeros((rules.horizon, *tables.bags.shape))
    for step in range(rules.horizon):
        for _ in range(orders):
            bags = encoder.bags(observations_of(rules, states, rules.horizon - step, shuffling=rng))
            found = np.exp(
                answers(network, Rows(words=bags.words, mask=bags.mask, features=bags.features))[0]
            )
            if greedy:
                found = (found.argmax(axis=1)[:, None] == np.arange(found.shape[1])).astype(np.float64)
            chances[step] += found / orders
    return evaluate(tables, chances).expected_return
