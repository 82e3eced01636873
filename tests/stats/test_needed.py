from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.stats.interval import Mean
from steelyard.stats.needed import decides, pairs_needed
from steelyard.stats.plan import LookPlan, anytime, fixed_sample, planned_looks


def brute_force(
    mean: Mean, *, plan: LookPlan, taken: list[tuple[int, int]], margin: float, family: int
) -> int:
    """Try every look in turn: those of the plan, then every number of pairs of its extension."""
    failed = taken[-1][0] - taken[-1][1]
    looks = list(taken)
    for look in (each for each in plan.looks if each > taken[-1][0]):
        looks.append((look, look - failed))
        if decides(
            mean, pairs=look - failed, critical=plan.critical(looks, family=family)[-1], margin=margin
        ):
            return look - failed - mean.pairs
    beyond = anytime(contrasts=plan.contrasts)
    pairs = plan.max_pairs - failed
    while True:
        pairs += 1
        if decides(
            mean, pairs=pairs, critical=beyond.critical([(pairs, pairs)], family=family)[0], margin=margin
        ):
            return pairs - mean.pairs


@settings(deadline=None, max_examples=40)
@given(
    mean=st.floats(-2, 2),
    margin=st.floats(0.3, 3),
    seen=st.integers(4, 9),
    failed=st.integers(0, 2),
    family=st.integers(1, 3),
)
def test_it_is_the_first_look_that_decides(
    mean: float, margin: float, seen: int, failed: int, family: int
) -> None:
    plan = planned_looks(12, contrasts=3)
    observed = Mean(mean=mean, sd=1.0, pairs=seen - min(failed, seen - 2))
    taken = [(seen, observed.pairs)]
    needed = pairs_needed(observed, plan=plan, taken=taken, margin=margin, family=family)
    if needed is not None and needed < 500:
        assert needed == brute_force(observed, plan=plan, taken=taken, margin=margin, family=family)


def test_seeds_that_failed_since_the_last_new_pair_are_not_run_again() -> None:
    """Looks at 4 and 5 seeds, then seeds 6 and 7 failed: the next look is at 8 seeds, with 6 pairs."""
    seen = Mean(mean=2.0, sd=1.0, pairs=5)
    needed = pairs_needed(
        seen, plan=planned_looks(20), taken=[(4, 4), (5, 5)], margin=0.1, family=1, seeds_run=7
    )
    bar = planned_looks(20).critical([(4, 4), (5, 5), (8, 6)])[-1]
    assert needed == 1
    assert decides(seen, pairs=6, critical=bar, margin=0.1)


@pytest.mark.parametrize("sd", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("mean", [0.0, 0.2, 0.9])
def test_a_fixed_sample_of_that_many_pairs_decides(mean: float, sd: float) -> None:
    observed = Mean(mean=mean, sd=sd, pairs=5)
    needed = pairs_needed(observed, plan=fixed_sample(5), taken=[(5, 5)], margin=0.5, family=1)
    assert needed is not None
    for more, expected in ((needed, True), (needed - 1, False)):
        bar = fixed_sample(5).critical([(5 + more, 5 + more)])[0]
        assert decides(observed, pairs=5 + more, critical=bar, margin=0.5) is expected or needed == 1


def test_the_two_kinds_of_error_have_families_of_their_own() -> None:
    plan, taken = planned_looks(20, contrasts=3), [(4, 4)]
    alike = Mean(mean=0.0, sd=1.0, pairs=4)
    apart = Mean(mean=2.0, sd=1.0, pairs=4)
    for seen, differ, equal in ((alike, 3, 1), (apart, 1, 3)):
        both = pairs_needed(seen, plan=plan, taken=taken, margin=1.0, family=1)
        split = pairs_needed(
            seen, plan=plan, taken=taken, margin=1.0, family=differ, equivalence_family=equal
        )
        assert split == both


def test_more_spread_needs_more_pairs() -> None:
    plan = planned_looks(20)
    needs = [
        pairs_needed(Mean(mean=0.3, sd=sd, pairs=4), plan=plan, taken=[(4, 4)], margin=1.0, family=1)
        for sd in (0.2, 0.5, 1, 2, 5, 20)
    ]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(needs))


@pytest.mark.parametrize("pairs", [0, 1])
def test_without_a_spread_nobody_knows(pairs: int) -> None:
    nothing = Mean(mean=np.nan, sd=np.nan, pairs=pairs)
    assert pairs_needed(nothing, plan=planned_looks(20), taken=[], margin=1.0, family=1) is None


def test_out_of_reach() -> None:
    hopeless = Mean(mean=0.0, sd=1.0, pairs=5)
    assert pairs_needed(hopeless, plan=fixed_sample(5), taken=[(5, 5)], margin=1e-9, family=1) is None
