from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from steelyard.stats.boundary import crossing_probabilities
from steelyard.stats.eprocess import anytime_critical_t
from steelyard.stats.plan import (
    EQUIVALENCE_GAIN,
    LookPlan,
    anytime,
    default_looks,
    fixed_sample,
    open_ended,
    planned_looks,
)


def all_seeds(plan: LookPlan) -> list[tuple[int, int]]:
    return [(look, look) for look in plan.looks]


@given(max_pairs=st.integers(2, 2000))
def test_default_looks_grow_to_the_maximum(max_pairs: int) -> None:
    looks = default_looks(max_pairs)
    assert looks[-1] == max_pairs
    assert list(looks) == sorted(set(looks))
    assert looks[0] == min(4, max_pairs)
    assert all(b - a <= max(1, 0.1 * a + 0.5) for a, b in pairwise(looks))


def test_a_thousand_pairs_need_few_looks() -> None:
    assert len(default_looks(1000)) < 70


@pytest.mark.parametrize("max_pairs", [5, 8, 20, 40])
@pytest.mark.parametrize("contrasts", [1, 3, 10])
def test_planned_looks_spend_alpha(max_pairs: int, contrasts: int) -> None:
    plan = planned_looks(max_pairs, contrasts=contrasts)
    bars = plan.critical(all_seeds(plan))
    spent = crossing_probabilities(plan.looks, critical=[bar.difference for bar in bars], sides=2)[-1]
    equal = crossing_probabilities(plan.looks, critical=[bar.equivalence for bar in bars], sides=1)[-1]
    assert spent == pytest.approx(0.05 / contrasts, rel=1e-6)
    assert equal == pytest.approx(EQUIVALENCE_GAIN * 0.05 / contrasts, rel=1e-6)
    assert all(bar.equivalence < bar.difference for bar in bars)


def test_custom_looks_gain_nothing() -> None:
    plan = planned_looks(20, looks=(5, 10, 20))
    bars = plan.critical(all_seeds(plan))
    equal = crossing_probabilities(plan.looks, critical=[bar.equivalence for bar in bars], sides=1)[-1]
    assert equal == pytest.approx(0.05, rel=1e-6)


def test_failed_seeds_spend_by_seeds_and_have_the_t_of_their_pairs() -> None:
    plan = planned_looks(20)
    taken = [(4, 3), (5, 4), (7, 5), (20, 17)]
    bars = plan.critical(taken)
    spent = crossing_probabilities([3, 4, 5, 17], critical=[bar.difference for bar in bars], sides=2)
    assert spent == pytest.approx([0.05 * np.sqrt((seeds - 3) / 17) for seeds, _ in taken], rel=1e-6)


def test_a_smaller_family_has_lower_bars() -> None:
    plan = planned_looks(20, contrasts=5)
    for family in (4, 3, 2, 1):
        wide, narrow = (
            plan.critical(all_seeds(plan), family=family + 1),
            plan.critical(all_seeds(plan), family=family),
        )
        assert all(
            n.difference < w.difference and n.equivalence < w.equivalence
            for n, w in zip(narrow, wide, strict=True)
        )
    assert plan.critical(all_seeds(plan), family=1) == planned_looks(20).critical(
        all_seeds(planned_looks(20))
    )


def test_a_fixed_sample_is_the_t_test() -> None:
    bar = fixed_sample(8, contrasts=2).critical([(8, 8)])[0]
    assert bar.difference == pytest.approx(stats.t.isf(0.0125, 7), rel=1e-12)
    assert bar.equivalence == pytest.approx(stats.t.isf(0.025, 7), rel=1e-12)


def test_always_valid_bars_are_the_e_process() -> None:
    bar = anytime().critical([(9, 8)])[0]
    assert bar.difference == bar.equivalence == anytime_critical_t(8, alpha=0.05)


def test_three_seeds_are_too_few_for_the_default_plan() -> None:
    bars = planned_looks(20).critical([(2, 2), (3, 3), (4, 4)])
    assert bars[0].difference == bars[1].equivalence == np.inf
    assert bars[2].difference < np.inf


def test_the_schedule_is_the_looks_before_and_now() -> None:
    plan = planned_looks(20, looks=(5, 10, 20))
    assert plan.schedule(10) == (5, 10)
    assert plan.schedule(12) == (5, 10, 12)
    assert plan.schedule(3) == (3,)
    with pytest.raises(ValueError, match="at most 20"):
        plan.schedule(21)


def test_where_one_may_decide() -> None:
    plan = planned_looks(20, looks=(5, 10, 20))
    assert [plan.has_look(n) for n in (3, 5, 7, 20)] == [False, True, False, True]
    assert fixed_sample(20).has_look(12)
    assert anytime().has_look(12)


def test_an_extension_starts_after_what_was_run() -> None:
    plan = open_ended(start=20, max_pairs=40, contrasts=3)
    assert plan.kind == "anytime"
    assert plan.looks[0] == 21
    assert plan.max_pairs == 40
    assert plan.contrasts == 3
    with pytest.raises(ValueError, match="above the 20"):
        open_ended(start=20, max_pairs=20)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (fixed_sample(6, contrasts=3), "one look at all 6 pairs; .* shared by 3 contrasts"),
        (planned_looks(20), "every one from 4 to 20"),
        (planned_looks(20, looks=(5, 10, 20)), "looks at 5, 10, 20 pairs"),
        (planned_looks(200), r"4, 5, 6, 7, 8, 9, \.\.\., .*, 200 pairs"),
        (anytime(max_pairs=50), "always-valid .* up to 50 pairs"),
    ],
)
def test_a_plan_says_itself(plan: LookPlan, says: str) -> None:
    import re

    assert re.search(says, plan.describe())


@pytest.mark.parametrize(
    "make",
    [
        lambda: planned_looks(1),
        lambda: planned_looks(20, looks=()),
        lambda: planned_looks(20, looks=(10, 5, 20)),
        lambda: planned_looks(20, looks=(5, 10)),
        lambda: planned_looks(20, alpha=0.5),
        lambda: planned_looks(20, alpha=0.0),
        lambda: planned_looks(20, contrasts=0),
        lambda: fixed_sample(1),
    ],
)
def test_plans_that_cannot_be(make) -> None:
    with pytest.raises(ValueError, match="must"):
        make()
