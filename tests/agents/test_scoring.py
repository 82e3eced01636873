import numpy as np
import pytest

from steelyard.agents.bags import NumberBags
from steelyard.agents.network import SetActorCritic
from steelyard.agents.playground import Playground
from steelyard.agents.scoring import scored
from steelyard.environments.satchel.rules import SMALL
from steelyard.errors import InputError

WAYS = {"action_mask": None, "greedy": False}


def test_a_mask_helps_an_untrained_network():
    place = Playground.of(SMALL, None)
    network = SetActorCritic(place.encoder.vocabulary, place.encoder.features, 6, width=8, seed=0)
    open_to_all, masked = (
        scored(network, place, action_mask=mask, greedy=False, episodes=2, seed=0)
        for mask in (None, "present")
    )
    assert masked.mean_return != open_to_all.mean_return
    assert masked.placement.value == masked.mean_return


def test_played_scores_have_an_interval_of_student_s_t():
    place = Playground.of("CartPole-v1", NumberBags(4))
    network = SetActorCritic(5, 1, 2, width=8, seed=0)
    few = scored(network, place, episodes=8, seed=0, **WAYS)
    assert few == scored(network, place, episodes=8, seed=0, **WAYS)
    assert few != scored(network, place, episodes=8, seed=1, **WAYS)
    assert np.mean(few.interval) == pytest.approx(few.mean_return)
    with pytest.raises(InputError, match="`episodes` must be at least 2"):
        scored(network, place, episodes=1, seed=0, **WAYS)
