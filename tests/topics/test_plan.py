import numpy as np
import pytest

from steelyard.topics.plan import planned, seed_of


def plan(**changes):
    given = {
        "topics": 4,
        "alpha": None,
        "beta": None,
        "sweeps": 100,
        "burn_in": None,
        "every": 5,
        "warm_up": None,
    }
    return planned(**{**given, **changes})


def test_priors_are_those_of_scikit_learn_where_none_is_given():
    schedule, alpha, beta = plan()
    assert alpha.tolist() == [0.25] * 4
    assert beta == 0.25
    assert (schedule.learn_alpha, schedule.learn_beta) == (False, False)


def test_learning_is_of_what_was_asked_for():
    schedule, alpha, beta = plan(alpha="learn", beta=0.3)
    assert (schedule.learn_alpha, schedule.learn_beta) == (True, False)
    assert (alpha.tolist(), beta) == ([0.1] * 4, 0.3)


@pytest.mark.parametrize(
    ("sweeps", "burn_in", "warm_up"), [(1, 0, 0), (2, 1, 0), (100, 50, 10), (1000, 500, 30)]
)
def test_burn_in_is_half_and_warm_up_at_most_a_fifth_of_it(sweeps, burn_in, warm_up):
    schedule, _, _ = plan(sweeps=sweeps)
    assert (schedule.burn_in, schedule.warm_up) == (burn_in, warm_up)


def test_seeds_are_taken_as_they_are_and_generators_asked():
    assert seed_of(np.int64(7)) == 7
    assert seed_of(np.random.RandomState(1)) == int(np.random.RandomState(1).randint(2**31 - 1))
    with pytest.raises(ValueError, match="cannot be used to seed"):
        seed_of("seven")
