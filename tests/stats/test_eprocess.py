import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from steelyard.stats.eprocess import anytime_critical_t, e_value


@pytest.mark.parametrize("pairs", [2, 5, 12, 20])
@pytest.mark.parametrize("t", [0.0, 0.7, -2.5, 6.0])
@pytest.mark.parametrize("effect_variance", [0.25, 1.0])
def test_it_is_the_noncentral_t_density_averaged_over_the_effects(
    t: float, pairs: int, effect_variance: float
) -> None:
    def weighted(effect: float) -> float:
        density = stats.nct.pdf(t, pairs - 1, np.sqrt(pairs) * effect)
        return float(density * stats.norm.pdf(effect, scale=np.sqrt(effect_variance)))

    reach = 8 * np.sqrt(effect_variance)
    marginal = integrate.quad(weighted, -reach, reach, points=[t / np.sqrt(pairs)], limit=200, epsabs=1e-13)[
        0
    ]
    expected = marginal / stats.t.pdf(t, pairs - 1)
    assert e_value(t, pairs=pairs, effect_variance=effect_variance) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("pairs", [2, 3, 8, 40])
def test_its_mean_is_one_without_a_difference(pairs: int) -> None:
    def weighted(angle: float) -> float:
        t = np.sqrt(pairs - 1) * np.tan(angle)
        return float(
            e_value(t, pairs=pairs) * stats.t.pdf(t, pairs - 1) * np.sqrt(pairs - 1) / np.cos(angle) ** 2
        )

    mean = 2 * integrate.quad(weighted, 0, np.pi / 2, limit=400)[0]
    assert mean == pytest.approx(1, abs=1e-6)


def test_it_stays_a_martingale_given_the_past() -> None:
    """E[e_{n+1} | r_n] = e_n: integrated over the next observation, x / sqrt(sum of squares) ~ t_n / sqrt(n)."""
    n, r = 6, 1.7
    t = r * np.sqrt(n - 1) / np.sqrt(n - r * r)

    def following(angle: float) -> float:
        after = r * np.cos(angle) + np.sin(angle)
        left = np.maximum(n + 1 - after**2, 1e-300)
        return e_value(after * np.sqrt(n) / np.sqrt(left), pairs=n + 1) * float(np.cos(angle) ** (n - 1))

    total = integrate.quad(lambda angle: np.cos(angle) ** (n - 1), -np.pi / 2, np.pi / 2)[0]
    expected = integrate.quad(following, -np.pi / 2, np.pi / 2)[0] / total
    assert expected == pytest.approx(e_value(t, pairs=n), rel=1e-8)


def test_it_seldom_ever_reaches_twenty() -> None:
    """Ville: P(ever E >= 20) <= .05, looked at after each of 150 pairs."""
    x = np.random.default_rng(5).standard_normal((20_000, 150))
    n = np.arange(2, 151)
    total, squares = x.cumsum(axis=1)[:, 1:], (x * x).cumsum(axis=1)[:, 1:]
    t = total / np.sqrt(n) / np.sqrt((squares - total**2 / n) / (n - 1))
    critical = np.array([anytime_critical_t(int(each), alpha=0.05) for each in n])
    ever = (np.abs(t) >= critical).any(axis=1).mean()
    assert 0.01 < ever <= 0.05


@given(pairs=st.integers(2, 10_000), alpha=st.floats(1e-6, 0.5), effect_variance=st.floats(0.01, 10))
def test_the_critical_t_is_where_it_reaches_one_over_alpha(
    pairs: int, alpha: float, effect_variance: float
) -> None:
    critical = anytime_critical_t(pairs, alpha=alpha, effect_variance=effect_variance)
    reached = e_value(critical, pairs=pairs, effect_variance=effect_variance)
    if np.isinf(critical):
        assert reached <= 1 / alpha * (1 + 1e-9)
    elif critical < 1e6:
        assert reached == pytest.approx(1 / alpha, rel=1e-5)


@given(t=st.floats(0, 50), more=st.floats(0.01, 50), pairs=st.integers(2, 500))
def test_it_grows_with_t_and_knows_no_sign(t: float, more: float, pairs: int) -> None:
    assert e_value(-t, pairs=pairs) == e_value(t, pairs=pairs) <= e_value(t + more, pairs=pairs)


def test_the_ends_of_the_scale_are_finite() -> None:
    assert e_value(float("inf"), pairs=5) == pytest.approx(6**2)
    assert np.isfinite(e_value(1e200, pairs=3000))


@pytest.mark.parametrize("pairs", [0, 1])
def test_one_pair_has_no_spread(pairs: int) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        e_value(1.0, pairs=pairs)
    with pytest.raises(ValueError, match="at least 2"):
        anytime_critical_t(pairs, alpha=0.05)
