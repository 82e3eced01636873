import numpy as np
import pytest

from steelyard.agents.bags import satchel_bags
from steelyard.agents.learning.player import Player
from steelyard.agents.network import SetActorCritic
from steelyard.agents.satchel_play import exact_return, policy_table
from steelyard.environments.satchel.evaluation import evaluate
from steelyard.environments.satchel.rules import SMALL
from steelyard.environments.satchel.tables import Tables
from steelyard.environments.satchel.vector import SatchelVector

ENCODER = satchel_bags(SMALL)


def network():
    made = SetActorCritic(ENCODER.vocabulary, ENCODER.features, 6, width=8, seed=0)
    made.actor.linear.weight.data.mul_(300)  # far from uniform
    return made


@pytest.mark.parametrize("mask", [None, "present"])
def test_the_exact_return_is_the_mean_of_what_is_played(mask):
    asked = network()
    exact = exact_return(asked, SMALL, ENCODER, masked=mask is not None)
    player = Player(SatchelVector(1500, rules=SMALL), ENCODER, action_mask=mask, seed=0)
    returns = player.play(asked, 24).returns
    assert abs(returns.mean() - exact) < 4 * returns.std() / np.sqrt(returns.size)


def test_greedy_is_the_likeliest_word():
    asked = network()
    table, greedy = policy_table(asked, SMALL, ENCODER), policy_table(asked, SMALL, ENCODER, greedy=True)
    assert np.array_equal(greedy.argmax(axis=2), table.argmax(axis=2))
    assert set(np.unique(greedy)) == {0.0, 1.0}
    assert (
        exact_return(asked, SMALL, ENCODER, greedy=True) == evaluate(Tables.of(SMALL), greedy).expected_return
    )


def test_an_untrained_network_gets_what_uniform_does():
    asked = SetActorCritic(ENCODER.vocabulary, ENCODER.features, 6, width=8, seed=0)
    assert exact_return(asked, SMALL, ENCODER) == pytest.approx(-2.197, abs=0.05)
