from functools import cache

import pytest

from steelyard.stats.failures import weigh_failures


def ever(most: int, *, bar: float) -> float:
    """P(E >= bar at any time within `most` seeds on which one side failed), by going through all paths."""

    @cache
    def crosses(level: int, reference: int) -> float:
        if weigh_failures(level_only=level, reference_only=reference).e_value >= bar:
            return 1.0
        if level + reference == most:
            return 0.0
        return (crosses(level + 1, reference) + crosses(level, reference + 1)) / 2

    return crosses(0, 0)


@pytest.mark.parametrize("alpha", [0.1, 0.05, 0.005])
def test_equal_rates_are_seldom_called_unequal(alpha: float) -> None:
    assert 0 < ever(20, bar=1 / alpha) <= alpha
    assert ever(200, bar=1 / alpha) <= alpha


@pytest.mark.parametrize("n", [0, 1, 7, 30])
def test_the_mean_e_value_is_one(n: int) -> None:
    values = {(0, 0): 1.0}
    for _ in range(n):
        following: dict[tuple[int, int], float] = {}
        for (level, reference), p in values.items():
            for key in ((level + 1, reference), (level, reference + 1)):
                following[key] = following.get(key, 0) + p / 2
        values = following
    mean = sum(
        p * weigh_failures(level_only=level, reference_only=reference).e_value
        for (level, reference), p in values.items()
    )
    assert mean == pytest.approx(1)


@pytest.mark.parametrize(
    ("level", "reference", "more"), [(0, 0, None), (3, 3, None), (2, 1, "level"), (0, 1, "reference")]
)
def test_the_side_that_failed_more(level: int, reference: int, more: str | None) -> None:
    assert weigh_failures(level_only=level, reference_only=reference).more == more


def test_sides_are_treated_alike() -> None:
    one, other = (
        weigh_failures(level_only=5, reference_only=2),
        weigh_failures(level_only=2, reference_only=5),
    )
    assert one.e_value == other.e_value


def test_thousands_of_failures_are_a_finite_number() -> None:
    assert 1e300 < weigh_failures(level_only=5000, reference_only=0).e_value < float("inf")


def test_a_negative_count() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        weigh_failures(level_only=-1, reference_only=0)
