import itertools
import math
import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from steelyard.errors import InputError
from steelyard.imaging.roc import auroc, evaluate, mean_auroc
from steelyard.imaging.roc.intervals import resampled_areas
from steelyard.imaging.roc.placements import placements
from steelyard.imaging.roc.variance import covariance


def drawn(seed, images=200, ties=False):
    rng = np.random.default_rng(seed)
    present = rng.random(images) < 0.3
    scores = present + rng.normal(size=images)
    return present, np.round(scores, 1) if ties else scores


def brute_area(present, scores):
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[present] for b in scores[~present]]
    return float(np.mean(pairs))


@pytest.mark.parametrize("ties", [False, True])
def test_the_area_is_the_share_of_pairs_ranked_right(ties):
    for seed in range(5):
        present, scores = drawn(seed, images=60, ties=ties)
        area = auroc(present, scores).area
        assert area == pytest.approx(brute_area(present, scores), abs=1e-12)
        assert area == pytest.approx(roc_auc_score(present, scores), abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_the_variance_is_delongs_by_its_definition(ties):
    present, scores = drawn(1, images=50, ties=ties)
    other = np.random.default_rng(2).permutation(scores) + present
    kernel = [
        (s[present][:, None] > s[~present]) + 0.5 * (s[present][:, None] == s[~present])
        for s in (scores, other)
    ]
    v10 = np.array([each.mean(axis=1) for each in kernel])
    v01 = np.array([each.mean(axis=0) for each in kernel])
    expected = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    found = covariance([placements(present, scores), placements(present, other)], [present, present])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_variance_by_patient_is_obuchowskis_up_to_her_divisors():
    rng = np.random.default_rng(3)
    patients = np.repeat(np.arange(40), rng.integers(1, 5, 40))
    present = rng.random(len(patients)) < 0.4
    scores = rng.normal(size=len(patients)) + present + rng.normal(size=40)[patients]
    found = placements(present, scores)
    area, m, n = found.area, present.sum(), (~present).sum()
    v10, v01 = np.zeros(len(present)), np.zeros(len(present))
    v10[present], v01[~present] = found.positive, found.negative
    sums = [
        [v10[each].sum() - present[each].sum() * area, v01[each].sum() - (~present[each]).sum() * area]
        for each in (patients == k for k in range(40))
    ]
    a, b = np.array(sums).T
    i, i10, i01 = 40, len(np.unique(patients[present])), len(np.unique(patients[~present]))
    s10, s01 = i10 / ((i10 - 1) * m) * (a**2).sum(), i01 / ((i01 - 1) * n) * (b**2).sum()
    s11 = i / (i - 1) * (a * b).sum()
    obuchowski = s10 / m + s01 / n + 2 * s11 / (m * n)
    ours = covariance([found], [present], patients)[0, 0]
    assert ours == pytest.approx(obuchowski, rel=2 / min(i10, i01))


def test_one_image_a_patient_is_delong_again():
    present, scores = drawn(4, images=400)
    alone, named = auroc(present, scores), auroc(present, scores, patients=np.arange(400))
    assert named.method == "delong by patient"
    assert (named.low, named.high) == pytest.approx((alone.low, alone.high), abs=3e-4)


def test_copies_of_images_do_not_narrow_the_interval_by_patient():
    present, scores = drawn(5)
    once = auroc(present, scores, patients=np.arange(200))
    copied = [np.repeat(each, 3) for each in (present, scores, np.arange(200))]
    thrice = auroc(copied[0], copied[1], patients=copied[2])
    naive = auroc(copied[0], copied[1])
    assert (thrice.area, thrice.low, thrice.high) == pytest.approx((once.area, once.low, once.high))
    assert naive.high - naive.low < 0.62 * (once.high - once.low)


def test_a_resample_is_the_area_of_its_images():
    rng = np.random.default_rng(6)
    patients = rng.integers(0, 12, 40)
    patients = np.unique(patients, return_inverse=True)[1]
    present, scores = rng.random(40) < 0.4, np.round(rng.normal(size=40), 1)
    areas = resampled_areas(present, scores, patients, seed=7, repetitions=5)
    rng, count = np.random.default_rng(7), patients.max() + 1
    for area, drawn_ in zip(areas, rng.multinomial(count, np.full(count, 1 / count), size=5), strict=True):
        rows = np.repeat(np.arange(40), drawn_[patients])
        assert area == pytest.approx(roc_auc_score(present[rows], scores[rows]), abs=1e-12)


def test_the_bootstrap_agrees_with_the_formula_and_repeats_itself():
    present, scores = drawn(8, images=600)
    patients = np.arange(600) // 2
    formula = auroc(present, scores, patients=patients)
    first, second = (auroc(present, scores, patients=patients, method="bootstrap", seed=1) for _ in range(2))
    assert first == second
    assert (first.low, first.high) == pytest.approx((formula.low, formula.high), abs=0.01)
    assert auroc(present, scores, patients=patients, method="bootstrap", seed=2) != first


def test_all_ranked_right_has_an_exact_bound():
    found = auroc([0] * 20 + [1] * 10, np.arange(30))
    assert (found.area, found.high) == (1.0, 1.0)
    assert found.low**10 == pytest.approx(0.025)
    wrong = auroc([1] * 10 + [0] * 20, np.arange(30))
    assert (wrong.low, wrong.high) == pytest.approx((0.0, 1 - found.low))
    assert auroc([0] * 20 + [1] * 10, np.arange(30), method="bootstrap").low == found.low


def test_what_has_no_area_says_so():
    for present, said in (([0, 0], "no image has"), ([1, 1], "every image has")):
        found = auroc(present, [0.1, 0.2])
        assert math.isnan(found.area)
        assert said in found.doubt
        assert said in str(found)
        assert found.to_dict()["area"] is None
    assert auroc([0, 1, 1], [0, 1, 0.5], patients=["a"] * 3).low == 0


def test_the_mean_over_findings():
    rng = np.random.default_rng(9)
    targets = rng.random((300, 3)) < 0.3
    scores = targets + rng.normal(size=(300, 3))
    targets[:, 2] = False
    found = mean_auroc(targets, scores)
    areas = [each.area for each in evaluate(targets, scores, findings=("a", "b", "c"))]
    assert found.findings == 2
    assert found.area == pytest.approx(np.mean(areas[:2]))
    same = mean_auroc(targets[:, [0, 0]], scores[:, [0, 0]])
    alone = auroc(targets[:, 0], scores[:, 0], patients=np.arange(300))
    assert (same.low, same.high) == pytest.approx((alone.low, alone.high))
    assert found.high - found.low < same.high - same.low


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([0, 1], [0.5]), "one length"),
        (([0, 2], [0.5, 1]), "must be 0 or 1, but got 2"),
        (([0, 1], [0.5, np.nan]), "1 of 2 are not"),
        (([], []), "one length"),
    ],
)
def test_bad_input_is_refused(given, said):
    with pytest.raises(InputError, match=re.escape(said)):
        auroc(*given)


