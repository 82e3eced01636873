import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.agents.learning.gae import generalised_advantages
from steelyard.errors import InputError


def summed_directly(rewards, values, next_values, *, terminated, truncated, discount, trace):
    """The definition: for each step, add up the faded surprises until the episode is over."""
    steps, environments = rewards.shape
    found = np.zeros(rewards.shape)
    for one in range(environments):
        for step in range(steps):
            fading = 1.0
            for later in range(step, steps):
                ahead = 0.0 if terminated[later, one] else next_values[later, one]
                found[step, one] += fading * (rewards[later, one] + discount * ahead - values[later, one])
                if terminated[later, one] or truncated[later, one]:
                    break
                fading *= discount * trace
    return found


def drawn(seed, shape=(7, 3)):
    random = np.random.default_rng(seed)
    terminated, truncated = random.random(shape) < 0.2, random.random(shape) < 0.2
    return *(random.normal(size=shape) for _ in range(3)), terminated, truncated


@given(seed=st.integers(0, 10_000), discount=st.floats(0, 1), trace=st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_it_is_the_direct_sum(seed, discount, trace):
    rewards, values, next_values, terminated, truncated = drawn(seed)
    found = generalised_advantages(
        rewards,
        values,
        next_values,
        terminated=terminated,
        truncated=truncated,
        discount=discount,
        trace=trace,
    )
    expected = summed_directly(
        rewards,
        values,
        next_values,
        terminated=terminated,
        truncated=truncated,
        discount=discount,
        trace=trace,
    )
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_trace_1_without_ends_is_the_discounted_return_minus_the_value():
    rewards, values, _, none, _ = drawn(1)
    none = np.zeros_like(none)
    next_values = np.concatenate([values[1:], np.full((1, 3), 5.0)])
    found = generalised_advantages(
        rewards, values, next_values, terminated=none, truncated=none, discount=0.9, trace=1.0
    )
    later = np.full(3, 5.0)
    for step in range(6, -1, -1):
        later = rewards[step] + 0.9 * later
        np.testing.assert_allclose(found[step], later - values[step])


def test_a_termination_is_worth_nothing_and_a_truncation_what_it_led_to():
    one, over, none = np.ones((1, 1)), np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)
    ways = {"discount": 0.5, "trace": 0.9}
    assert generalised_advantages(one, 0 * one, 8 * one, terminated=over, truncated=none, **ways) == 1
    assert generalised_advantages(one, 0 * one, 8 * one, terminated=none, truncated=over, **ways) == 5
    assert generalised_advantages(one, 0 * one, 8 * one, terminated=over, truncated=over, **ways) == 1


@pytest.mark.parametrize("end", ["terminated", "truncated"])
def test_nothing_comes_back_over_an_end(end):
    rewards, values, next_values, none, _ = drawn(3)
    none = np.zeros_like(none)
    ends = {"terminated": none.copy(), "truncated": none.copy()}
    ends[end][3] = True
    one = generalised_advantages(rewards, values, next_values, **ends, discount=1.0, trace=1.0)
    rewards[4:] += 100
    other = generalised_advantages(rewards, values, next_values, **ends, discount=1.0, trace=1.0)
    assert np.array_equal(one[:4], other[:4])
    assert (other[4:] > one[4:] + 50).all()


def test_bad_input_is_refused():
    one = np.ones((2, 3))
    none = one < 0
    with pytest.raises(InputError, match="one shape"):
        generalised_advantages(one, one, one[:1], terminated=none, truncated=none, discount=1, trace=1)
    with pytest.raises(InputError, match=r"`discount` must lie in \[0, 1\], but got 1.5"):
        generalised_advantages(one, one, one, terminated=none, truncated=none, discount=1.5, trace=1)
    with pytest.raises(InputError, match="`trace`"):
        generalised_advantages(one, one, one, terminated=none, truncated=none, discount=1, trace=-0.1)
