import numpy as np
import pytest
import torch

from steelyard.agents.bags import NumberBags, satchel_bags
from steelyard.agents.learning.a2c import A2C
from steelyard.agents.learning.player import Player
from steelyard.agents.learning.ppo import PPO
from steelyard.agents.learning.training import RENEW_AFTER, Training
from steelyard.agents.network import SetActorCritic
from steelyard.environments.satchel.rules import SMALL
from steelyard.environments.satchel.vector import SatchelVector

WAYS = {"environments": 16, "rollout": 6, "discount": 1.0}
PPO_PLAN = PPO(**WAYS, epochs=2, minibatches=2)
A2C_PLAN = A2C(**WAYS)


def training(plan=PPO_PLAN, *, updates=4, seed=0, exact=None):
    encoder = satchel_bags(SMALL)
    return Training(
        SetActorCritic(encoder.vocabulary, encoder.features, 6, width=8, seed=seed),
        Player(SatchelVector(16, rules=SMALL), encoder, seed=seed),
        plan=plan,
        steps=updates * plan.steps,
        exact=exact,
        exact_every=3,
        seed=seed,
    )


def run(made):
    while not made.finished:
        made.advance()
    return made


def weights(made):
    return torch.cat([weight.detach().ravel() for weight in made.network.parameters()])


@pytest.mark.parametrize("plan", [PPO_PLAN, A2C_PLAN])
def test_same_seed_same_bits_and_other_seed_other_bits(plan):
    one, same, other = (run(training(plan, seed=seed)) for seed in (0, 0, 1))
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(other))


@pytest.mark.parametrize("plan", [PPO_PLAN, A2C_PLAN])
def test_a_training_that_goes_on_has_the_bits_of_one_that_never_stopped(plan):
    whole = run(training(plan))
    cut = training(plan)
    cut.advance()
    cut.advance()
    state = cut.state()
    run(cut)  # what the state holds must not change with the training
    later = training(plan)
    later.restore(state)
    run(later)
    assert torch.equal(weights(later), weights(whole))
    assert [each.mean_return for each in later.history] == [each.mean_return for each in whole.history]
    assert torch.equal(weights(cut), weights(whole))


def test_environments_that_cannot_say_where_they_are_begin_anew(bandits):
    plan = PPO(environments=4, rollout=3, epochs=1, minibatches=1)

    def made():
        network = SetActorCritic(2, 1, 3, width=8, seed=0)
        player = Player(bandits(4), NumberBags(1), seed=0)
        return Training(network, player, plan=plan, steps=(RENEW_AFTER + 3) * plan.steps, seed=0)

    whole, cut, moments = made(), made(), []
    while not whole.finished:
        whole.advance()
        moments.append(whole.can_pause)
    assert [place + 1 for place, can in enumerate(moments) if can] == [RENEW_AFTER]
    for _ in range(RENEW_AFTER):
        cut.advance()
    later = made()
    later.restore(cut.state())
    assert torch.equal(weights(run(later)), weights(whole))


def test_the_history_says_what_happened():
    made = run(training(exact=lambda network: 1.5))
    assert [each.update for each in made.history] == [1, 2, 3, 4]
    assert [each.step for each in made.history] == [96, 192, 288, 384]
    assert [each.exact_return for each in made.history] == [None, None, 1.5, 1.5]
    assert [each.episodes for each in made.history] == [0, 16, 0, 16]
    assert made.history[0].mean_return is None
    assert [each.learning_rate for each in made.history] == pytest.approx([2e-3, 1.5e-3, 1e-3, 5e-4])
    assert all(each.distinct <= 96 and each.duration_s > 0 for each in made.history)


def test_looking_on_changes_nothing():
    watched, alone = training(), run(training())
    while not watched.finished:
        watched.advance()
        with torch.no_grad():
            words = torch.tensor([[1, 2, 3]])
            bags = type("Seen", (), {"words": words, "mask": words > 0, "features": torch.ones(1, 3, 1)})
            watched.network.latents(bags)
    assert torch.equal(weights(watched), weights(alone))


@pytest.mark.parametrize("plan", [PPO_PLAN, A2C_PLAN])
def test_advantages_are_normalised_over_the_steps_that_were_made(plan):
    made = training(plan)
    rollout = made.player.play(made.network, 6)
    batch = made._batch(rollout)
    assert batch.advantages.mean() == pytest.approx(0, abs=1e-12)
    assert batch.advantages.std() == pytest.approx(1, abs=1e-6)
    plain = rollout.advantages(discount=1.0, trace=plan.trace, unit=made.reward_scale.unit).ravel()
    np.testing.assert_allclose(batch.targets, plain + rollout.values.ravel())
    assert np.corrcoef(batch.advantages, plain)[0, 1] == pytest.approx(1)


def test_steps_that_only_begin_an_episode_are_not_learned_from(counting, one_number):
    plan = PPO(environments=2, rollout=8, epochs=1, minibatches=1)
    made = Training(
        SetActorCritic(2, 1, 2, width=8, seed=0),
        Player(counting(2, length=3), one_number, seed=0),
        plan=plan,
        steps=16,
        seed=0,
    )
    batch = made._batch(made.player.play(made.network, 8))
    assert batch.steps == 12
    assert 3.0 not in batch.rows.features[:, 0, 0]
