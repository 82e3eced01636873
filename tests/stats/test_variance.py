import numpy as np
import pytest

from steelyard.stats.variance import split_variance


def sample(
    rng: np.random.Generator, *, seeds: int, examples: int, seed_sd: float, example_sd: float, rest_sd: float
) -> np.ndarray:
    return (
        seed_sd * rng.standard_normal((seeds, 1))
        + example_sd * rng.standard_normal((1, examples))
        + rest_sd * rng.standard_normal((seeds, examples))
    )


def test_mean_squares_against_sums_written_out() -> None:
    d = np.array([[1.0, 4.0, 2.0], [2.5, 3.0, 7.0], [0.0, 1.0, 4.5], [5.0, 2.0, 6.0]])
    n, m = d.shape
    grand = d.sum() / (n * m)
    seeds = sum(m * (row.mean() - grand) ** 2 for row in d) / (n - 1)
    examples = sum(n * (column.mean() - grand) ** 2 for column in d.T) / (m - 1)
    rest = sum((d[i, j] - d[i].mean() - d[:, j].mean() + grand) ** 2 for i in range(n) for j in range(m)) / (
        (n - 1) * (m - 1)
    )
    parts = np.array([max(seeds - rest, 0), max(examples - rest, 0), rest])
    split = split_variance(d)
    assert (split.seeds_share, split.examples_share, split.residual_share) == pytest.approx(
        parts / parts.sum()
    )
    assert split.mean == pytest.approx(grand)
    middle = (split.interval[0] + split.interval[1]) / 2
    assert middle == pytest.approx(grand)


def test_components_are_recovered_from_many() -> None:
    """Shares of the variance of the mean: 0.09 / 60, 4 / 400 and 1 / 24000."""
    d = sample(np.random.default_rng(0), seeds=60, examples=400, seed_sd=0.3, example_sd=2.0, rest_sd=1.0)
    split = split_variance(d)
    parts = np.array([0.09 / 60, 4 / 400, 1 / 24_000])
    shares = (split.seeds_share, split.examples_share, split.residual_share)
    assert shares == pytest.approx(parts / parts.sum(), abs=0.06)


@pytest.mark.parametrize(
    ("seed_sd", "example_sd", "largest"), [(2.0, 0.01, "seeds_share"), (0.01, 2.0, "examples_share")]
)
def test_the_larger_source_is_found(seed_sd: float, example_sd: float, largest: str) -> None:
    rng = np.random.default_rng(4)
    split = split_variance(
        sample(rng, seeds=5, examples=50, seed_sd=seed_sd, example_sd=example_sd, rest_sd=0.1)
    )
    assert getattr(split, largest) > 0.95


def test_blocks_join_neighbours() -> None:
    d = np.random.default_rng(2).standard_normal((4, 103))
    joined = split_variance(d, block_length=10)
    by_hand = split_variance(d[:, :100].reshape(4, 10, 10).mean(axis=2))
    assert joined == by_hand
    assert joined.examples == 10


def test_neighbours_that_depend_on_each_other_widen_the_interval() -> None:
    rng = np.random.default_rng(8)
    slow = np.repeat(rng.standard_normal(40), 10)
    d = slow + 0.1 * rng.standard_normal((5, 400))
    alone, joined = split_variance(d), split_variance(d, block_length=10)
    assert np.diff(joined.interval) > 2 * np.diff(alone.interval)


def test_all_equal() -> None:
    split = split_variance(np.full((3, 5), 0.25))
    assert split.interval == (0.25, 0.25)
    assert split.seeds_share == split.examples_share == split.residual_share == 0


@pytest.mark.parametrize(
    ("values", "block"),
    [
        (np.zeros((1, 5)), 1),
        (np.zeros((5, 1)), 1),
        (np.zeros((5, 7)), 4),
        (np.zeros((5, 7)), 0),
        (np.zeros(5), 1),
        (np.full((3, 3), np.nan), 1),
    ],
)
def test_what_cannot_be_split(values: np.ndarray, block: int) -> None:
    with pytest.raises(ValueError, match="must"):
        split_variance(values, block_length=block)
