"""What every objective must keep, whatever its heads and loss."""

import json

import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.objectives import LOSSES, objective, total

EVERY = [(heads, loss) for heads, losses in LOSSES.items() for loss in losses]
NO_LIKELIHOODS = {
    "mse",
    "bce+mse",
    "tweedie",
    "weighted-hurdle-negative-binomial",
    "focal-hurdle-negative-binomial",
}
LIKELIHOODS = [(heads, loss) for heads, loss in EVERY if loss not in NO_LIKELIHOODS]
KNOWN = torch.tensor([0.0] * 80 + [1.0] * 10 + [3.0] * 10, dtype=torch.float64)
every = pytest.mark.parametrize(("heads", "loss"), EVERY)


def prepared(heads, loss):
    return objective(heads, loss).prepare(KNOWN)


def outputs_of(chosen, *shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, sum(chosen.heads), generator=generator, dtype=torch.float64)


@every
def test_distributions_sum_to_one(heads, loss):
    chosen = prepared(heads, loss)
    masses = chosen.log_pmf(outputs_of(chosen, 40), most=4000).exp()
    torch.testing.assert_close(masses.sum(1), torch.ones(40, dtype=torch.float64), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("heads", "loss"), LIKELIHOODS)
def test_a_likelihood_loss_is_minus_the_log_probability_of_what_happened(heads, loss):
    chosen = prepared(heads, loss)
    outputs = outputs_of(chosen, 50)
    y = torch.arange(50) % (3 if loss == "ordinal" else 5)
    log_pmf = chosen.log_pmf(outputs, most=10)
    found = total(chosen.losses(outputs, y.double()))
    torch.testing.assert_close(found, -log_pmf[torch.arange(50), y])


@every
def test_parts_are_named_and_every_leading_shape_gives_the_same(heads, loss):
    chosen = prepared(heads, loss)
    outputs, y = outputs_of(chosen, 12), KNOWN[-15:-3]
    flat = chosen.losses(outputs, y)
    folded = chosen.losses(outputs.reshape(3, 2, 2, -1), y.reshape(3, 2, 2))
    assert tuple(flat) == tuple(folded) == chosen.parts
    for part in chosen.parts:
        torch.testing.assert_close(folded[part].flatten(), flat[part])
    masses = chosen.log_pmf(outputs.reshape(3, 4, -1), most=6).exp()
    torch.testing.assert_close(masses.reshape(12, 7), chosen.log_pmf(outputs, most=6).exp())
    settled = chosen.settle(outputs.reshape(3, 2, 2, -1), y.reshape(3, 2, 2))
    assert settled.state() == pytest.approx(chosen.settle(outputs, y).state())
    torch.testing.assert_close(chosen.start(KNOWN.reshape(4, 25)), chosen.start(KNOWN))


@every
def test_a_strength_counts_only_where_there_is_an_event(heads, loss):
    chosen = prepared(heads, loss)
    losses = chosen.losses(outputs_of(chosen, 4), torch.zeros(4, dtype=torch.float64))
    assert "strength" not in losses or not losses["strength"].any()


@every
def test_gradients_are_right(heads, loss):
    chosen = prepared(heads, loss)
    y = torch.tensor([0.0, 0.0, 1.0, 2.0, 7.0], dtype=torch.float64)
    outputs = outputs_of(chosen, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda o: tuple(chosen.losses(o, y).values()), outputs)


@every
@pytest.mark.parametrize("count", [0.0, 1.0, 1000.0])
def test_gradients_stay_finite_for_wild_outputs(heads, loss, count):
    chosen = prepared(heads, loss)
    signs = torch.tensor([[-1.0, -1, -1], [1, 1, 1], [-1, 1, -1], [1, -1, 1]]).repeat(1, 10)
    leaf = (80 * signs[:, : sum(chosen.heads)]).requires_grad_()
    losses = total(chosen.losses(leaf, torch.full((4,), count)))
    assert torch.isfinite(losses).all()
    losses.sum().backward()
    assert torch.isfinite(leaf.grad).all()


@every
def test_starts_at_the_base_rate_and_the_mean(heads, loss):
    chosen = prepared(heads, loss)
    start = chosen.start(KNOWN)
    assert start.shape == (sum(chosen.heads),)
    settled = chosen.settle(start.expand(100, -1), KNOWN)
    pmf = settled.log_pmf(start[None], most=200).exp()[0]
    mean = float(pmf @ torch.arange(201.0, dtype=torch.float64))
    if heads == "one":
        assert mean == pytest.approx(0.4, abs=0.2)
    else:
        event = chosen.event.distorted(torch.tensor(0.2)) if hasattr(chosen, "event") else 0.2
        assert 1 - float(pmf[0]) == pytest.approx(float(event), abs=1e-6)


@every
def test_states_pass_through_json_and_are_restored(heads, loss):
    chosen = prepared(heads, loss)
    settled = chosen.settle(outputs_of(chosen, 100), KNOWN)
    again = objective(heads, loss, state=json.loads(json.dumps(settled.state())))
    assert again == settled
    assert again.heads == chosen.heads


def test_refuses_what_does_not_go_together():
    with pytest.raises(InputError, match=r"`loss` must be one of mse, poisson, .* with heads='one'"):
        objective("one", "hurdle-poisson")
    with pytest.raises(InputError, match="`heads` must be one of"):
        objective("three")
    with pytest.raises(InputError, match="`state` of mse must hold residual_sd, but holds tail"):
        objective("one", "mse", state={"tail": 0.5})
    with pytest.raises(InputError, match="must hold nothing, but holds tail"):
        objective("one", "poisson", state={"tail": 0.5})


@pytest.mark.parametrize(
    ("loss", "state"),
    [
        ("mse", {"residual_sd": 0.0}),
        ("tweedie", {"power": 2.0, "dispersion": 1.0}),
        ("tweedie", {"power": 1.5, "dispersion": -1.0}),
        ("ordinal", {"last": 0, "tail": 0.5}),
        ("ordinal", {"last": 3, "tail": 1.0}),
    ],
)
def test_refuses_states_out_of_range(loss, state):
    with pytest.raises(InputError, match="but got"):
        objective("one", loss, state=state)
