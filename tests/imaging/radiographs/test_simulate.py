import re

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.radiographs import simulate_radiographs
from steelyard.imaging.radiographs.planted import PREVALENCE, mask_of
from steelyard.imaging.radiographs.scanner import SCANNERS
from steelyard.imaging.radiographs.simulate import _drawn, _patients, _targets


def test_same_seed_same_bits_other_seed_other_bits():
    first, again, other = (simulate_radiographs(6, seed=seed, size=32) for seed in (3, 3, 4))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.images, other.images)
    longer = simulate_radiographs(6, seed=3, size=32, contrast=0.0)
    assert np.array_equal(longer.patients, first.patients)


def test_base_rates_and_patients_are_as_said():
    rng = np.random.default_rng(0)
    patients = _patients(rng, 40_000, 2.0)
    targets = _targets(rng, patients)
    rates = np.array([PREVALENCE[name] for name in FINDINGS])
    np.testing.assert_allclose(targets.mean(axis=0), rates, atol=0.01)
    assert np.bincount(patients).mean() == pytest.approx(2.0, abs=0.05)
    same = patients[1:] == patients[:-1]
    before, after = targets[:-1][same], targets[1:][same]
    assert after[before].mean() == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_finding_changes_its_mask_and_hardly_anything_else(finding):
    nothing, there = np.zeros(14, bool), np.zeros(14, bool)
    there[FINDINGS.index(finding)] = True
    for image in range(3):
        without, _ = _drawn(0, image, image, nothing, size=96, contrast=1.0)
        with_it, shapes = _drawn(0, image, image, there, size=96, contrast=1.0)
        mask = mask_of(shapes[finding])
        change = np.abs(with_it - without)
        assert 0.0005 < mask.mean() < 0.5
        assert change[mask].min() > 0
        assert change[mask].mean() > 4 * change[~mask].mean()


def test_masks_belong_to_their_images():
    drawn = simulate_radiographs(12, seed=1, size=48)
    image, nth = map(int, np.argwhere(drawn.targets)[0])
    assert drawn.mask(image, FINDINGS[nth]).any()
    absent = int(np.flatnonzero(~drawn.targets[image])[0])
    assert not drawn.mask(image, FINDINGS[absent]).any()
    for bad in ((12, "Mass"), (0, "Luck")):
        with pytest.raises(InputError, match="a mask must be of one of 12 images"):
            drawn.mask(*bad)


def test_machines_differ_in_level_and_contrast():
    levels = {
        scanner.name: simulate_radiographs(8, seed=2, size=48, scanners=[scanner]).images / 255
        for scanner in SCANNERS
    }
    assert levels["D"].std() < 0.6 * levels["C"].std()
    assert np.percentile(levels["C"], 5) < 0.1 < np.percentile(levels["D"], 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": 0},
        {"size": 8},
        {"images_a_patient": 0.5},
        {"contrast": -1.0},
        {"scanners": ()},
        {"seed": -1},
    ],
)
def test_impossible_arguments_are_refused(wrong):
    given = {"images": 4, "seed": 0, "size": 32, **wrong}
    with pytest.raises(InputError, match=re.escape("must be at least 1")):
        simulate_radiographs(given.pop("images"), **given)


def test_progress_is_told():
    seen = []
    simulate_radiographs(3, seed=0, size=16, on_image=seen.append)
    assert seen == [1, 2, 3]
