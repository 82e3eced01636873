import json

import pytest
import torch

from steelyard.agents import SMALL
from steelyard.agents.agent import Agent
from steelyard.agents.looking import PARTS, Looks, look
from steelyard.agents.network import SetActorCritic
from steelyard.agents.playground import Playground
from steelyard.agents.sampling import sampled_bags
from steelyard.errors import InputError
from steelyard.watch.probes.geometry import geometry_of

PLACE = Playground.of(SMALL, None)
BAGS = sampled_bags(PLACE, count=60)


def network(**changes):
    sizes = {"width": 16, "seed": 3, **changes}
    return SetActorCritic(PLACE.encoder.vocabulary, PLACE.encoder.features, 6, **sizes)


def test_is_the_geometry_of_the_networks_latents():
    made = network().train()
    before = torch.get_rng_state()
    found = look(made, BAGS, seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert made.training
    with torch.no_grad():
        latents = made.latents(BAGS.tensors(torch.device("cpu")))
    assert set(found.parts) == set(PARTS)
    assert found.parts["actor"] == geometry_of(latents["actor"], mask=BAGS.mask)
    assert found.parts["body"] == geometry_of(latents["body"], mask=BAGS.mask, words=BAGS.words)
    assert (found.weight_distance, round(found.latent_distance, 9)) == (0.0, 0.0)


def test_distance_is_from_the_same_network_at_initialisation():
    made = network()
    with torch.no_grad():
        for each in made.parameters():
            each.mul_(1.1)
    found = look(made, BAGS, seed=3)
    assert found.weight_distance == pytest.approx(0.1, rel=1e-4)
    assert 0 < found.latent_distance < 0.5
    assert look(made, BAGS, seed=4).weight_distance > 0.5


def test_latents_that_do_not_vary_have_no_distance():
    made = network()
    with torch.no_grad():
        for each in made.parameters():
            each.zero_()
    found = look(made, BAGS, seed=3)
    assert found.latent_distance is None
    told = found.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["parts"]["body"]["mean_cosine"] is None


def test_looks_leave_a_training_as_it_was_to_the_bit():
    def fitted(looks):
        agent = Agent(SMALL, width=8, environments=16, seed=0).fit(
            steps=800, exact_every=2, on_progress=looks
        )
        return agent.network_.state_dict()

    looks = Looks(BAGS, seed=0, every=2)
    watched, alone = fitted(looks), fitted(None)
    assert all(torch.equal(watched[name], alone[name]) for name in alone)
    assert [each.step for each in looks.taken] == [0, 384, 768, 960]
    assert looks.taken[0].weight_distance == 0.0 < looks.taken[-1].weight_distance


def test_refuses():
    with pytest.raises(InputError, match="`every` must be at least 1"):
        Looks(BAGS, seed=0, every=0)
