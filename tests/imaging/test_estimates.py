from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from steelyard.data.images import ArrayImages
from steelyard.imaging import image_moments
from steelyard.imaging.estimates import estimates
from steelyard.imaging.measure import measure
from steelyard.imaging.view import View
from steelyard.stats.eprocess import anytime_critical_t


class Listed(ArrayImages):
    """Images of several sizes."""

    def __init__(self, pictures):
        super().__init__(np.zeros((len(pictures), 1, 1), np.uint8))
        self._values = pictures


def totals_of(pictures, indices=None):
    source = Listed(pictures)
    (found,) = measure(source, range(len(source)) if indices is None else indices, View()).totals.values()
    return found


def influences(pictures):
    """Return what each image does to mean and std, by the textbook formula for ratios, shape (images, channels, 2)."""
    flats = [each.reshape(-1, each.shape[2]) / 255 for each in pictures]
    pixels = np.concatenate(flats)
    mean, variance = pixels.mean(axis=0), pixels.var(axis=0)
    average = len(pixels) / len(pictures)
    rows = [
        (
            (flat - mean).sum(axis=0) / average,
            ((flat - mean) ** 2 - variance).sum(axis=0) / average / (2 * np.sqrt(variance)),
        )
        for flat in flats
    ]
    return np.array(rows).transpose(0, 2, 1)


def test_means_and_standard_deviations_are_numpys(pictures):
    found = estimates(totals_of(pictures))
    pixels = np.concatenate([each.reshape(-1, 3) for each in pictures]) / 255
    assert found.mean == pytest.approx(pixels.mean(axis=0), rel=1e-14)
    assert found.std == pytest.approx(pixels.std(axis=0), rel=1e-13)
    assert found.image_std == pytest.approx(
        np.mean([each.std(axis=(0, 1)) for each in pictures], axis=0) / 255
    )
    assert found.image_mean == pytest.approx(
        np.mean([each.mean(axis=(0, 1)) for each in pictures], axis=0) / 255
    )


def hall(x, skewness, count):
    """Return the T whose Hall transform is x, by solving for it."""
    u = skewness / (3 * np.sqrt(count))
    transform = lambda t: t + u * t**2 + u**2 * t**3 / 3 + u / 2 - x
    return optimize.brentq(transform, -50, 50)


def test_intervals_count_images_and_their_skewness(pictures):
    found = estimates(totals_of(pictures))
    moved = influences(pictures)
    count = len(pictures)
    error = moved.std(axis=0, ddof=1) / np.sqrt(count)
    skewness = (moved**3).mean(axis=0) / (moved**2).mean(axis=0) ** 1.5
    quantile = stats.t.ppf(0.975, count - 1)
    for channel in range(3):
        for place, (centre, interval) in enumerate(
            ((found.mean, found.mean_interval), (found.std, found.std_interval))
        ):
            ends = [
                centre[channel] - hall(x, skewness[channel, place], count) * error[channel, place]
                for x in (quantile, -quantile)
            ]
            assert interval[channel] == pytest.approx(ends, rel=1e-9)
    each = np.array([picture.std(axis=(0, 1)) for picture in pictures]) / 255
    half = stats.t.ppf(0.975, len(pictures) - 1) * stats.sem(each, axis=0)
    assert found.image_std_interval[:, 1] - found.image_std == pytest.approx(half, rel=1e-9)
    pixels = sum(each.shape[0] * each.shape[1] for each in pictures)
    assert found.pixel_error == pytest.approx(found.std / np.sqrt(pixels))


def test_standard_errors_agree_with_the_jackknife(pictures):
    """Leave each image out in turn: no formula for ratios is needed."""
    left_out = []
    for number in range(len(pictures)):
        found = estimates(totals_of(pictures[:number] + pictures[number + 1 :]))
        left_out.append([found.mean, found.std])
    count = len(pictures)
    jackknife = np.sqrt(
        (count - 1) / count * ((np.array(left_out) - np.mean(left_out, axis=0)) ** 2).sum(axis=0)
    )
    found = estimates(totals_of(pictures))
    width = 2 * stats.t.ppf(0.975, count - 1)
    assert found.mean_error == pytest.approx(jackknife[0], rel=0.1)
    assert np.ptp(found.std_interval, axis=1) / width == pytest.approx(jackknife[1], rel=0.1)


