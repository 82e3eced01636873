import pytest
import torch
from torch import nn

from steelyard.agents.network.pooling import masked_mean, normalised

LATENTS = torch.randn(4, 5, 8, generator=torch.Generator().manual_seed(0))
PRESENT = torch.tensor([[True, True, True, False, False]]).expand(4, -1)


def test_the_mean_is_over_the_words_that_are_there():
    torch.testing.assert_close(masked_mean(LATENTS, PRESENT), LATENTS[:, :3].mean(dim=1))
    torch.testing.assert_close(masked_mean(LATENTS, None), LATENTS.mean(dim=1))


def test_none_changes_nothing():
    assert normalised(LATENTS, "none", present=PRESENT, norm=None) is LATENTS


def test_l2_makes_unit_lengths_and_leaves_cosines():
    found = normalised(LATENTS, "l2", present=PRESENT, norm=None)
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(4, 5))
    cosine = nn.CosineSimilarity(dim=-1)
    torch.testing.assert_close(cosine(found[:, 0], found[:, 1]), cosine(LATENTS[:, 0], LATENTS[:, 1]))


def test_centring_takes_the_mean_of_the_words_that_are_there():
    found = normalised(LATENTS, "centre", present=PRESENT, norm=None)
    torch.testing.assert_close(masked_mean(found, PRESENT), torch.zeros(4, 8), atol=1e-6, rtol=0)
    torch.testing.assert_close(found[:, 0] - found[:, 1], LATENTS[:, 0] - LATENTS[:, 1])


def test_centring_does_not_look_at_other_bags():
    alone = normalised(LATENTS[:1], "centre", present=PRESENT[:1], norm=None)
    torch.testing.assert_close(alone, normalised(LATENTS, "centre", present=PRESENT, norm=None)[:1])


def test_layernorm_is_the_layer_norm():
    norm = nn.LayerNorm(8)
    assert torch.equal(normalised(LATENTS, "layernorm", present=PRESENT, norm=norm), norm(LATENTS))


def test_an_unknown_way_is_a_mistake_of_the_caller():
    with pytest.raises(AssertionError):
        normalised(LATENTS, "unit", present=None, norm=None)
