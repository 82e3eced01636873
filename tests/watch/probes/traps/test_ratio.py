import pytest
import torch
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.probes.traps import ratio_off_one

STATES = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))


def policy(between):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 32), between, nn.Tanh(), nn.Linear(32, 3))


@pytest.mark.parametrize("between", [nn.Dropout(0.1), nn.BatchNorm1d(32)])
def test_detects_what_differs_between_acting_and_learning(between):
    network = policy(between)
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    found = ratio_off_one(network, [STATES], seed=0)
    assert (found.code, found.severity) == ("F10", "warning")
    assert 0 <= found.evidence["clipped_by_noise"] <= 1
    assert all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())
    assert network.training


def test_detects_dropout_where_acting_drops_too():
    found = ratio_off_one(policy(nn.Dropout(0.1)), [STATES], seed=0, acting="train")
    assert found.code == "F10"


def test_detects_the_default_dropout_of_an_encoder_layer():
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    bags = torch.randn(16, 5, 16, generator=torch.Generator().manual_seed(1))
    found = ratio_off_one(lambda x: layer(x).mean(1), [bags], seed=0, module=layer)
    assert found.evidence["largest_distance_from_one"] > 0.1


def test_does_not_flag_a_network_without_or_one_that_learns_in_evaluation_mode():
    assert ratio_off_one(policy(nn.Identity()), [STATES], seed=0) is None
    assert ratio_off_one(policy(nn.Dropout(0.0)), [STATES], seed=0) is None
    assert ratio_off_one(policy(nn.Dropout(0.3)), [STATES], seed=0, learning="eval") is None


def test_logits_and_log_probabilities_say_the_same():
    network = policy(nn.Dropout(0.1))
    logits = ratio_off_one(network, [STATES], seed=0)
    logs = ratio_off_one(lambda x: network(x).log_softmax(1), [STATES], seed=0, module=network)
    assert logs.evidence["largest_distance_from_one"] == pytest.approx(
        logits.evidence["largest_distance_from_one"], rel=1e-4
    )


def test_refuses():
    with pytest.raises(InputError, match="`module` must be given"):
        ratio_off_one(lambda x: x, [STATES], seed=0)
    network = policy(nn.Identity())
    with pytest.raises(InputError, match=r"logits of shape \(batch, actions\) only"):
        ratio_off_one(lambda x: (network(x), x), [STATES], seed=0, module=network)
