import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.objectives import objective
from steelyard.rare_events.objectives.hurdle import Hurdle
from steelyard.rare_events.occurrence_losses import Focal

Y = torch.tensor([0.0] * 85 + [1.0] * 9 + [2.0] * 6, dtype=torch.float64)


@pytest.mark.parametrize(
    ("loss", "event"),
    [
        ("hurdle-negative-binomial", 0.15),
        ("weighted-hurdle-negative-binomial", 0.5),
        ("focal-hurdle-negative-binomial", float(Focal().distorted(torch.tensor(0.15)))),
    ],
)
def test_training_a_constant_ends_at_the_distorted_base_rate(loss, event):
    chosen = objective("two", loss).prepare(Y)
    outputs = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([outputs], lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        sum(part.mean() for part in chosen.losses(outputs.expand(100, 3), Y).values()).backward()
        optimizer.step()
    masses = chosen.log_pmf(outputs.detach(), most=60).exp()
    assert 1 - float(masses[0]) == pytest.approx(event, abs=1e-4)
    strength = float(masses[1:] @ torch.arange(1.0, 61, dtype=torch.float64)) / (1 - float(masses[0]))
    assert strength == pytest.approx(1.4, abs=0.01)


def test_a_balancing_weight_must_be_found_first():
    chosen = objective("two", "weighted-hurdle-negative-binomial")
    with pytest.raises(InputError, match="call `prepare`"):
        chosen.losses(torch.zeros(1, 3), torch.zeros(1))
    assert chosen.prepare(Y).state() == {"weight": pytest.approx(85 / 15)}


def test_the_loss_for_the_event_leaves_the_strength_alone():
    outputs = torch.randn(100, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    plain = Hurdle(dispersed=True).losses(outputs, Y)
    focal = Hurdle(dispersed=True, event=Focal()).losses(outputs, Y)
    assert torch.equal(plain["strength"], focal["strength"])
    assert not torch.equal(plain["occurrence"], focal["occurrence"])
