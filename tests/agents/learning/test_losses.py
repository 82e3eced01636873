import pytest
import torch

from steelyard.agents.learning.losses import clipped_loss, entropies, plain_loss, squared_error

OLD = torch.log(torch.tensor(0.5))


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss", "slope"),
    [
        (1.0, 2.0, -2.0, -2.0),
        (1.1, 2.0, -2.2, -2.2),
        (1.5, 2.0, -2.4, 0.0),  # risen enough
        (0.5, 2.0, -1.0, -1.0),  # fallen though it was good: goes on
        (0.5, -2.0, 1.6, 0.0),  # fallen enough
        (1.5, -2.0, 3.0, 3.0),  # risen though it was bad: goes on
    ],
)
def test_the_clipped_loss_and_its_slope(ratio, advantage, loss, slope):
    now = (OLD + torch.log(torch.tensor(ratio))).reshape(1).requires_grad_()
    found = clipped_loss(now, OLD.reshape(1), torch.tensor([advantage]), clip=0.2)
    found.sum().backward()
    torch.testing.assert_close(found, torch.tensor([loss]))
    torch.testing.assert_close(now.grad, torch.tensor([slope]))  # d(-rA)/d ln r = -rA


def test_at_equal_weights_the_gradient_is_reinforce_s():
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    actions, advantages = torch.arange(6) % 4, torch.linspace(-2, 2, 6, dtype=torch.float64)
    gradients = []
    for kind in ("ppo", "plain"):
        given = logits.clone().requires_grad_()
        chosen = torch.log_softmax(given, -1)[torch.arange(6), actions]
        loss = (
            clipped_loss(chosen, chosen.detach(), advantages, clip=0.2)
            if kind == "ppo"
            else plain_loss(chosen, advantages)
        )
        loss.sum().backward()
        gradients.append(given.grad)
    torch.testing.assert_close(gradients[0], gradients[1])
    # closed form: advantage x (probability - one-hot)
    one_hot = torch.nn.functional.one_hot(actions, 4)
    torch.testing.assert_close(gradients[0], advantages[:, None] * (torch.softmax(logits, -1) - one_hot))


def test_the_squared_error_s_slope_is_the_error():
    values = torch.tensor([1.0, -2.0], requires_grad=True)
    squared_error(values, torch.tensor([3.0, 0.0])).sum().backward()
    assert values.grad.tolist() == [-2.0, -2.0]


def test_the_entropy_and_its_slope():
    logits = torch.randn(
        5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    ).requires_grad_()
    found = entropies(torch.log_softmax(logits, -1))
    torch.testing.assert_close(found, torch.distributions.Categorical(logits=logits).entropy())
    found.sum().backward()
    chances = torch.softmax(logits.detach(), -1)
    expected = -chances * (chances.log() + found.detach()[:, None])
    torch.testing.assert_close(logits.grad, expected)
