import pytest

from steelyard.agents import SMALL
from steelyard.agents.checks import geometry_findings, initial_of, wiring
from steelyard.agents.looking import look
from steelyard.agents.network import SetActorCritic
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import sampled_bags

PLACE = Playground.of(SMALL, None)
BAGS = sampled_bags(PLACE, count=60)


def network(**changes):
    return SetActorCritic(
        PLACE.encoder.vocabulary, PLACE.encoder.features, 6, **{"width": 16, "seed": 0, **changes}
    )


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"norm": "post", "head": "linear", "bodies": "separate", "latents": "centre"}, []),
        ({"position": True}, ["F09"]),
        ({"dropout": 0.1}, ["F10"]),
        ({"mask": False}, ["F12"]),
    ],
)
def test_wiring(changes, codes):
    made = network(**changes)
    # The untrained actor takes all actions alike, so that little moves its logits: make it care.
    made.actor.linear.weight.data.mul_(100)
    assert [each.code for each in wiring(made, BAGS, seed=0, initial=initial_of(made, seed=0))] == codes


def test_layers_that_begin_alike_are_told():
    made = network()
    first, second = made.body.encoder.layers
    second.load_state_dict(first.state_dict())
    assert [each.code for each in wiring(network(), BAGS, seed=0, initial=made)] == ["F11"]


def test_a_shared_mean_is_information():
    found = look(network(), BAGS, seed=0)
    assert found.parts["body"].mean_cosine > 0
    assert all(each.severity == "info" for each in geometry_findings(found, better_than_baseline=False))
