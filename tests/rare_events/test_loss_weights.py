import math

import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.loss_weights import LossWeights

PARTS = ("occurrence", "strength", "reconstruction")
LOSSES = {"reconstruction": torch.tensor(4.0), "occurrence": torch.tensor(0.5), "strength": torch.tensor(2.0)}


def test_equal_is_the_sum_and_has_nothing_to_learn():
    weights = LossWeights(parts=PARTS)
    assert weights(LOSSES).item() == 6.5
    assert not list(weights.parameters())
    assert weights.weights() == dict.fromkeys(PARTS, 1.0)


def test_given_numbers_go_by_name_not_by_order():
    weights = LossWeights({"strength": 0.25, "reconstruction": 0.0, "occurrence": 3.0}, parts=PARTS)
    assert weights(LOSSES).item() == pytest.approx(3 * 0.5 + 0.25 * 2)
    assert weights.weights() == {"occurrence": 3.0, "strength": 0.25, "reconstruction": 0.0}


def test_uncertainty_is_the_formula_and_so_is_its_gradient():
    weights = LossWeights("uncertainty", parts=PARTS)
    s = torch.tensor([0.3, -1.0, 2.0])
    with torch.no_grad():
        weights.log_variances.copy_(s)
    loss = weights(LOSSES)
    expected = sum(
        math.exp(-each) * float(LOSSES[part]) + each for part, each in zip(PARTS, s.tolist(), strict=True)
    )
    assert loss.item() == pytest.approx(expected, rel=1e-6)
    loss.backward()
    levels = torch.tensor([0.5, 2.0, 4.0])
    torch.testing.assert_close(weights.log_variances.grad, 1 - torch.exp(-s) * levels)
    assert weights.weights()["strength"] == pytest.approx(math.e)


def test_uncertainty_ends_at_weights_that_are_one_over_the_losses():
    weights = LossWeights("uncertainty", parts=PARTS)
    optimizer = torch.optim.Adam(weights.parameters(), lr=0.05)
    for _ in range(600):
        optimizer.zero_grad()
        weights(LOSSES).backward()
        optimizer.step()
    assert weights.weights() == pytest.approx(
        {"occurrence": 2.0, "strength": 0.5, "reconstruction": 0.25}, rel=1e-3
    )
    assert weights(LOSSES).item() == pytest.approx(3 + math.log(0.5 * 2 * 4), rel=1e-5)


def test_losses_get_their_weights_as_gradients():
    weights = LossWeights({"occurrence": 2.0, "strength": 0.5, "reconstruction": 1.0}, parts=PARTS)
    leaves = {part: torch.tensor(1.0, dtype=torch.float64, requires_grad=True) for part in PARTS}
    weights(leaves).backward()
    assert [leaves[part].grad.item() for part in PARTS] == [2.0, 0.5, 1.0]


def test_only_learned_weights_are_saved():
    assert list(LossWeights("uncertainty", parts=PARTS).state_dict()) == ["log_variances"]
    assert not LossWeights("equal", parts=PARTS).state_dict()


@pytest.mark.parametrize(
    ("weighing", "parts", "match"),
    [
        ("loudest", PARTS, "must be equal, uncertainty or a number"),
        ({"occurrence": 1.0}, PARTS, "has them for occurrence"),
        ({"occurrence": -1.0}, ("occurrence",), "at least 0, not all 0"),
        ({"occurrence": math.nan}, ("occurrence",), "finite numbers"),
        ({"occurrence": 0.0}, ("occurrence",), "not all 0"),
        ("equal", (), "each once, but got none"),
        ("equal", ("a", "a"), "each once"),
    ],
)
def test_refuses_what_cannot_weigh(weighing, parts, match):
    with pytest.raises(InputError, match=match):
        LossWeights(weighing, parts=parts)


def test_refuses_losses_of_other_parts():
    with pytest.raises(
        InputError, match="must be those of occurrence, strength, reconstruction, but got strength"
    ):
        LossWeights(parts=PARTS)({"strength": torch.tensor(1.0)})
