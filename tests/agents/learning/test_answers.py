import numpy as np
import torch

from steelyard.agents.learning import answers as module
from steelyard.agents.learning.answers import answers, log_probabilities
from steelyard.agents.learning.rows import Rows
from steelyard.agents.network import SetActorCritic


def rows(count, *, seed=0, allowed=None):
    words = np.random.default_rng(seed).integers(0, 3, (count, 4))
    words[:, 0] = 1
    return Rows(words=words, mask=words > 0, features=None, allowed=allowed)


def test_each_different_bag_is_asked_about_once(monkeypatch):
    network = SetActorCritic(3, 0, 2, width=8, seed=0)
    asked = []
    network.register_forward_pre_hook(lambda _, given: asked.append(len(given[0].words)))
    monkeypatch.setattr(module, "PIECE", 10)
    given = rows(500)
    answers(network, given)
    assert sum(asked) == len(given.distinct().first) == 27
    assert asked == [10, 10, 7]


def test_answers_are_the_network_s_in_the_order_of_the_rows():
    network = SetActorCritic(3, 0, 2, width=8, seed=0)
    given = rows(50)
    chances, values = answers(network, given)
    with torch.no_grad():
        logits, expected = network(given.shown("cpu"))
    np.testing.assert_allclose(values, expected.numpy(), atol=1e-6)
    np.testing.assert_allclose(chances, torch.log_softmax(logits, -1).numpy(), atol=1e-6)


def test_the_mode_is_left_as_it_was_and_dropout_is_off():
    network = SetActorCritic(3, 0, 2, width=8, dropout=0.5, seed=0)
    one, two = answers(network, rows(20)), answers(network, rows(20))
    assert network.training
    assert np.array_equal(one[1], two[1])


def test_what_is_not_allowed_has_no_probability_no_entropy_and_no_gradient():
    logits = torch.tensor([[1.0, 2.0, 0.5]], requires_grad=True)
    found = log_probabilities(logits, torch.tensor([[True, False, True]]))
    assert found.exp()[0, 1] == 0
    torch.testing.assert_close(found[0, [0, 2]], torch.log_softmax(logits[0, [0, 2]], 0))
    (found.exp() * found).sum().backward()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[0, 1] == 0
