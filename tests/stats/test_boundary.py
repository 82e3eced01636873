from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from steelyard.stats.boundary import _transition, critical_values, crossing_probabilities

Array = NDArray[np.float64]


@pytest.fixture
def no_large_matrices_left():
    yield
    _transition.cache_clear()


def square_root(looks: list[int], *, alpha: float = 0.05, start: int = 3) -> list[float]:
    return [alpha * np.sqrt((n - start) / (looks[-1] - start)) for n in looks]


def ordinary(looks: list[int], level: float) -> list[float]:
    return [float(stats.t.isf(level, n - 1)) for n in looks]


@pytest.mark.parametrize("n", [2, 3, 5, 20, 60, 150])
@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.001])
def test_one_look_is_the_t_test(n: int, alpha: float) -> None:
    assert critical_values([n], spent=[alpha], sides=2)[0] == pytest.approx(
        stats.t.isf(alpha / 2, n - 1), rel=1e-9
    )
    assert critical_values([n], spent=[alpha], sides=1)[0] == pytest.approx(
        stats.t.isf(alpha, n - 1), rel=1e-9
    )


@pytest.mark.parametrize("looks", [list(range(4, 21)), [5, 10, 20], [2, 3, 7, 19], [4, 5, 6, 8, 9, 17, 30]])
@pytest.mark.parametrize("sides", [1, 2])
def test_critical_values_spend_what_they_were_given(looks: list[int], sides: int) -> None:
    spent = square_root(looks, start=1)
    critical = critical_values(looks, spent=spent, sides=sides)
    assert crossing_probabilities(looks, critical=critical, sides=sides) == pytest.approx(spent, abs=1e-9)


@pytest.mark.parametrize("sides", [1, 2])
def test_a_finer_grid_agrees(sides: int, no_large_matrices_left: None) -> None:
    looks = [4, 5, 6, 7, 8, 10, 11]
    for alpha in (0.05, 0.005):
        spent = square_root(looks, alpha=alpha)
        critical = critical_values(looks, spent=spent, sides=sides)
        finer = crossing_probabilities(looks, critical=critical, sides=sides, cells=1200)
        assert finer == pytest.approx(spent, rel=3e-3)


def block_cdf(x: Array, new: int) -> Array:
    """P(u <= x) for u = sum / (sqrt(new) norm) of `new` normal observations, in closed form for 3 and 5."""
    x = np.clip(x, -1, 1)
    return (1 + x) / 2 if new == 3 else 0.5 + 0.75 * (x - x**3 / 3)


def two_looks(first: int, new: int, *, critical: tuple[float, float], sides: int) -> float:
    """P(neither look crosses), by integrating over r at the first look and the share B of the squares that are new.

    Not the recursion: r' = r sqrt(1 - B) + sqrt(new) u sqrt(B) with B ~ Beta(new / 2, first / 2), all at once.
    """
    second = first + new
    bounds = [c * np.sqrt(n / (n - 1 + c * c)) for c, n in zip(critical, (first, second), strict=True)]

    nodes, weights = np.polynomial.legendre.leggauss(600)
    angle = (nodes + 1) * np.pi / 4  # share = sin(angle)^2, whose density is sin^(new-1) cos^(first-1)
    new_weight = weights * np.sin(angle) ** (new - 1) * np.cos(angle) ** (first - 1)
    top = np.arcsin(bounds[0] / np.sqrt(first))
    bottom = -top if sides == 2 else -np.pi / 2
    at = (nodes + 1) / 2 * (top - bottom) + bottom  # r = sqrt(first) sin(at), whose density is cos^(first-2)
    r_weight = weights * np.cos(at) ** (first - 2) * (top - bottom) / 2
    total = integrate.quad(lambda x: np.cos(x) ** (first - 2), -np.pi / 2, np.pi / 2)[0]
    r = np.sqrt(first) * np.sin(at)[:, None]

    def below(bound: float) -> Array:
        return block_cdf((bound - r * np.cos(angle)) / (np.sqrt(new) * np.sin(angle)), new)

    stays = below(bounds[1]) - (below(-bounds[1]) if sides == 2 else 0)
    return float(r_weight @ stays @ new_weight / new_weight.sum() / total)


