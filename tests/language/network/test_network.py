import math

import pytest
import torch

from steelyard.errors import InputError
from steelyard.language.network import Architecture, LanguageNetwork

ARCHITECTURES = {
    "one layer": {"size": 12, "embedding": 5, "hidden": 8},
    "two layers": {"size": 12, "embedding": 5, "hidden": 8, "layers": 2},
    "one-hot": {"size": 12, "embedding": None, "hidden": 8, "layers": 2},
    "tied": {"size": 12, "embedding": 8, "hidden": 8, "tied": True},
    "more tokens than places": {"size": 200, "embedding": 5, "hidden": 8},
    "dropout": {
        "size": 12, "embedding": 5, "hidden": 8, "layers": 2, "dropout": 0.4, "embedding_dropout": 0.2, "weight_dropout": 0.3,
    },
    "spread": {"size": 12, "embedding": 5, "hidden": 8, "spread": 0.3},
}  # fmt: skip


def pass_through(network, ids, state, *, seed=3):
    generator = torch.Generator().manual_seed(seed)
    features, after = network(ids[:-1], state, generator=generator)
    loss = network.loss(features, ids[1:])
    return loss, after, torch.autograd.grad(loss, list(network.parameters()))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_own_kernels_and_pytorch_agree_on_loss_state_and_every_gradient(name):
    architecture = Architecture(**ARCHITECTURES[name])
    own = LanguageNetwork(architecture, seed=1)
    other = LanguageNetwork(architecture, seed=1, compiled=False)
    draw = torch.Generator().manual_seed(0)
    ids = torch.randint(architecture.size, (11, 3), generator=draw)
    state = [
        (torch.randn(3, 8, generator=draw), torch.randn(3, 8, generator=draw))
        for _ in range(architecture.layers)
    ]
    loss, after, gradients = pass_through(own, ids, state)
    wanted, after_wanted, gradients_wanted = pass_through(other, ids, state)
    torch.testing.assert_close(loss, wanted, atol=1e-6, rtol=1e-6)
    for pair, right in zip(after, after_wanted, strict=True):
        torch.testing.assert_close(pair, right, atol=1e-6, rtol=1e-5)
    for (weight, _), one, two in zip(own.named_parameters(), gradients, gradients_wanted, strict=True):
        torch.testing.assert_close(
            one, two, atol=2e-6, rtol=1e-4, msg=lambda text, weight=weight: f"{weight}: {text}"
        )


def test_gradients_are_those_of_finite_differences_in_double_precision():
    network = LanguageNetwork(Architecture(size=6, embedding=3, hidden=4, layers=2), seed=0).double()
    ids = torch.randint(6, (5, 2), generator=torch.Generator().manual_seed(0))
    names = [name for name, _ in network.named_parameters()]

    def loss(*weights):
        features, _ = torch.func.functional_call(
            network, dict(zip(names, weights, strict=True)), (ids[:-1], network.start(2))
        )
        return torch.nn.functional.cross_entropy(
            torch.nn.functional.linear(features, weights[-2], weights[-1]).flatten(0, 1), ids[1:].flatten()
        )

    assert names[-2:] == ["output.weight", "output.bias"]
    assert torch.autograd.gradcheck(loss, tuple(network.parameters()))


def test_an_untrained_network_guesses_as_it_was_told_to():
    frequencies = torch.tensor([0.5, 0.25, 0.125, 0.125])
    ids = torch.tensor([[0, 1, 2, 3, 0]]).t()

    def nats(start):
        network = LanguageNetwork(
            Architecture(size=4, embedding=4, hidden=64, output_start=start), seed=0, frequencies=frequencies
        )
        features, _ = network(ids[:-1], network.start(1))
        return network.nats(features, ids[1:])

    assert nats("uniform").mean() == pytest.approx(math.log(4), abs=0.05)
    assert nats("unigram").flatten().tolist() == pytest.approx(
        [-math.log(p) for p in (0.25, 0.125, 0.125, 0.5)], abs=0.15
    )
    assert nats("large").mean() > 2 * math.log(4)


def test_tied_weights_are_one():
    network = LanguageNetwork(Architecture(size=9, embedding=4, hidden=4, tied=True), seed=0)
    assert network.output.weight is network.embedding.weight
    assert sum(weight.numel() for weight in network.parameters()) == 9 * 4 + 2 * 4 * 4 * 4 + 2 * 16 + 9


def test_the_weights_load_into_pytorchs_own_modules():
    network = LanguageNetwork(Architecture(size=9, embedding=4, hidden=6), seed=0)
    lstm, output = torch.nn.LSTM(4, 6), torch.nn.Linear(6, 9)
    lstm.load_state_dict(network.layers[0].state_dict())
    output.load_state_dict(network.output.state_dict())
    ids = torch.tensor([[1, 2, 3]]).t()
    features, _ = network(ids, network.start(1))
    wanted, _ = lstm(network.embedding(ids))
    torch.testing.assert_close(
        network.log_probabilities(features), output(wanted).log_softmax(-1), atol=1e-6, rtol=1e-5
    )


def test_the_same_seed_gives_the_same_weights_and_another_others():
    one, same, other = (LanguageNetwork(Architecture(size=5, hidden=4), seed=seed) for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.output.weight, other.output.weight)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"hidden": 0}, "`hidden` must be at least 1"),
        ({"embedding": 0}, "`embedding` must be at least 1"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
        ({"weight_dropout": -0.1}, "`weight_dropout`"),
        ({"tied": True}, "`embedding` must equal `hidden`"),
        ({"spread": 0.0}, "`spread` must lie in"),
        ({"output_start": "zero"}, "`output_start` must be one of uniform, unigram, large"),
    ],
)
def test_what_is_out_of_range_is_refused(wrong, says):
    with pytest.raises(InputError, match=says):
        Architecture(size=5, **wrong)
