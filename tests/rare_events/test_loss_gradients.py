import math

import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.loss_gradients import loss_gradients
from steelyard.rare_events.objectives import objective


def test_are_those_worked_out_by_hand_over_several_parameters():
    a = torch.tensor([[1.0, 2.0]], requires_grad=True)
    b = torch.tensor(3.0, requires_grad=True)
    losses = {"x": (a**2).sum() / 2 + b, "y": -2 * a[0, 0], "z": b * a[0, 1]}
    found = loss_gradients(losses, shared=[a, b])
    # gradients in (a00, a01, b): x (1, 2, 1), y (-2, 0, 0), z (0, 3, 2)
    assert found.norms == pytest.approx({"x": math.sqrt(6), "y": 2, "z": math.sqrt(13)})
    assert found.cosines == pytest.approx(
        {("x", "y"): -1 / math.sqrt(6), ("x", "z"): 8 / math.sqrt(78), ("y", "z"): 0}
    )


def test_training_goes_on_as_if_nobody_had_looked():
    layer = torch.nn.Linear(3, 2)
    x, y = torch.ones(5, 3), torch.tensor([0.0, 0.0, 0.0, 1.0, 2.0])
    chosen = objective("two", "hurdle-poisson")

    def step(look):
        layer.zero_grad()
        losses = {part: each.mean() for part, each in chosen.losses(layer(x), y).items()}
        if look:
            norms = loss_gradients(losses, shared=layer.parameters()).norms
            assert layer.weight.grad is None
            assert all(norm > 0 for norm in norms.values())
        sum(losses.values()).backward()
        return layer.weight.grad.clone()

    assert torch.equal(step(look=True), step(look=False))


def test_a_part_that_shares_nothing_has_no_length_and_no_angle():
    shared, own = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    losses = {"shared": shared.sum(), "own": own.sum(), "constant": torch.tensor(1.0)}
    found = loss_gradients(losses, shared=[shared])
    assert found.norms == {"shared": pytest.approx(math.sqrt(2)), "own": 0.0, "constant": 0.0}
    assert all(math.isnan(cosine) for cosine in found.cosines.values())


def test_opposed_and_tiny_gradients_keep_their_angle():
    w = torch.tensor([1e-25, 2e-25], requires_grad=True)
    found = loss_gradients({"up": (w * w).sum(), "down": -(w * w).sum()}, shared=[w])
    assert found.cosines[("up", "down")] == pytest.approx(-1.0)


def test_refuses_what_has_no_gradient():
    w = torch.ones(2, requires_grad=True)
    with pytest.raises(InputError, match=r"scalar, but each has shape \(2,\)"):
        loss_gradients({"each": w * 2}, shared=[w])
    with pytest.raises(InputError, match="none requires a gradient"):
        loss_gradients({"sum": w.sum()}, shared=[w.detach()])
    with pytest.raises(InputError, match="is empty"):
        loss_gradients({}, shared=[w])
