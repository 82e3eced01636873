import pytest

from steelyard.agents.learning.a2c import A2C
from steelyard.agents.learning.ppo import PPO
from steelyard.errors import InputError


def test_rate_and_entropy_fall_along_straight_lines():
    plan = PPO(environments=4, rollout=8, learning_rate=1.0, last_rate=0.5, entropy_weight=0.2)
    assert [plan.rate(done) for done in (0, 0.5, 1)] == [1.0, 0.75, 0.5]
    assert [plan.entropy(done) for done in (0, 0.5, 1)] == [0.2, 0.1, 0.0]


@pytest.mark.parametrize("kind", [PPO, A2C])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"environments": 0}, "`environments` must be at least 1"),
        ({"rollout": 0}, "`rollout` must be at least 1"),
        ({"environments": 1, "rollout": 1}, "at least 2 steps"),
        ({"learning_rate": 0.0}, "`learning_rate` must be above 0"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be above 0"),
        ({"discount": 1.1}, r"`discount` must lie in \[0, 1\]"),
        ({"trace": -0.1}, "`trace`"),
        ({"entropy_weight": -1.0}, "`entropy_weight` must be at least 0"),
        ({"value_weight": float("inf")}, "`value_weight` must be at least 0"),
        ({"gradient_norm": 0.0}, "`gradient_norm` must be above 0, or None"),
    ],
)
def test_values_outside_their_range_are_refused(kind, changes, said):
    with pytest.raises(InputError, match=said):
        kind(**{"environments": 4, "rollout": 8, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 0}, "`epochs` must be at least 1"),
        ({"minibatches": 0}, "`minibatches` must be at least 1"),
        ({"clip": 0.0}, "`clip` must lie between 0 and 1"),
        ({"stop_kl": 0.0}, "`stop_kl` must be above 0, or None"),
    ],
)
def test_ppo_s_own_values_are_refused_too(changes, said):
    with pytest.raises(InputError, match=said):
        PPO(environments=4, rollout=8, **changes)
