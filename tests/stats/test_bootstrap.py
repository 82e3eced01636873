import numpy as np
import pytest
from arch.bootstrap import optimal_block_length as peer_block_length
from scipy.signal import lfilter

from steelyard.stats.bootstrap import block_bootstrap_interval, optimal_block_length, resampled_rows


def autoregressive(rng: np.random.Generator, *, steps: int, rho: float) -> np.ndarray:
    return lfilter([1.0], [1.0, -rho], rng.standard_normal(steps + 100))[100:]


@pytest.mark.parametrize("rho", [-0.5, 0.3, 0.5, 0.8])
def test_block_length_approaches_the_best_one(rho: float) -> None:
    """For AR(1): G = 2 rho R(0) / (1 - rho)^2, long-run variance 1 / (1 - rho)^2, both in Politis and White's formula."""
    steps = 20_000
    lengths = [
        optimal_block_length(autoregressive(np.random.default_rng(seed), steps=steps, rho=rho))
        for seed in range(5)
    ]
    g, long_run = 2 * rho / (1 - rho) ** 2 / (1 - rho**2), 1 / (1 - rho) ** 2
    best = (2 * g**2 / (4 / 3 * long_run**2)) ** (1 / 3) * steps ** (1 / 3)
    assert np.median(lengths) == pytest.approx(best, rel=0.15)


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.9])
def test_block_length_is_mostly_that_of_arch(rho: float) -> None:
    """Not always: arch starts its run of small autocorrelations one lag later and normalises them otherwise."""
    both = []
    for seed in range(12):
        series = autoregressive(np.random.default_rng(seed), steps=1000, rho=rho)
        both.append((optimal_block_length(series), np.ceil(peer_block_length(series)["circular"].iloc[0])))
    ours, theirs = np.median(both, axis=0)
    assert ours == pytest.approx(theirs, rel=0.25, abs=1)


def test_the_same_seed_gives_the_same_interval() -> None:
    series = autoregressive(np.random.default_rng(0), steps=300, rho=0.5)
    one, again, other = (block_bootstrap_interval(series, seed=seed, repetitions=200) for seed in (1, 1, 2))
    assert one == again != other


def test_blocks_widen_the_interval_of_a_series_with_memory() -> None:
    series = autoregressive(np.random.default_rng(3), steps=800, rho=0.8)
    alone = block_bootstrap_interval(series, seed=0, block_length=1, repetitions=500)
    blocks = block_bootstrap_interval(series, seed=0, repetitions=500)
    assert np.diff(blocks) > 1.8 * np.diff(alone)


def test_single_steps_of_independent_values_give_the_usual_interval() -> None:
    series = np.random.default_rng(3).standard_normal(400)
    low, high = block_bootstrap_interval(series, seed=0, block_length=1)
    half = 1.96 * series.std() / 20
    assert (low, high) == pytest.approx((series.mean() - half, series.mean() + half), abs=0.012)


def test_a_statistic_of_several_columns() -> None:
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.random(200), rng.random(200) + 1])
    low, high = block_bootstrap_interval(
        rows,
        seed=0,
        block_length=5,
        statistic=lambda x: float(x[:, 0].sum() / x[:, 1].sum()),
        repetitions=300,
    )
    assert low < rows[:, 0].sum() / rows[:, 1].sum() < high


def test_the_unit_of_a_constant_series_is_one_step() -> None:
    assert optimal_block_length(np.full(50, 3.0)) == 1


@pytest.mark.parametrize(
    ("series", "block"),
    [
        (np.zeros(7), None),
        (np.full(20, np.nan), None),
        (np.zeros((9, 2, 2)), None),
        (np.arange(20.0), 21),
        (np.arange(20.0), 0),
    ],
)
def test_what_cannot_be_drawn(series: np.ndarray, block: int | None) -> None:
    with pytest.raises(ValueError, match="must"):
        block_bootstrap_interval(series, seed=0, block_length=block)


@pytest.mark.parametrize(("blocks", "wraps"), [("circular", True), ("moving", False)])
def test_resamples_are_whole_blocks_that_wrap_or_do_not(blocks: str, wraps: bool) -> None:
    drawn = list(resampled_rows(20, block_length=6, seed=0, repetitions=400, blocks=blocks))
    steps = {int(step) for rows in drawn for at in (0, 6, 12) for step in np.diff(rows[at : at + 6])}
    assert steps == ({1, -19} if wraps else {1})
    assert all(len(rows) == 20 for rows in drawn)


def test_circular_blocks_draw_every_step_equally_often_and_moving_ones_the_ends_less() -> None:
    def shares(blocks: str) -> np.ndarray:
        drawn = np.concatenate(
            list(resampled_rows(20, block_length=5, seed=1, repetitions=4000, blocks=blocks))
        )
        return np.bincount(drawn, minlength=20) / len(drawn) * 20

    assert shares("circular") == pytest.approx(np.ones(20), abs=0.06)
    assert shares("moving")[0] == pytest.approx(20 / 16 / 5, abs=0.05)


def test_moving_blocks_give_an_interval_too() -> None:
    series = autoregressive(np.random.default_rng(3), steps=400, rho=0.5)
    circular, moving = (
        block_bootstrap_interval(series, seed=0, block_length=10, repetitions=500, blocks=blocks)
        for blocks in ("circular", "moving")
    )
    assert moving == pytest.approx(circular, abs=0.05)
    assert moving != circular
    with pytest.raises(ValueError, match="`blocks` must be one of circular, moving"):
        block_bootstrap_interval(series, seed=0, blocks="stationary")
