import gymnasium
import pytest

from steelyard.environments.registration import NAMES, register_satchel
from steelyard.environments.satchel.environment import Satchel
from steelyard.environments.satchel.rules import FULL, SMALL


@pytest.mark.parametrize(
    ("name", "rules"), [("steelyard/Satchel-v0", FULL), ("steelyard/SatchelSmall-v0", SMALL)]
)
def test_importing_agents_registers_both(name, rules):
    environment = gymnasium.make(f"steelyard.agents:{name}")
    assert isinstance(environment.unwrapped, Satchel)
    assert environment.unwrapped.rules == rules
    assert environment.spec.to_json()


def test_registering_twice_changes_nothing():
    before = {name: gymnasium.spec(name) for name in NAMES}
    register_satchel()
    assert {name: gymnasium.spec(name) for name in NAMES} == before