@pytest.mark.parametrize(("first", "new"), [(5, 5), (4, 3), (12, 3)])
@pytest.mark.parametrize("sides", [1, 2])
def test_two_looks_agree_with_integration_in_two_dimensions(first: int, new: int, sides: int) -> None:
    critical = (float(stats.t.isf(0.01, first - 1)), float(stats.t.isf(0.02, first + new - 1)))
    crossed = crossing_probabilities([first, first + new], critical=critical, sides=sides)[-1]
    assert crossed == pytest.approx(1 - two_looks(first, new, critical=critical, sides=sides), rel=2e-3)


def test_pocock_constant_of_two_looks() -> None:
    """Two equally spaced looks at a nominal .0294 each spend .05 when the variance is known (Pocock 1977, table 1)."""
    looks = [40, 80]
    crossed = crossing_probabilities(looks, critical=ordinary(looks, 0.0294 / 2), sides=2)[-1]
    assert crossed == pytest.approx(0.05, abs=4e-4)


@pytest.mark.parametrize("looks", [[5, 10, 20], list(range(4, 21))])
def test_bonferroni_spends_less_and_one_look_more(looks: list[int]) -> None:
    spends = crossing_probabilities(looks, critical=ordinary(looks, 0.025 / len(looks)), sides=2)[-1]
    assert 0.05 / len(looks) < spends < 0.05
    assert crossing_probabilities(looks, critical=ordinary(looks, 0.025), sides=2)[-1] > 0.1


@pytest.mark.parametrize("sides", [1, 2])
def test_simulated_paths_cross_as_often(sides: int) -> None:
    looks = [4, 5, 9, 10, 16]
    critical = np.array(critical_values(looks, spent=square_root(looks), sides=sides))
    x = np.random.default_rng(7).standard_normal((200_000, looks[-1]))
    n = np.array(looks)
    total, squares = x.cumsum(axis=1)[:, n - 1], (x * x).cumsum(axis=1)[:, n - 1]
    t = total / np.sqrt(n) / np.sqrt((squares - total**2 / n) / (n - 1))
    crossed = ((np.abs(t) if sides == 2 else t) > critical).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / len(x)))


def test_nothing_spent_never_crosses() -> None:
    critical = critical_values([3, 4, 5], spent=[0.0, 0.01, 0.01], sides=2)
    assert critical[0] == critical[2] == np.inf
    assert crossing_probabilities([3, 4, 5], critical=critical, sides=2) == pytest.approx(
        (0, 0.01, 0.01), abs=1e-9
    )


@pytest.mark.parametrize("sides", [1, 2])
def test_more_error_never_raises_a_bar(sides: int) -> None:
    """Holm's steps through the looks need it: who crosses with a share crosses with a larger one."""
    looks = list(range(4, 21))
    bars = [
        critical_values(looks, spent=square_root(looks, alpha=0.05 / m), sides=sides)
        for m in range(10, 0, -1)
    ]
    assert all(np.all(np.array(after) < np.array(before)) for before, after in pairwise(bars))


def test_a_plan_grows_without_changing_its_past() -> None:
    looks, spent = [4, 6, 7, 11], [0.01, 0.02, 0.03, 0.05]
    whole = critical_values(looks, spent=spent, sides=2)
    for count in (1, 2, 3):
        assert critical_values(looks[:count], spent=spent[:count], sides=2) == whole[:count]


def test_every_boundary_shares_the_matrices() -> None:
    looks = list(range(4, 21))
    _transition.cache_clear()
    for m in range(1, 11):
        for count in range(1, len(looks) + 1):
            spent = [share / m for share in square_root(looks)[:count]]
            critical_values(looks[:count], spent=spent, sides=2)
            critical_values(looks[:count], spent=spent, sides=1)
    assert _transition.cache_info().misses <= len(looks) - 1


@pytest.mark.parametrize(
    ("looks", "spent", "says"),
    [
        ([], [], "one value a look"),
        ([4, 5], [0.05], "one value a look"),
        ([1, 5], [0.01, 0.05], "increase from at least 2"),
        ([5, 5], [0.01, 0.05], "increase from at least 2"),
        ([4, 5], [0.05, 0.01], "must not decrease"),
        ([4, 5], [0.05, 1.0], "must not decrease"),
    ],
)
def test_what_cannot_be(looks: list[int], spent: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        critical_values(looks, spent=spent, sides=2)


@pytest.mark.parametrize("critical", [-0.1, float("nan")])
def test_a_critical_value_below_zero(critical: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        crossing_probabilities([4, 5], critical=[2.0, critical], sides=2)
