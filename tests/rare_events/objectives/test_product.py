import math

import pytest
import torch

from steelyard.rare_events.objectives import objective, total


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
