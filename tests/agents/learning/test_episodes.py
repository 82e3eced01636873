import pytest
from gymnasium.vector import AutoresetMode

from steelyard.agents.learning.episodes import played_returns
from steelyard.agents.learning.player import Player
from steelyard.agents.network import SetActorCritic


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_each_environment_plays_its_share(counting, one_number, mode):
    player = Player(counting(3, mode=mode, length=4), one_number, seed=0)
    returns = played_returns(SetActorCritic(2, 1, 2, width=8, seed=0), player, episodes=7, greedy=False)
    assert returns.tolist() == [10.0] * 7


def test_greedy_always_takes_the_likeliest(counting, one_number):
    environments = counting(2, mode=AutoresetMode.SAME_STEP)
    asked = SetActorCritic(2, 1, 2, width=8, seed=0)
    asked.actor.linear.bias.data[1] += 5.0
    played_returns(asked, Player(environments, one_number, seed=0), episodes=4, greedy=True)
    assert set(environments.envs[0].taken) == {1}
