import numpy as np
import pytest
import torch

from steelyard.agents import SMALL, Rules
from steelyard.agents.agent import Agent
from steelyard.agents.bags import NumberBags
from steelyard.environments.satchel.observations import observations_of
from steelyard.errors import InputError

TINY = Rules(values=(1.0,), capacity=3, horizon=4)
WAYS = {"width": 8, "environments": 32, "epochs": 2, "minibatches": 2}
STEPS = 4 * 32 * 3


def weights(agent):
    return torch.cat([weight.detach().ravel() for weight in agent.network_.parameters()])


@pytest.fixture(scope="module")
def fitted():
    return Agent(TINY, **WAYS, seed=0).fit(steps=STEPS, exact_every=2)


def test_satchel_is_evaluated_exactly_and_has_a_place(fitted):
    score = fitted.evaluate()
    assert score.exact
    assert score.interval == (score.mean_return, score.mean_return)
    assert score.mean_return == fitted.history_[-1].exact_return
    assert score.placement.value == score.mean_return
    assert str(score) == score.placement.sentence
    assert [each.exact_return is None for each in fitted.history_] == [True, False, False]


def test_the_policy_table_is_what_the_agent_does(fitted):
    table = fitted.policy_table()
    assert table.shape == (4, TINY.states, 4)
    states = np.arange(TINY.states)
    shown = observations_of(TINY, states, 3)
    assert np.array_equal(fitted.act(shown), table[1].argmax(axis=1))
    assert np.array_equal(fitted.policy_table(greedy=True)[1].argmax(axis=1), fitted.act(shown))
    drawn = fitted.act(observations_of(TINY, np.repeat(states, 300), 3), seed=1).reshape(-1, 300)
    assert np.abs((drawn == 0).mean(axis=1) - table[1][:, 0]).max() < 0.15


@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
def test_same_seed_same_bits_and_other_seed_other_bits(algorithm):
    one, same, other = (
        Agent(TINY, algorithm=algorithm, **WAYS, seed=seed).fit(steps=STEPS) for seed in (1, 1, 2)
    )
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(other))


def test_the_bits_do_not_depend_on_who_looks_on_or_on_the_global_generators(fitted):
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002 - the global one must not matter
    seen = []
    watched = Agent(TINY, **WAYS, seed=0).fit(steps=STEPS, exact_every=1, on_progress=seen.append)
    assert torch.equal(weights(watched), weights(fitted))
    assert [each.last.update for each in seen] == [1, 2, 3]
    assert seen[0].network is watched.network_


def test_a_fit_that_was_cut_off_goes_on_to_the_same_bits(fitted, tmp_path, monkeypatch):
    from steelyard.agents.learning import running

    monkeypatch.setattr(running, "_CHECKPOINT_S", 0.0)

    class StoppedError(Exception):
        pass

    def stop(progress):
        if progress.last.update == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        Agent(TINY, **WAYS, seed=0).fit(steps=STEPS, exact_every=2, checkpoint=tmp_path, on_progress=stop)
    assert (tmp_path / "training.pt").exists()
    seen = []
    with pytest.raises(InputError, match="must be of the same environment, parameters and steps"):
        Agent(TINY, **{**WAYS, "width": 16}, seed=0).fit(steps=STEPS, exact_every=2, checkpoint=tmp_path)
    later = Agent(TINY, **WAYS, seed=0).fit(
        steps=STEPS, exact_every=2, checkpoint=tmp_path, on_progress=seen.append
    )
    assert [each.last.update for each in seen] == [3]
    assert torch.equal(weights(later), weights(fitted))
    assert not (tmp_path / "training.pt").exists()


def test_what_was_saved_is_loaded(fitted, tmp_path):
    fitted.save(tmp_path / "agent")
    loaded = Agent.load(tmp_path / "agent")
    assert torch.equal(weights(loaded), weights(fitted))
    assert loaded.history_ == fitted.history_
    assert loaded.parameters() == fitted.parameters()
    assert loaded.evaluate() == fitted.evaluate()


def test_with_a_mask_only_words_that_are_there_are_taken():
    agent = Agent(TINY, action_mask="present", **WAYS, seed=0).fit(steps=STEPS)
    table = agent.policy_table()
    bags = agent._playground().make(1).tables.bags
    absent = (bags == 0) & (bags.sum(axis=1, keepdims=True) > 0)
    assert table[:, absent].max() == 0
    shown, allowed = observations_of(TINY, np.arange(1, TINY.states), 3), bags[1:] > 0
    chosen = agent.act(shown, allowed=allowed)
    assert allowed[np.arange(len(allowed)), chosen].all()
    assert np.array_equal(chosen, table[1, 1:].argmax(axis=1))
    with pytest.raises(InputError, match=r"`allowed` must be given.*info\['present'\]"):
        agent.act(shown)
    for wrong in (allowed[1:], ~np.ones_like(allowed)):
        with pytest.raises(InputError, match="`allowed` must be of shape"):
            agent.act(shown, allowed=wrong)


