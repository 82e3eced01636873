import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from steelyard.watch.probes.discriminant import Sums, discriminant


def labelled(*, samples=300, classes=4, width=5, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, samples)
    return 2 * rng.standard_normal((classes, width))[labels] + rng.standard_normal((samples, width)), labels


def test_is_scikit_learns_discriminant():
    rows, labels = labelled()
    # Its scores are differences between classes, up to what all classes have in common.
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(rows, labels).decision_function(rows)
    weights, biases = discriminant(Sums.of(rows, labels, classes=4), shrinkage=0.0)
    ours = rows @ weights + biases
    np.testing.assert_allclose(
        ours - ours.mean(axis=1, keepdims=True), theirs - theirs.mean(axis=1, keepdims=True), atol=1e-8
    )


def test_sums_without_some_rows_are_the_sums_of_the_others():
    rows, labels = labelled()
    fewer = Sums.of(rows, labels, classes=4) - Sums.of(rows[:100], labels[:100], classes=4)
    others = Sums.of(rows[100:], labels[100:], classes=4)
    for name in ("counts", "rows", "squares"):
        np.testing.assert_allclose(getattr(fewer, name), getattr(others, name), atol=1e-9)


def test_a_class_without_rows_is_never_guessed():
    rows, labels = labelled()
    weights, biases = discriminant(Sums.of(rows, labels, classes=6), shrinkage=1e-6)
    assert np.isneginf(biases[4:]).all()
    assert ((rows @ weights + biases).argmax(axis=1) < 4).all()


def test_three_classes_on_a_line_are_told_apart():
    labels = np.repeat([0, 1, 2], 50)
    rows = labels[:, None] + 0.1 * np.random.default_rng(1).standard_normal((150, 1))
    weights, biases = discriminant(Sums.of(rows, labels, classes=3), shrinkage=1e-6)
    assert ((rows @ weights + biases).argmax(axis=1) == labels).all()
    indicators = np.linalg.lstsq(np.c_[rows, np.ones(150)], np.eye(3)[labels], rcond=None)[0]
    assert (np.c_[rows, np.ones(150)] @ indicators).argmax(axis=1).tolist().count(
        1
    ) == 0  # why least squares won't do


def test_more_shrinkage_is_closer_to_nearest_means():
    rows, labels = labelled()
    sums = Sums.of(rows, labels, classes=4)
    weights, _ = discriminant(sums, shrinkage=1e9)
    np.testing.assert_allclose(1e9 * weights.T, sums.rows / sums.counts[:, None], rtol=1e-6)
    assert weights.shape == (5, 4)
    assert pytest.approx(1.0) == np.exp(discriminant(sums, shrinkage=1e9)[1]).sum()
