from collections.abc import Callable

import pytest

from steelyard.stats.plan import planned_looks
from steelyard.stats.verdict import PairedOutcomes, Verdict

NAN = float("nan")
Pair = Callable[..., PairedOutcomes]
Weigh = Callable[..., tuple[Verdict, ...]]
PLAIN = [0.3, -0.2, 0.9, 0.1, -0.5, 0.6]


def test_nothing_to_doubt(pair: Pair, weigh: Weigh) -> None:
    assert weigh(pair(PLAIN))[0].warnings == ()


@pytest.mark.parametrize(
    ("outcomes", "says"),
    [
        (lambda pair: pair([*PLAIN, NAN]), "a failed on 1 of 7 seeds (6): they make no pair"),
        (lambda pair: pair([*PLAIN, 0.0], failed_reference=[6]), "none failed on 1 of 7 seeds (6)"),
        (lambda pair: pair(PLAIN[:3]), "only 3 pairs"),
        (lambda pair: pair([0.25] * 5), "same number"),
        (lambda pair: pair([*PLAIN, 90.0]), "lies far from the others"),
        (lambda pair: pair([0.0, 0.0, 0.0, 0.0, 0.1, -0.1]), "too coarse"),
    ],
)
def test_each_doubt_is_said(
    pair: Pair, weigh: Weigh, outcomes: Callable[[Pair], PairedOutcomes], says: str
) -> None:
    (verdict,) = weigh(outcomes(pair), margin=0.01)
    assert any(says in warning for warning in verdict.warnings), verdict.warnings


def test_many_failed_seeds_are_not_all_listed(pair: Pair, weigh: Weigh) -> None:
    (verdict,) = weigh(pair([*PLAIN, *[NAN] * 12]), plan=planned_looks(20))
    assert "(6, 7, 8, 9, 10, 11, 12, 13, ...)" in verdict.warnings[0]


def test_one_pair_is_singular(pair: Pair, weigh: Weigh) -> None:
    assert any("only 1 pair:" in warning for warning in weigh(pair([0.5]))[0].warnings)
