import math

import pytest
import torch

from steelyard.rare_events import RareEventForecaster, simulate
from steelyard.rare_events.objectives import objective, total
from steelyard.rare_events.objectives.product import Product


def outputs_for(p, s):
    return torch.tensor([[math.log(p / (1 - p)), math.log(math.expm1(s))]], dtype=torch.float64)


def curvature(chosen, outputs):
    """Second derivatives of the expected loss over events of probability .3 and strength 2 in the two outputs."""

    def expected(flat):
        none, some = (
            total(chosen.losses(flat[None], torch.tensor([y], dtype=flat.dtype))) for y in (0.0, 2.0)
        )
        return (0.7 * none + 0.3 * some).sum()

    return torch.autograd.functional.hessian(expected, outputs[0])


def test_the_forecast_keeps_the_mean_strength():
    for heads in ("product", "two"):
        pmf = objective(heads, "bce+mse").log_pmf(outputs_for(0.6, 2.7), most=60).exp()[0]
        assert 1 - float(pmf[0]) == pytest.approx(0.6)
        assert float(pmf @ torch.arange(61.0, dtype=torch.float64)) == pytest.approx(0.6 * 2.7)


@pytest.mark.parametrize("y", [0.0, 1.0, 4.0])
def test_the_product_alone_cannot_tell_p_from_s(y):
    chosen = objective("product", "mse")
    y = torch.tensor([y], dtype=torch.float64)
    likely = total(chosen.losses(outputs_for(0.8, 0.5), y))
    rare = total(chosen.losses(outputs_for(0.1, 4.0), y))
    torch.testing.assert_close(likely, rare)
    assert (
        chosen.log_pmf(outputs_for(0.8, 0.5), most=9)[0, 0]
        < -1
        < chosen.log_pmf(outputs_for(0.1, 4.0), most=9)[0, 0]
    )


def test_cross_entropy_identifies_them():
    best = outputs_for(0.3, 2.0)
    alone = torch.linalg.eigvalsh(curvature(objective("product", "mse"), best))
    both = torch.linalg.eigvalsh(curvature(objective("product", "bce+mse"), best))
    assert abs(float(alone[0])) < 1e-12
    assert float(alone[1]) > 1e-2
    assert float(both[0]) > 1e-2


def test_the_sum_is_cross_entropy_and_squared_error():
    outputs = outputs_for(0.6, 2.0)
    losses = objective("product").losses(outputs, torch.tensor([3.0], dtype=torch.float64))
    assert losses["occurrence"].item() == pytest.approx(-math.log(0.6))
    assert losses["count"].item() == pytest.approx((1.2 - 3) ** 2)


@pytest.mark.parametrize("c", [0.25, 0.5, 1.25, 3.0])
def test_the_product_alone_is_the_same_along_the_whole_curve(c):
    """(p, s) -> (c p, s / c): the loss of every count stays, and its gradient has no part along the curve."""
    chosen = objective("product", "mse")
    y = torch.arange(0.0, 9.0, dtype=torch.float64)
    start, moved = outputs_for(0.3, 2.0), outputs_for(0.3 * c, 2.0 / c)
    before = total(chosen.losses(start.expand(9, 2), y))
    torch.testing.assert_close(total(chosen.losses(moved.expand(9, 2), y)), before, rtol=1e-12, atol=0)

    leaf = moved.clone().requires_grad_()
    total(chosen.losses(leaf.expand(9, 2), y)).sum().backward()
    p, s = 0.3 * c, 2.0 / c
    along = torch.tensor([1 / (1 - p), -s / -math.expm1(-s)], dtype=torch.float64)  # d outputs / d log c
    assert abs(float(leaf.grad[0] @ along)) < 1e-10 * float(leaf.grad.abs().sum() * along.abs().sum())
    assert float(leaf.grad.abs().sum()) > 0.1


def trained_table(loss, *, seed, events, yesterday):
    """P(event) and product after a quiet day and after an event, from free outputs trained from a random start."""
    chosen = objective("product", loss)
    table = torch.nn.Parameter(
        torch.randn(2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    )
    optimizer = torch.optim.LBFGS(
        [table], max_iter=300, tolerance_grad=1e-12, tolerance_change=1e-15, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        value = total(chosen.losses(table[yesterday], events)).mean()
        value.backward()
        return value

    optimizer.step(closure)
    p = torch.sigmoid(table[:, 0]).detach()
    return p, p * torch.nn.functional.softplus(table[:, 1]).detach()


def test_two_seeds_train_to_the_same_product_and_different_probabilities():
    counts = torch.from_numpy(simulate(steps=3000, seed=0).series.y).double()
    data = {"events": counts[1:], "yesterday": (counts[:-1] > 0).long()}
    means = torch.stack([counts[1:][data["yesterday"] == state].mean() for state in (0, 1)])
    rates = torch.stack([(counts[1:][data["yesterday"] == state] > 0).double().mean() for state in (0, 1)])
    alone = [trained_table("mse", seed=seed, **data) for seed in (0, 1)]
    for _, product in alone:
        torch.testing.assert_close(product, means, rtol=1e-4, atol=0)
    assert float((alone[0][0] - alone[1][0]).abs().max()) > 0.2
    both = [trained_table("bce+mse", seed=seed, **data) for seed in (0, 1)]
    torch.testing.assert_close(both[0][0], both[1][0], rtol=1e-4, atol=0)
    torch.testing.assert_close(both[0][0], rates, rtol=1e-3, atol=0)


@pytest.mark.slow
def test_where_a_network_starts_decides_its_probabilities(monkeypatch):
    """The forecaster starts both heads at the base rate and the mean strength, which hides it; a start elsewhere shows it."""
    known = simulate(steps=4000, seed=0)
    history = known.series.before(known.series.ds[3000])
    usual = Product.start

    def trained(c, loss):
        def start(self, y):
            logit, strength = usual(self, y)
            p, s = torch.sigmoid(logit) * c, torch.nn.functional.softplus(strength) / c
            return torch.stack([torch.log(p / (1 - p)), torch.log(torch.expm1(s))])

        monkeypatch.setattr(Product, "start", start)
        model = RareEventForecaster(heads="product", loss=loss, window=14, hidden=16, epochs=12, seed=0)
        _, outputs = model.fit(history).outputs(known.series, start=known.series.ds[3000])
        p = torch.sigmoid(outputs[:, 0])
        return p, p * torch.nn.functional.softplus(outputs[:, 1])

    apart = {}
    for loss in ("mse", "bce+mse"):
        (p, product), (other_p, other_product) = trained(1.0, loss), trained(3.0, loss)
        apart[loss] = float((p - other_p).square().mean().sqrt())
        of_products = float((product - other_product).square().mean().sqrt())
        print(
            f"{loss}: mean P {p.mean():.3f} and {other_p.mean():.3f}, apart by {apart[loss]:.3f}; products by {of_products:.3f}"
        )
        assert loss == "bce+mse" or of_products < 0.05
    assert apart["mse"] > 0.25
    assert apart["bce+mse"] < 0.1
