import pytest

from steelyard.agents.bags import NumberBags
from steelyard.agents.playground import Playground
from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.vector import SatchelVector


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ("steelyard/Satchel-v0", FULL),
        ("steelyard/SatchelSmall-v0", SMALL),
        (Rules(values=(3.0,)), Rules(values=(3.0,))),
    ],
)
def test_satchel_by_name_or_rules_has_rules_an_encoder_and_a_horizon(given, rules):
    place = Playground.of(given, None)
    made = place.make(3)
    assert place.rules == rules
    assert place.horizon == rules.horizon
    assert isinstance(made, SatchelVector)
    assert made.rules == rules
    assert place.actions(made) == len(rules.words)
    assert place.encoder.vocabulary == len(rules.words) + 2


def test_any_other_environment_needs_an_encoder_and_has_no_rules():
    place = Playground.of("CartPole-v1", NumberBags(4))
    assert (place.rules, place.horizon) == (None, None)
    made = place.make(3)
    assert (made.num_envs, place.actions(made)) == (3, 2)
    made.close()
