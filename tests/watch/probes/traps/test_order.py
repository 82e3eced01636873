import pytest
import torch
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.probes.traps import order_matters


class Bags(nn.Module):
    def __init__(self, *, position):
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.place = nn.Embedding(9, 16), nn.Parameter(0.1 * torch.randn(5, 16))
        self.position = position
        self.body = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Linear(16, 3)

    def forward(self, words, mask):
        embedded = self.embedding(words) + (self.place if self.position else 0)
        latents = self.body(embedded, src_key_padding_mask=~mask)
        return self.head((latents * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))

    def latents(self, words, mask):
        return self.body(
            self.embedding(words) + (self.place if self.position else 0), src_key_padding_mask=~mask
        )


WORDS = torch.randint(9, (7, 5), generator=torch.Generator().manual_seed(0))
MASK = torch.arange(5) < torch.tensor([5, 4, 3, 5, 2, 1, 5])[:, None]


def test_detects_a_positional_code_in_outputs_and_latents():
    network = Bags(position=True)
    found = order_matters(network, (WORDS, MASK), seed=0)
    assert (found.code, found.severity) == ("F09", "warning")
    assert order_matters(network.latents, (WORDS, MASK), seed=0, equivariant=True).code == "F09"


def test_does_not_flag_a_network_for_bags():
    network = Bags(position=False).train()
    assert order_matters(network, (WORDS, MASK), seed=0) is None
    assert order_matters(network.latents, (WORDS, MASK), seed=0, equivariant=True) is None
    assert network.training


def test_detects_an_lstm_and_flattened_words():
    lstm = nn.LSTM(4, 8, batch_first=True)
    bags = torch.randn(6, 5, 4, generator=torch.Generator().manual_seed(1))
    assert order_matters(lambda x: lstm(x)[0][:, -1], [bags], seed=0, module=lstm).code == "F09"
    flat = nn.Sequential(nn.Flatten(), nn.Linear(20, 2))
    assert order_matters(flat, [bags], seed=0).code == "F09"


@pytest.mark.parametrize("places", [2, 3])
def test_no_bag_keeps_its_order(places):
    first = torch.arange(places).expand(40, places).float()
    assert order_matters(lambda x: x[:, :1], [first], seed=0).code == "F09"
    seen = []
    order_matters(lambda x: seen.append(x) or x.sum(1), [first], seed=0)
    assert (seen[1] != first).any(dim=1).all()
    assert torch.equal(seen[1].sort(dim=1).values, first)


def test_inputs_without_places_stay():
    bags, sizes = torch.randn(4, 3, 2), torch.arange(4.0)
    assert order_matters(lambda x, size: x.sum((1, 2)) * size, [bags, sizes], seed=0) is None


def test_refuses():
    with pytest.raises(InputError, match="n of 2 or more"):
        order_matters(nn.Identity(), [torch.ones(4, 1, 2)], seed=0)
    with pytest.raises(InputError, match="n of 2 or more"):
        order_matters(nn.Identity(), [torch.ones(4)], seed=0)
    with pytest.raises(InputError, match=r"must have shape \(batch, 3"):
        order_matters(lambda x: x.sum(1), [torch.ones(4, 3, 2)], seed=0, equivariant=True)
