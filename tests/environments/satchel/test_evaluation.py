import numpy as np
import pytest
import slow_satchel as slow

from steelyard.environments.satchel.evaluation import evaluate
from steelyard.environments.satchel.rules import FULL, SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError

TINY = Rules(values=(1.5,), capacity=2, horizon=3, arrival=0.6)


def random_policy(rules, *, seed):
    return np.random.default_rng(seed).dirichlet(
        np.full(len(rules.words), 0.3), size=(rules.horizon, rules.states)
    )


def test_agrees_with_following_every_trajectory():
    tables = Tables.of(TINY)
    policy = random_policy(TINY, seed=3)
    exact = slow.expected_return(TINY, lambda step, bag: policy[step, slow.number(tables, bag)])
    assert evaluate(tables, policy).expected_return == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("arrival", [0.0, 1.0])
def test_certain_and_impossible_arrivals(arrival):
    rules = Rules(values=(1,), capacity=2, horizon=2, arrival=arrival)
    tables = Tables.of(rules)
    policy = random_policy(rules, seed=0)
    exact = slow.expected_return(rules, lambda step, bag: policy[step, slow.number(tables, bag)])
    assert evaluate(tables, policy).expected_return == pytest.approx(exact, abs=1e-12)


def test_a_policy_without_steps_is_the_same_in_every_step():
    tables = Tables.of(SMALL)
    policy = random_policy(SMALL, seed=1)[0]
    repeated = np.repeat(policy[None], SMALL.horizon, axis=0)
    assert evaluate(tables, policy).expected_return == evaluate(tables, repeated).expected_return


def test_single_precision_loses_nothing_that_matters():
    tables = Tables.of(SMALL)
    policy = random_policy(SMALL, seed=2)
    double, single = evaluate(tables, policy), evaluate(tables, policy.astype(np.float32))
    assert single.expected_return == pytest.approx(double.expected_return, abs=1e-6)


def test_values_are_of_the_first_step_first():
    tables = Tables.of(SMALL)
    found = evaluate(tables, random_policy(SMALL, seed=4))
    assert found.values.shape == (12, 462)
    assert tables.start @ found.values[0] == pytest.approx(found.expected_return)
    policy = random_policy(SMALL, seed=4)
    np.testing.assert_allclose(found.values[-1], (policy[-1] * tables.reward).sum(axis=1))


def play(rules, policy, *, environments, seed):
    """Return the returns of one episode in each environment."""
    tables = Tables.of(rules)
    vector = SatchelVector(environments, rules=rules)
    vector.reset(seed=seed)
    random = np.random.default_rng([seed, 1])
    total = np.zeros(environments)
    for step in range(rules.horizon):
        chances = policy[step, vector.states].cumsum(axis=1)
        chosen = (random.random((environments, 1)) > chances[:, :-1]).sum(axis=1)
        _, reward, terminated, _, _ = vector.step(chosen)
        total += reward
    assert terminated.all()
    assert len(tables.bags) == rules.states
    return total


@pytest.mark.parametrize(("rules", "seed"), [(SMALL, 5), (FULL, 6)], ids=["small", "full"])
def test_agrees_with_episodes(rules, seed):
    policy = random_policy(rules, seed=seed)
    returns = play(rules, policy, environments=40_000, seed=seed)
    expected = evaluate(Tables.of(rules), policy).expected_return
    z = (returns.mean() - expected) / (returns.std() / np.sqrt(len(returns)))
    assert abs(z) < 3.5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda policy: policy[:, :-1], r"shape \(12, 462, 6\) \(steps, bags, words\) or \(462, 6\)"),
        (lambda policy: policy * 1.1, "sum to 1"),
        (lambda policy: np.log(policy + 1e-9), "give the softmax of logits"),
        (lambda policy: np.where(policy == policy.max(), np.nan, policy), "nan"),
    ],
)
def test_refuses_what_is_no_policy(change, said):
    with pytest.raises(InputError, match=said):
        evaluate(Tables.of(SMALL), change(random_policy(SMALL, seed=0)))