def test_bad_options_are_refused():
    with pytest.raises(InputError, match="delong or bootstrap"):
        auroc([0, 1], [0, 1], method="other")
    with pytest.raises(InputError, match="one for each of 2 images"):
        auroc([0, 1], [0, 1], patients=[1])
    with pytest.raises(InputError, match=re.escape("shape (images, 1)")):
        evaluate([[0], [1]], [[0, 1], [1, 2]], findings=("a",))


@pytest.mark.slow
@pytest.mark.parametrize(("method", "area"), list(itertools.product(("delong", "bootstrap"), (0.7, 0.9))))
def test_intervals_by_patient_hold_the_truth(method, area):
    """Patients with 1 to 5 images whose scores and findings are alike; the truth is the area of a large sample."""
    from scipy.special import ndtri

    shift = ndtri(area) * np.sqrt(2)

    def sample(rng, count):
        patients = np.repeat(np.arange(count), rng.integers(1, 6, count))
        ill = rng.random(count) < 0.3
        present = np.where(rng.random(len(patients)) < 0.8, ill[patients], rng.random(len(patients)) < 0.3)
        own = rng.normal(size=count)[patients] * np.sqrt(0.6)
        return present, shift * present + own + rng.normal(size=len(patients)) * np.sqrt(0.4), patients

    held, naive, runs = 0, 0, 400
    for seed in range(runs):
        present, scores, patients = sample(np.random.default_rng(seed), 150)
        found = auroc(present, scores, patients=patients, method=method, repetitions=500)
        alone = auroc(present, scores)
        held += found.low <= area <= found.high
        naive += alone.low <= area <= alone.high
    print(f"{method} at {area}: {held / runs:.3f} by patient, {naive / runs:.3f} by image")
    assert held / runs > 0.92
    assert naive < held
