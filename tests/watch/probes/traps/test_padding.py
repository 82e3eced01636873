import pytest
import torch
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.probes.traps import padding_is_read


class Bags(nn.Module):
    def __init__(self, *, masked=True, pooled="words"):
        super().__init__()
        torch.manual_seed(0)
        self.masked, self.pooled = masked, pooled
        self.embedding = nn.Embedding(9, 16)
        self.body = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)

    def forward(self, words, mask):
        latents = self.body(self.embedding(words), src_key_padding_mask=~mask if self.masked else None)
        if self.pooled == "all":
            return latents.mean(1)
        return (latents * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


MASK = torch.arange(5) < torch.tensor([5, 4, 3, 5, 2, 1, 5])[:, None]
WORDS = torch.randint(1, 9, (7, 5), generator=torch.Generator().manual_seed(0)) * MASK


@pytest.mark.parametrize("changes", [{"masked": False}, {"pooled": "all"}])
def test_detects(changes):
    found = padding_is_read(Bags(**changes), (WORDS, MASK), mask=MASK, seed=0)
    assert (found.code, found.severity) == ("F12", "warning")


def test_does_not_flag_masked_attention_and_pooling_over_words():
    network = Bags().train()
    assert padding_is_read(network, (WORDS, MASK), mask=MASK, seed=0) is None
    assert network.training


def test_words_and_masks_stay():
    seen = []

    def call(words, mask, scale):
        seen.append((words, mask, scale))
        return (words * mask).sum(1) * scale

    scale = torch.arange(7.0)
    assert padding_is_read(call, (WORDS.float(), MASK, scale), mask=MASK, seed=0) is None
    before, after = seen
    assert torch.equal(before[0][MASK], after[0][MASK])
    assert torch.equal(before[1], after[1])
    assert torch.equal(before[2], after[2])
    assert (after[0][~MASK] > 0).all()


def test_latents_at_padding_may_be_anything():
    assert padding_is_read(lambda x: x, [WORDS.float()], mask=MASK, seed=0, per_word=True) is None
    assert padding_is_read(lambda x: x, [WORDS.float()], mask=MASK, seed=0).code == "F12"


@pytest.mark.parametrize(
    ("inputs", "mask", "message"),
    [
        ([WORDS.float()], torch.ones(7, 5, dtype=torch.bool), "must have words and padding"),
        ([WORDS.float()], torch.zeros(7, 5, dtype=torch.bool), "must have words and padding"),
        ([WORDS.float()], MASK.float(), "`mask` must be boolean"),
        ([WORDS.float()], MASK[:4], "`mask` must be boolean of shape"),
        ([WORDS.float()[:, :4]], MASK, "hold none"),
    ],
)
def test_refuses(inputs, mask, message):
    with pytest.raises(InputError, match=message):
        padding_is_read(nn.Identity(), inputs, mask=mask, seed=0)


def test_refuses_outputs_without_places():
    with pytest.raises(InputError, match="with `per_word` outputs"):
        padding_is_read(lambda x: x.sum(1), [WORDS.float()], mask=MASK, seed=0, per_word=True)