def test_a_finite_data_set_leaves_less_to_guess(pictures):
    totals = totals_of(pictures, range(12))
    whole = estimates(totals, sample=(12, 10**9), expected=100.0)
    part = estimates(totals, sample=(12, 30), expected=100.0)
    effective = 12 / (1 - 12 / 30)
    critical = anytime_critical_t(12, alpha=0.05, effect_variance=8 / 100 * effective / 12)
    half = critical * part.mean_error * np.sqrt(1 - 12 / 30)
    assert part.mean_interval[:, 1] - part.mean == pytest.approx(half, rel=1e-12)
    assert (part.mean_interval[:, 1] < whole.mean_interval[:, 1]).all()
    all_of_it = estimates(totals, sample=(30, 30), expected=100.0)
    assert np.array_equal(all_of_it.mean_interval[:, 0], all_of_it.mean)
    assert np.array_equal(all_of_it.std_interval[:, 1], all_of_it.std)


def test_one_image_says_nothing_of_others():
    found = estimates(totals_of([np.arange(12, dtype=np.uint8).reshape(2, 2, 3)]))
    assert np.isinf(found.mean_interval).all()
    assert found.std_interval.tolist() == [[0.0, np.inf]] * 3


def test_constant_images():
    found = estimates(totals_of([np.full((3, 4, 1), 40, np.uint8)] * 5))
    assert found.std.tolist() == [0.0]
    assert found.std_interval.tolist() == [[0.0, 0.0]]
    assert found.mean_interval == pytest.approx(np.full((1, 2), 40 / 255), abs=1e-12)
    assert found.image_std.tolist() == [0.0]


def a_population(kind, rng, count):
    """Return images as those of data sets differ: in brightness, contrast, and both together; one kind with rare bright ones."""
    level = {
        "normal": rng.normal(0.45, 0.12, count),
        "skewed": rng.gamma(2.0, 0.1, count),
        "rare": np.where(rng.random(count) < 0.03, 0.9, 0.2) + rng.normal(0, 0.02, count),
    }[kind]
    spread = 0.05 + 0.25 * np.abs(level - 0.1)
    values = level[:, None, None] + spread[:, None, None] * rng.normal(size=(count, 4, 4))
    return np.round(255 * values.clip(0, 1)).astype(np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "skewed", "rare"])
def test_intervals_of_samples_hold_wherever_they_stop(kind):
    """200 populations of 3,000 images: how often the interval at the stop misses the population's own mean or std."""
    missed = np.zeros(2)
    stopped = []
    repeats = 200
    for seed in range(repeats):
        rng = np.random.default_rng([17, seed])
        images = a_population(kind, rng, 3000)
        found = image_moments(images, tolerance=0.012, seed=seed)
        stopped.append(found.looked_at)
        truth = images.mean() / 255, images.std() / 255
        for place, interval in enumerate((found.mean_interval[0], found.std_interval[0])):
            missed[place] += not interval[0] <= truth[place] <= interval[1]
    print(kind, "missed", missed / repeats, "images", np.mean(stopped))
    assert np.mean(stopped) < 2900
    assert (missed <= stats.binom.ppf(0.999, repeats, 0.05)).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "skewed"])
def test_intervals_of_all_images_hold_for_what_they_were_drawn_from(kind):
    """400 draws of 60 images from a population of 60,000."""
    population = a_population(kind, np.random.default_rng(23), 60_000)
    truth = population.mean() / 255, population.std() / 255
    missed = np.zeros(2)
    repeats = 400
    for seed in range(repeats):
        found = image_moments(population[np.random.default_rng(seed).integers(0, 60_000, 60)])
        for place, interval in enumerate((found.mean_interval[0], found.std_interval[0])):
            missed[place] += not interval[0] <= truth[place] <= interval[1]
    print(kind, "missed", missed / repeats)
    assert (missed <= stats.binom.ppf(0.999, repeats, 0.06)).all()
    assert (missed >= stats.binom.ppf(0.001, repeats, 0.03)).all()
