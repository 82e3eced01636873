import pytest
import torch
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.probes.traps import batch_leak


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Attention(nn.Module):
    def __init__(self, *, batch_first):
        super().__init__()
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=batch_first)
        self.body, self.head = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.Linear(16, 3)

    def forward(self, words, mask):
        latents = self.body(words)
        return self.head((latents * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)), {"latents": latents}


INPUTS = (drawn(6, 4, 16), torch.ones(6, 4))


def test_detects_attention_over_the_batch():
    found = batch_leak(Attention(batch_first=False), INPUTS, seed=0)
    assert (found.code, found.severity) == ("F07", "error")
    assert found.evidence["moved"] > 100 * found.evidence["threshold"]


def test_detects_a_recurrent_layer_over_the_batch():
    torch.manual_seed(0)
    wrong, right = (nn.LSTM(16, 8, batch_first=first) for first in (False, True))
    for layer, code in ((wrong, "F07"), (right, None)):
        found = batch_leak(lambda x, layer=layer: layer(x)[0], [INPUTS[0]], seed=0, module=layer)
        assert (None if found is None else found.code) == code


def test_detects_a_small_leak_beside_a_large_constant():
    found = batch_leak(lambda x: x + 0.02 * x.mean(0, keepdim=True) + 5, [drawn(64, 3)], seed=0)
    assert found.code == "F07"


@pytest.mark.parametrize("training", [True, False])
def test_does_not_flag_attention_over_words_and_leaves_everything_as_it_was(training):
    network = Attention(batch_first=True).train(training)
    before = torch.get_rng_state()
    assert batch_leak(network, INPUTS, seed=0, step=3) is None
    assert torch.equal(torch.get_rng_state(), before)
    assert all(each.training is training for each in network.modules())


def test_does_not_flag_dropout_or_a_batch_norm():
    network = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 2))
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    assert batch_leak(network, [drawn(16, 3)], seed=0) is None
    assert (
        batch_leak(lambda x: network.train()(x)[:, :1] * 0 + x, [drawn(16, 3)], seed=0, module=network)
        is None
    )
    assert all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())
    assert (
        batch_leak(lambda x: nn.functional.dropout(x, 0.5), [drawn(16, 3)], seed=0) is None
    )  # same draws in both calls


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_in_other_precisions(dtype):
    inputs = [each.to(dtype) for each in INPUTS]
    assert batch_leak(Attention(batch_first=True).to(dtype), inputs, seed=0) is None
    assert batch_leak(Attention(batch_first=False).to(dtype), inputs, seed=0).code == "F07"


@pytest.mark.parametrize(
    ("call", "inputs", "message"),
    [
        (nn.Identity(), [torch.ones(5, 2)], "at least two different samples"),
        (nn.Identity(), [drawn(2, 2)], "at least 3 samples, but got 2"),
        (nn.Identity(), [], "one or more tensors"),
        (nn.Identity(), [[1.0, 2.0, 3.0]], "one or more tensors"),
        (lambda x, y: x, [drawn(4, 2), drawn(5, 2)], "as many samples each"),
        (lambda x: x.mean(), [drawn(4, 2)], "a row for each of the 4 samples"),
        (lambda x: x / 0, [drawn(4, 2)], "must be finite"),
        (lambda x: "nothing", [drawn(4, 2)], "returned none"),
    ],
)
def test_refuses(call, inputs, message):
    with pytest.raises(InputError, match=message):
        batch_leak(call, inputs, seed=0)
