import numpy as np
import pytest

from steelyard.agents import SMALL, Rules
from steelyard.agents.bags import satchel_bags
from steelyard.agents.network import SetActorCritic
from steelyard.agents.satchel_play import exact_return
from steelyard.agents.shuffled import shuffled_return
from steelyard.errors import InputError

TINY = Rules(values=(1.0,), capacity=2, horizon=3)


def network(rules, **changes):
    encoder = satchel_bags(rules)
    made = SetActorCritic(encoder.vocabulary, encoder.features, len(rules.words), width=8, seed=0, **changes)
    # The untrained actor takes all actions alike: make it care.
    made.actor.linear.weight.data.mul_(300)
    return made


@pytest.mark.parametrize("greedy", [False, True])
def test_order_is_nothing_without_a_code(greedy):
    made, encoder = network(TINY), satchel_bags(TINY)
    exact = exact_return(made, TINY, encoder, greedy=greedy)
    assert shuffled_return(made, TINY, encoder, orders=1, seed=0, greedy=greedy) == pytest.approx(
        exact, abs=1e-4
    )


def test_with_a_code_it_is_what_episodes_give():
    from steelyard.agents.learning.episodes import played_returns
    from steelyard.agents.learning.player import Player
    from steelyard.environments.satchel.vector import SatchelVector

    made, encoder = network(SMALL, position=True), satchel_bags(SMALL)
    found = shuffled_return(made, SMALL, encoder, orders=8, seed=0)
    player = Player(SatchelVector(250, rules=SMALL, shuffle=True), encoder, action_mask=None, seed=0)
    returns = played_returns(made, player, episodes=1500, greedy=False)
    assert found == pytest.approx(returns.mean(), abs=4 * np.std(returns) / np.sqrt(1500))
    assert found != pytest.approx(exact_return(made, SMALL, encoder), abs=1e-3)


def test_refuses():
    with pytest.raises(InputError, match="`orders` must be at least 1"):
        shuffled_return(network(TINY), TINY, satchel_bags(TINY), orders=0, seed=0)
