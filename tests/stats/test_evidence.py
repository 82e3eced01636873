from collections.abc import Callable

import numpy as np
import pytest

from steelyard.stats.evidence import gather
from steelyard.stats.plan import planned_looks
from steelyard.stats.verdict import PairedOutcomes

NAN = float("nan")
Pair = Callable[..., PairedOutcomes]


def test_looks_without_a_new_pair_are_not_taken(pair: Pair) -> None:
    seen = gather(pair([1.0, 2.0, NAN, NAN, NAN, 3.0, 4.0]), plan=planned_looks(20))
    assert seen.taken == ((4, 2), (6, 3), (7, 4))
    assert seen.mean.pairs == 4
    assert seen.seeds == (0, 1, 5, 6)
    assert seen.seeds_run == 7


def test_infinite_metrics_failed(pair: Pair) -> None:
    seen = gather(pair([1.0, float("inf"), 2.0], reference=[0.0, 0.0, float("-inf")]), plan=planned_looks(20))
    assert seen.failed_level == (1, 2)
    assert seen.failed_reference == (2,)
    assert (seen.failures.level_only, seen.failures.reference_only) == (1, 0)


def test_no_seeds(pair: Pair) -> None:
    seen = gather(pair([]), plan=planned_looks(20))
    assert seen.taken == ()
    assert seen.critical(planned_looks(20), family=1).difference == np.inf


def test_the_critical_values_are_those_of_the_last_new_pair(pair: Pair) -> None:
    plan = planned_looks(20)
    seen = gather(pair([1.0, 2.0, 1.5, 0.2, NAN]), plan=plan)
    assert seen.critical(plan, family=1) == plan.critical([(4, 4)])[0]


def test_more_seeds_than_planned(pair: Pair) -> None:
    with pytest.raises(ValueError, match="at most 4"):
        gather(pair([0.0] * 5), plan=planned_looks(4))
