import numpy as np
import pytest
import torch
from torch import nn

from steelyard.language.network.exponential import exponential, sigmoid, tanh
from steelyard.language.network.recurrence import recur
from steelyard.study.threads import limited_threads


def layer(inputs=5, hidden=7, seed=0):
    torch.manual_seed(seed)
    return nn.LSTM(inputs, hidden)


def ours(lstm, x, state):
    gates = nn.functional.linear(x, lstm.weight_ih_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0)
    return recur(gates, lstm.weight_hh_l0, state)


@pytest.mark.parametrize(("steps", "batch", "hidden"), [(1, 1, 1), (6, 3, 7), (17, 32, 64), (40, 2, 33)])
def test_outputs_states_and_gradients_are_those_of_pytorch(steps, batch, hidden):
    lstm = layer(hidden=hidden)
    draw = torch.Generator().manual_seed(1)
    x = torch.randn(steps, batch, 5, generator=draw, requires_grad=True)
    state = tuple(torch.randn(batch, hidden, generator=draw) for _ in range(2))
    weighing = torch.randn(steps, batch, hidden, generator=draw)
    outputs, (last, cell) = ours(lstm, x, state)
    wanted, (last_wanted, cell_wanted) = lstm(x, (state[0][None], state[1][None]))
    torch.testing.assert_close(outputs, wanted, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(last, last_wanted[0].detach(), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(cell, cell_wanted[0].detach(), atol=1e-6, rtol=1e-5)
    names = ["x", *(name for name, _ in lstm.named_parameters())]
    given = torch.autograd.grad((outputs * weighing).sum(), [x, *lstm.parameters()])
    right = torch.autograd.grad((wanted * weighing).sum(), [x, *lstm.parameters()])
    for name, one, other in zip(names, given, right, strict=True):
        torch.testing.assert_close(
            one, other, atol=2e-5, rtol=1e-4, msg=lambda text, name=name: f"{name}: {text}"
        )


def test_a_window_in_two_halves_is_the_window_whole():
    lstm = layer()
    x = torch.randn(10, 4, 5, generator=torch.Generator().manual_seed(0))
    zero = (torch.zeros(4, 7), torch.zeros(4, 7))
    whole, end = ours(lstm, x, zero)
    first, between = ours(lstm, x[:6], zero)
    second, end_of_halves = ours(lstm, x[6:], between)
    torch.testing.assert_close(torch.cat([first, second]), whole, atol=0, rtol=0)
    assert all(torch.equal(one, other) for one, other in zip(end, end_of_halves, strict=True))


def test_no_gradient_reaches_the_state_before_or_comes_from_the_state_after():
    lstm = layer()
    state = tuple(torch.zeros(2, 7) for _ in range(2))
    _, (hidden, cell) = ours(lstm, torch.ones(3, 2, 5), state)
    assert not hidden.requires_grad
    assert not cell.requires_grad


def test_gates_and_state_of_the_caller_are_left_as_they_were():
    gates = torch.randn(3, 2, 12)
    state = (torch.ones(2, 3), torch.ones(2, 3))
    before = gates.clone()
    recur(gates, torch.randn(12, 3), state)
    assert torch.equal(gates, before)
    assert torch.equal(state[0], torch.ones(2, 3))


def test_a_gradient_can_be_asked_for_twice_from_one_graph():
    lstm = layer()
    state = tuple(torch.zeros(2, 7) for _ in range(2))
    outputs, _ = ours(lstm, torch.ones(3, 2, 5), state)
    first = torch.autograd.grad(outputs.sum(), lstm.weight_hh_l0, retain_graph=True)[0]
    again = torch.autograd.grad(outputs.sum(), lstm.weight_hh_l0)[0]
    assert torch.equal(first, again)


def test_the_exponential_and_what_is_made_of_it_are_within_their_bounds():
    x = np.concatenate([np.linspace(-87, 88, 40_001), [-1e-30, 0.0, 1e-30]]).astype(np.float32)
    exact = np.exp(x.astype(np.float64))
    found = np.array([exponential(each) for each in x])
    assert np.max(np.abs(found / exact - 1)) < 3e-7
    narrow = x[np.abs(x) < 40]
    assert np.max(np.abs([sigmoid(each) - 1 / (1 + np.exp(-np.float64(each))) for each in narrow])) < 2e-7
    assert np.max(np.abs([tanh(each) - np.tanh(np.float64(each)) for each in narrow])) < 3e-7


def test_the_exponential_holds_its_argument_to_what_single_precision_has():
    assert np.isfinite(exponential(np.float32(1e4)))
    assert 0 < exponential(np.float32(-1e4)) < 1e-37


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_bits_do_not_depend_on_the_number_of_threads(threads):
    lstm = layer(hidden=40)
    x = torch.randn(9, 13, 5, generator=torch.Generator().manual_seed(0))
    state = (torch.zeros(13, 40), torch.zeros(13, 40))
    gates = nn.functional.linear(x, lstm.weight_ih_l0, lstm.bias_ih_l0).detach().requires_grad_()

    def run(count):
        with limited_threads(count):
            outputs, _ = recur(gates, lstm.weight_hh_l0, state)
            return outputs.detach(), torch.autograd.grad(outputs.sum(), gates)[0]

    for one, other in zip(run(1), run(threads), strict=True):
        assert torch.equal(one, other)
