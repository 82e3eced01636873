from types import SimpleNamespace

import pytest
import torch

from steelyard.agents.network import Architecture, SetActorCritic
from steelyard.errors import InputError

WAYS = [
    {},
    {"norm": "post"},
    {"latents": "l2"},
    {"latents": "layernorm"},
    {"latents": "centre"},
    {"bodies": "separate", "head": "linear"},
    {"embedding_bias": False},
]


def bags(*, seed=0, features=1):
    generator = torch.Generator().manual_seed(seed)
    words = torch.randint(1, 9, (12, 6), generator=generator)
    words[torch.rand(12, 6, generator=generator) < 0.3] = 0
    words[:, 0] = 1
    told = torch.rand(12, 6, features, generator=generator) if features else None
    return SimpleNamespace(words=words, mask=words > 0, features=told)


def built(seed=0, **ways):
    return SetActorCritic(9, 1, 5, width=16, seed=seed, **ways)


def close(one, other):
    torch.testing.assert_close(one, other, atol=3e-6, rtol=1e-4)


@pytest.mark.parametrize("ways", WAYS)
def test_the_order_of_the_words_changes_nothing(ways):
    network, seen = built(**ways), bags()
    order = torch.randperm(6, generator=torch.Generator().manual_seed(1))
    mixed = SimpleNamespace(
        words=seen.words[:, order], mask=seen.mask[:, order], features=seen.features[:, order]
    )
    for one, other in zip(network(seen), network(mixed), strict=True):
        close(one, other)
    close(network.latents(seen)["body"][:, order], network.latents(mixed)["body"])


@pytest.mark.parametrize("ways", WAYS)
def test_padding_changes_nothing(ways):
    network, seen = built(**ways), bags()
    wide = SimpleNamespace(
        words=torch.cat([seen.words, torch.zeros(12, 3, dtype=torch.int64)], dim=1),
        mask=torch.cat([seen.mask, torch.zeros(12, 3, dtype=torch.bool)], dim=1),
        features=torch.cat([seen.features, torch.full((12, 3, 1), 7.0)], dim=1),
    )
    for one, other in zip(network(seen), network(wide), strict=True):
        close(one, other)


@pytest.mark.parametrize("ways", WAYS)
def test_bags_do_not_see_each_other(ways):
    network, seen = built(**ways), bags()
    alone = SimpleNamespace(words=seen.words[3:4], mask=seen.mask[3:4], features=seen.features[3:4])
    close(network(alone)[0], network(seen)[0][3:4])


def test_a_position_code_makes_the_order_count():
    network, seen = built(position=True), bags()
    mixed = SimpleNamespace(words=seen.words.flip(1), mask=seen.mask.flip(1), features=seen.features.flip(1))
    assert (network(seen)[1] - network(mixed)[1]).abs().max() > 1e-3


def test_without_a_mask_padding_counts():
    network, seen = built(mask=False), bags()
    wide = SimpleNamespace(
        words=torch.cat([seen.words, torch.zeros(12, 3, dtype=torch.int64)], dim=1),
        mask=torch.cat([seen.mask, torch.zeros(12, 3, dtype=torch.bool)], dim=1),
        features=torch.cat([seen.features, torch.zeros(12, 3, 1)], dim=1),
    )
    assert (network(seen)[1] - network(wide)[1]).abs().max() > 1e-3


def test_latents_are_those_of_the_pass():
    network, seen = built(), bags()
    found, passed = network.latents(seen), network.passed(seen)
    assert set(found) == {"body", "actor", "critic", "mask"}
    assert found["body"].shape == (12, 6, 16)
    close(
        network.actor.linear(
            torch.stack([row[keep].mean(0) for row, keep in zip(found["actor"], seen.mask, strict=True)])
        ),
        passed.logits,
    )
    close(network.critic(found["body"], seen.mask)[0].squeeze(-1), passed.value)


def test_separate_bodies_share_nothing():
    network, seen = built(bodies="separate"), bags()
    assert "critic_body" in network.latents(seen)
    network(seen)[1].sum().backward()
    assert all(weight.grad is None for weight in network.body.parameters())
    assert all(weight.grad is not None for weight in network.critic_body.encoder.parameters())


def test_the_untrained_actor_is_nearly_uniform():
    assert (torch.softmax(built()(bags())[0], dim=-1) - 0.2).abs().max() < 0.01


def test_same_seed_same_bits_other_seed_other_bits_and_the_global_generator_stays():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, same, other = built(1), built(1), built(2)
    assert torch.equal(torch.get_rng_state(), before)
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, same.state_dict()[name])
    assert not torch.equal(one.body.embedding.linear.weight, other.body.embedding.linear.weight)


def test_architecture_and_switches_agree():
    network = SetActorCritic.of(
        Architecture(vocabulary=9, features=1, actions=5, width=8, norm="post"), seed=0
    )
    assert network.architecture == Architecture(vocabulary=9, features=1, actions=5, width=8, norm="post")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": torch.full((12, 6), 9)}, "words must lie in 0 to 8, but got 9"),
        ({"words": torch.full((12, 6), -1)}, "words must lie in 0 to 8, but got -1"),
        ({"mask": torch.zeros(12, 6, dtype=torch.bool)}, "every bag must have a word, but bag 0 has none"),
        ({"mask": torch.ones(12, 5, dtype=torch.bool)}, "must both be of shape"),
        ({"features": None}, "features must be of shape"),
        ({"features": torch.zeros(12, 6, 2)}, "features must be of shape"),
    ],
)
def test_bags_of_another_kind_are_refused(change, said):
    seen = bags()
    with pytest.raises(InputError, match=said):
        built()(SimpleNamespace(**{**vars(seen), **change}))


def test_no_bags_are_refused():
    none = SimpleNamespace(
        words=torch.zeros(0, 6, dtype=torch.int64),
        mask=torch.zeros(0, 6, dtype=torch.bool),
        features=torch.zeros(0, 6, 1),
    )
    with pytest.raises(InputError, match="bags must have words"):
        built()(none)