def test_other_environments_are_played_by_name_and_evaluated_by_episodes(tmp_path):
    agent = Agent(
        "CartPole-v1",
        encoder=NumberBags(4),
        width=8,
        environments=4,
        rollout=32,
        epochs=1,
        minibatches=2,
        seed=0,
    ).fit(steps=256)
    score = agent.evaluate(episodes=5, seed=1)
    assert score.episodes == 5
    assert score.placement is None
    assert score.interval[0] < score.mean_return < score.interval[1]
    assert "5 episodes" in str(score)
    assert score == agent.evaluate(episodes=5, seed=1)
    with pytest.raises(InputError, match="only Satchel has a table"):
        agent.policy_table()
    agent.save(tmp_path)
    with pytest.raises(InputError, match="`encoder` must say how"):
        Agent.load(tmp_path)
    with pytest.raises(InputError, match="`encoder` must have 5 words and 1 features"):
        Agent.load(tmp_path, encoder=NumberBags(3))
    assert Agent.load(tmp_path, encoder=NumberBags(4)).evaluate(episodes=5, seed=1) == score


def test_an_environment_made_by_a_function_must_be_given_again(tmp_path):
    import gymnasium

    def make(count):
        return gymnasium.make_vec("CartPole-v1", num_envs=count, vectorization_mode="sync")

    ways = {
        "encoder": NumberBags(4),
        "width": 8,
        "environments": 2,
        "rollout": 8,
        "epochs": 1,
        "minibatches": 1,
    }
    agent = Agent(make, **ways, seed=0).fit(steps=16)
    agent.save(tmp_path)
    with pytest.raises(InputError, match="`environment` must be given"):
        Agent.load(tmp_path, encoder=NumberBags(4))
    assert Agent.load(tmp_path, environment=make, encoder=NumberBags(4)).environment is make


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({"algorithm": "dqn"}, "`algorithm` must be one of ppo, a2c"),
        (
            {"environment": "CartPole-v1"},
            "`encoder` must say how the observations of 'CartPole-v1' become bags",
        ),
        ({"environment": "NoSuch-v0", "encoder": NumberBags(4)}, "must be one that Gymnasium knows"),
        ({"environment": 3, "encoder": NumberBags(4)}, "`environment` must be a name, Rules, or a function"),
        ({"environment": "Pendulum-v1", "encoder": NumberBags(3)}, "must be Discrete"),
        ({"width": 30}, "`width` must be a multiple"),
        ({"environments": 0}, "`environments` must be at least 1"),
        ({"clip": 2.0}, "`clip` must lie"),
        ({"threads": 0}, "`threads` must be at least 1"),
        ({"device": "nowhere"}, "`device` must be one that is here"),
        ({"action_mask": "no_such"}, "`action_mask` must be a key of info"),
    ],
)
def test_bad_parameters_are_refused_by_fit(ways, said):
    with pytest.raises(InputError, match=said):
        Agent(**{"environment": TINY, **WAYS, **ways}).fit(steps=8)


@pytest.mark.parametrize("ways", [{"steps": 0}, {"steps": 8, "exact_every": 0}])
def test_bad_lengths_are_refused(ways):
    with pytest.raises(InputError, match="`steps` and `exact_every` must be at least 1"):
        Agent(TINY, **WAYS).fit(**ways)


def test_asking_before_fitting_is_refused():
    for ask in (
        Agent(TINY).evaluate,
        Agent(TINY).policy_table,
        lambda: Agent(TINY).save("x"),
        lambda: Agent(TINY).act({}),
    ):
        with pytest.raises(InputError, match="must be fitted first"):
            ask()


def test_fewer_than_two_episodes_are_refused():
    agent = Agent(
        "CartPole-v1", encoder=NumberBags(4), width=8, environments=2, rollout=8, epochs=1, minibatches=1
    )
    with pytest.raises(InputError, match="`episodes` must be at least 2"):
        agent.fit(steps=16).evaluate(episodes=1)


@pytest.mark.slow
def test_ppo_s_defaults_learn_the_small_satchel():
    """Two seeds at half the documented length; five seeds at the whole are in LOG.md."""
    for seed in (0, 1):
        agent = Agent(SMALL, seed=seed).fit(steps=300_000)
        assert agent.evaluate().placement.skill > 0.88


@pytest.mark.slow
def test_a2c_learns_more_than_myopic_on_the_small_satchel():
    agent = Agent(SMALL, algorithm="a2c", seed=0).fit(steps=400_000)
    assert agent.evaluate().mean_return > 1.544


@pytest.mark.slow
def test_ppo_learns_cartpole():
    agent = Agent("CartPole-v1", encoder=NumberBags(4), seed=0).fit(steps=100_000)
    assert agent.evaluate(episodes=20, greedy=True).mean_return > 400
