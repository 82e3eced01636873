import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.imaging.localisation import pointing_game


def squares(rng, images, side=16, at=None):
    masks = np.zeros((images, side, side), bool)
    for mask in masks:
        row, column = rng.integers(0, side - 3, 2) if at is None else at
        mask[row : row + 4, column : column + 4] = True
    return masks


def test_the_masks_themselves_point_right_every_time():
    masks = squares(np.random.default_rng(0), 50)
    found = pointing_game(masks.astype(float), masks)
    assert found.share == 1.0
    assert found.high == 1.0
    assert 0.9 < found.low < 1.0
    assert found.skill == 1.0
    assert found.anywhere == 16 / 256


def test_noise_points_as_often_as_a_random_place():
    rng = np.random.default_rng(1)
    masks = squares(rng, 4000)
    found = pointing_game(rng.normal(size=masks.shape), masks)
    assert found.low < found.anywhere < found.high
    assert found.skill < 0


def test_a_finding_that_never_moves_is_pointed_at_without_looking():
    rng = np.random.default_rng(2)
    masks = squares(rng, 20, at=(3, 5))
    found = pointing_game(rng.normal(size=masks.shape), masks)
    assert found.fixed == 1.0
    assert np.isnan(found.skill)
    assert found.to_dict()["skill"] is None


def test_a_flat_map_gets_what_a_random_place_gets():
    masks = squares(np.random.default_rng(3), 30)
    assert pointing_game(np.zeros(masks.shape), masks).share == pytest.approx(16 / 256)


def test_the_interval_of_independent_images_is_the_binomial_one():
    masks = squares(np.random.default_rng(4), 400, at=(0, 0))
    maps = np.zeros(masks.shape)
    maps[:100, 15, 15] = 1.0
    maps[100:, 0, 0] = 1.0
    found = pointing_game(maps, masks)
    logit, half = np.log(3), 1.959964 * np.sqrt(1 / (0.75 * 0.25 * 399))
    assert found.share == 0.75
    assert [found.low, found.high] == pytest.approx(
        [1 / (1 + np.exp(half - logit)), 1 / (1 + np.exp(-half - logit))], abs=1e-6
    )


def test_images_of_one_patient_count_once():
    masks = squares(np.random.default_rng(5), 400, at=(0, 0))
    maps = np.zeros(masks.shape)
    maps[:, 15, 15] = np.repeat(np.arange(100) % 4 == 0, 4)
    maps[:, 0, 0] = 0.5
    patients = np.repeat([f"patient {nth}" for nth in range(100)], 4)
    single, clustered = pointing_game(maps, masks), pointing_game(maps, masks, patients=patients)
    assert clustered.share == single.share == 0.75
    assert clustered.patients == 100
    width = [each.high - each.low for each in (single, clustered)]
    assert width[1] == pytest.approx(2 * width[0], rel=0.05)
    assert np.isnan(pointing_game(maps[:4], masks[:4], patients=["a"] * 4).low)


@pytest.mark.slow
def test_the_interval_holds_the_share_as_often_as_it_says():
    rng = np.random.default_rng(6)
    held = []
    for _ in range(1000):
        rates = rng.beta(3, 2, 60)
        hits = (rng.random((60, 3)) < rates[:, None]).ravel()
        maps, masks = np.zeros((180, 1, 2)), np.zeros((180, 1, 2), bool)
        maps[..., 0], masks[..., 0], masks[..., 1] = 1.0, hits[:, None], ~hits[:, None]
        found = pointing_game(maps, masks, patients=np.repeat(np.arange(60), 3))
        held.append(found.low <= 0.6 <= found.high)
    print(f"held the share in {np.mean(held):.1%} of 1,000 samples of 60 patients")
    assert 0.93 < np.mean(held) < 0.97


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"masks": np.ones((2, 4, 5), bool)}, r"one shape .* \(2, 4, 4\) and \(2, 4, 5\)"),
        ({"maps": np.full((2, 4, 4), np.nan)}, "finite"),
        ({"masks": np.zeros((2, 4, 4), bool)}, "2 have none .* image 0"),
        ({"level": 1.0}, "between 0 and 1"),
        ({"patients": ["a"]}, r"each of 2 images"),
        ({"maps": np.zeros((0, 4, 4)), "masks": np.zeros((0, 4, 4), bool)}, "one shape"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, message):
    given = {"maps": np.zeros((2, 4, 4)), "masks": np.ones((2, 4, 4), bool)} | change
    with pytest.raises(InputError, match=message):
        pointing_game(given.pop("maps"), given.pop("masks"), **given)
