import numpy as np
import pytest
import torch

from steelyard.imaging.losses import WeightedCrossEntropy, base_rates, classes_loss


def test_the_weighted_loss_is_the_papers():
    """L = -w+ y log p - w- (1 - y) log(1 - p), w+ = N / (P + N), w- = P / (P + N), here doubled."""
    rng = np.random.default_rng(0)
    targets = (rng.random((40, 2)) < (0.1, 0.6)).astype(np.float32)
    logits = rng.normal(size=(40, 2))
    p, share = 1 / (1 + np.exp(-logits)), targets.mean(axis=0)
    expected = -2 * ((1 - share) * targets * np.log(p) + share * (1 - targets) * np.log1p(-p)).mean()
    loss = WeightedCrossEntropy(positives=base_rates(targets))
    assert float(loss(torch.from_numpy(logits), torch.from_numpy(targets))) == pytest.approx(expected)


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9])
def test_undone_the_best_constant_says_the_base_rate(rate):
    targets = torch.zeros(1000, 1)
    targets[: int(1000 * rate)] = 1
    loss = WeightedCrossEntropy(positives=(rate,))
    logit = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([logit], max_iter=50, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        value = loss(logit.expand(1000, 1), targets)
        value.backward()
        return value

    optimizer.step(closure)
    assert float(logit.detach().sigmoid()) == pytest.approx(0.5, abs=1e-6)
    assert float(loss.undo(logit.detach()).sigmoid()) == pytest.approx(rate, abs=1e-6)


def test_unweighted_is_the_usual_one_and_undoes_nothing():
    logits, targets = torch.randn(6, 3), (torch.rand(6, 3) < 0.5).float()
    loss = WeightedCrossEntropy(positives=None)
    usual = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
    assert torch.equal(loss(logits, targets), usual)
    assert torch.equal(loss.undo(logits), logits)


def test_classes_exclude_each_other():
    logits = torch.tensor([[2.0, 0.0, -1.0]])
    expected = -torch.log_softmax(logits, dim=1)[0, 1]
    assert torch.isclose(classes_loss(logits, torch.tensor([1])), expected)
