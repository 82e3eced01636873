"""Trivial predictors: each is the best constant, and judged before it learns."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from steelyard.watch.recording.constants import Constant
from steelyard.watch.recording.objective import Objective, constant_losses
from steelyard.weigh.call import weigh

RNG = np.random.default_rng(0)
CLASSES = RNG.choice(4, size=5000, p=[0.5, 0.3, 0.15, 0.05]).astype(float)
EVENTS = (RNG.random((5000, 2)) < [0.05, 0.4]).astype(float)
AMOUNTS = RNG.exponential(size=(5000, 2)) * [1.0, 3.0]
COUNTS = RNG.poisson([1.0, 4.0], size=(5000, 2)).astype(float)


@pytest.mark.parametrize("weight", [None, (1.0, 2.0, 5.0, 10.0)])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_no_other_class_shares_do_better(weight: tuple[float, ...] | None, smoothing: float) -> None:
    objective = Objective(kind="cross-entropy", form="logits", weight=weight, smoothing=smoothing)
    constant = Constant(objective)
    constant.learn(CLASSES, classes=4)

    def loss(logits: np.ndarray) -> float:
        return float(constant_losses(objective, special.softmax(logits), CLASSES).mean())

    best = optimize.minimize(loss, np.zeros(4), tol=1e-10).fun
    own = constant.losses(CLASSES)
    assert own is not None
    assert own.mean() == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("positive", [None, (8.0,), (8.0, 0.5)])
def test_no_other_rate_does_better(positive: tuple[float, ...] | None) -> None:
    objective = Objective(kind="bce", form="logits", pos_weight=positive)
    constant = Constant(objective)
    constant.learn(EVENTS, classes=2)
    best = optimize.minimize(
        lambda logits: float(constant_losses(objective, special.expit(logits), EVENTS).mean()),
        np.zeros(2),
        tol=1e-10,
    ).fun
    own = constant.losses(EVENTS)
    assert own is not None
    assert own.mean() == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize(("kind", "targets"), [("mse", AMOUNTS), ("poisson", COUNTS)])
def test_no_other_constant_does_better(kind: str, targets: np.ndarray) -> None:
    objective = Objective(kind=kind, form="values")  # type: ignore[arg-type]
    constant = Constant(objective)
    constant.learn(targets, classes=2)
    best = optimize.minimize(
        lambda value: float(constant_losses(objective, np.exp(value), targets).mean()), np.zeros(2), tol=1e-10
    ).fun
    own = constant.losses(targets)
    assert own is not None
    assert own.mean() == pytest.approx(best, abs=1e-6)


def test_the_median_of_what_is_kept() -> None:
    constant = Constant(Objective(kind="mae", form="values"))
    for batch in np.split(AMOUNTS, 50):
        constant.learn(batch, classes=2)
    value = constant.value()
    assert value is not None
    assert value == pytest.approx(np.median(AMOUNTS, axis=0), abs=0.15)


def test_it_is_what_weigh_says() -> None:
    objective = Objective(kind="bce", form="logits")
    constant = Constant(objective)
    constant.learn(EVENTS[:, :1], classes=1)
    own = constant.losses(EVENTS[:, :1])
    assert own is not None
    assert own.mean() == pytest.approx(weigh(loss="bce", targets=EVENTS[:, 0]).scale.baseline.value, abs=1e-5)


def test_a_batch_is_judged_before_it_is_learnt() -> None:
    constant = Constant(Objective(kind="mse", form="values"))
    assert constant.losses(AMOUNTS[:10]) is None
    constant.learn(np.zeros((10, 1)), classes=1)
    own = constant.losses(np.full((5, 1), 3.0))
    assert own is not None
    assert own.tolist() == [9.0] * 5


def test_persistence_repeats_the_previous_target() -> None:
    constant = Constant(Objective(kind="mse", form="values"), persistence=True)
    own = constant.losses(np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 3.0]]))
    assert own is not None
    assert own.tolist() == [2.5, 4.5]
    rows = constant.losses(np.array([[1.0], [2.0], [4.0], [4.0]]))
    assert rows is not None
    assert rows.tolist() == [1.0, 4.0, 0.0]


def test_floors() -> None:
    smoothed = Constant(Objective(kind="cross-entropy", form="logits", smoothing=0.1))
    shares = np.full(4, 0.025)
    shares[0] += 0.9
    assert smoothed.floor(np.zeros(3), classes=4) == pytest.approx(special.entr(shares).sum())
    soft = Constant(Objective(kind="bce", form="logits"))
    assert soft.floor(np.array([[0.3]]), classes=1) == pytest.approx(special.entr(0.3) + special.entr(0.7))
    assert soft.floor(np.array([[1.0], [0.0]]), classes=1) == 0
    counts = Constant(Objective(kind="poisson", form="logits"))
    assert counts.floor(np.array([[2.0]]), classes=1) == pytest.approx(2 - 2 * np.log(2))
    weighed = Constant(Objective(kind="bce", form="logits", pos_weight=(4.0,)))
    best = optimize.minimize_scalar(
        lambda q: -(4 * 0.3 * np.log(q) + 0.7 * np.log(1 - q)), bounds=(1e-6, 1 - 1e-6), method="bounded"
    ).fun
    assert weighed.floor(np.array([[0.3]]), classes=1) == pytest.approx(best, abs=1e-6)
