"""What every loss for events must keep, and what each does to probabilities."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.rare_events.occurrence_losses import CrossEntropy, Focal, WeightedCrossEntropy

EVERY = [
    CrossEntropy(),
    WeightedCrossEntropy(weight=6.0),
    WeightedCrossEntropy(weight=0.2),
    Focal(),
    Focal(focusing=0.5),
    Focal(focusing=2.0, weight=1 / 3),
]
QS = torch.tensor([0.001, 0.03, 0.2, 0.5, 0.85, 0.999], dtype=torch.float64)


def trained(loss, events):
    """The probability that a lone logit ends at, by Newton's method on the mean loss over these events."""
    logit = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [logit], max_iter=200, tolerance_grad=1e-14, tolerance_change=1e-16, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        mean = loss.losses(events, logit=logit.expand(len(events))).mean()
        mean.backward()
        return mean

    optimizer.step(closure)
    return torch.sigmoid(logit.detach())


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_training_ends_at_the_distorted_base_rate(loss):
    events = (torch.arange(100) < 15).double()
    p = trained(loss, events)
    assert float(p) == pytest.approx(float(loss.distorted(events.mean())), rel=1e-6)
    assert float(loss.undistorted(p)) == pytest.approx(0.15, rel=1e-6)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_the_expected_loss_is_flat_at_the_distorted_probability_and_higher_beside_it(loss):
    logit = torch.logit(loss.distorted(QS)).requires_grad_()

    def expected(z):
        return QS * loss.losses(torch.ones_like(z), logit=z) + (1 - QS) * loss.losses(
            torch.zeros_like(z), logit=z
        )

    (slope,) = torch.autograd.grad(expected(logit).sum(), logit)
    np.testing.assert_allclose(slope, 0, atol=1e-12)
    for step in (-0.1, 0.1):
        assert (expected(logit + step) > expected(logit)).all()


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0, 6), st.floats(0.01, 100))
def test_undistorted_takes_distorted_back(q, focusing, weight):
    q = torch.tensor(q, dtype=torch.float64)
    for loss in (WeightedCrossEntropy(weight=weight), Focal(focusing=focusing, weight=weight)):
        p = loss.distorted(q)
        assert 0 <= float(p) <= 1
        assert float(loss.undistorted(p)) == pytest.approx(float(q), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_certainty_stays_and_order_is_kept(loss):
    ends = torch.tensor([0.0, 1.0])
    torch.testing.assert_close(loss.distorted(ends), ends)
    torch.testing.assert_close(loss.undistorted(ends), ends)
    assert (loss.distorted(QS).diff() > 0).all()


def test_weights_multiply_the_odds_and_balancing_sends_the_base_rate_to_a_half():
    p = WeightedCrossEntropy(weight=6.0).distorted(QS)
    torch.testing.assert_close(p / (1 - p), 6 * QS / (1 - QS))
    balanced = WeightedCrossEntropy().prepare(torch.arange(100) < 15)
    assert balanced.weight == pytest.approx(85 / 15)
    assert float(balanced.distorted(torch.tensor(0.15))) == pytest.approx(0.5)


def test_focal_moves_towards_a_half_and_without_focusing_not_at_all():
    moved = Focal(focusing=2.0).distorted(QS)
    assert ((moved - 0.5).abs() <= (QS - 0.5).abs()).all()
    torch.testing.assert_close(moved.flip(0)[2], 1 - Focal().distorted(1 - QS.flip(0)[2]))
    torch.testing.assert_close(Focal(focusing=0.0).distorted(QS), QS)
    weighted = WeightedCrossEntropy(weight=3.0)
    torch.testing.assert_close(Focal(focusing=0.0, weight=3.0).distorted(QS), weighted.distorted(QS))


def test_losses_are_those_of_the_formulas():
    p = torch.tensor([0.1, 0.1, 0.8], dtype=torch.float64)
    event = torch.tensor([1.0, 0.0, 1.0])
    focal = Focal(focusing=2.0, weight=3.0).losses(event, logit=torch.logit(p))
    expected = [-3 * 0.9**2 * math.log(0.1), -(0.1**2) * math.log(0.9), -3 * 0.2**2 * math.log(0.8)]
    np.testing.assert_allclose(focal, expected)
    weighted = WeightedCrossEntropy(weight=3.0).losses(event, logit=torch.logit(p))
    reference = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.logit(p), event.double(), pos_weight=torch.tensor(3.0), reduction="none"
    )
    torch.testing.assert_close(weighted, reference)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_gradients_are_right_and_finite_at_the_extremes(loss):
    event = torch.tensor([0.0, 1.0, 1.0, 0.0])
    logit = torch.tensor([-2.0, -2.0, 1.5, 1.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda z: loss.losses(event, logit=z), logit)
    wild = torch.tensor([-900.0, -900.0, 900.0, 900.0], requires_grad=True)
    losses = loss.losses(event, logit=wild)
    losses.sum().backward()
    assert torch.isfinite(losses).all()
    assert torch.isfinite(wild.grad).all()
    assert (losses >= 0).all()


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_state_is_restored(loss):
    assert type(loss)().restored(loss.state()) == loss


def test_refuses_what_makes_no_sense():
    with pytest.raises(InputError, match="`weight` must be positive"):
        WeightedCrossEntropy(weight=0.0)
    with pytest.raises(InputError, match="`focusing` must be at least 0"):
        Focal(focusing=-1.0)
    with pytest.raises(InputError, match="call `prepare`"):
        WeightedCrossEntropy().losses(torch.ones(1), logit=torch.zeros(1))
    with pytest.raises(InputError, match="100 of 100 have one"):
        WeightedCrossEntropy().prepare(torch.ones(100))
