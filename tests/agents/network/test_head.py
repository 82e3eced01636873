import torch

from steelyard.agents.network import Architecture
from steelyard.agents.network.head import Head

SIZES = Architecture(vocabulary=5, features=0, actions=3, width=16)


def test_the_mean_before_the_linear_map_is_the_mean_after_it():
    torch.manual_seed(0)
    head = Head(SIZES, outputs=3)
    latents = torch.randn(4, 5, 16)
    present = torch.tensor([[True, True, True, False, False]]).expand(4, -1)
    outputs, read = head(latents, present)
    torch.testing.assert_close(outputs, head.linear(read)[:, :3].mean(dim=1))


def test_a_linear_head_reads_the_latents_as_they_are():
    head = Head(Architecture(vocabulary=5, features=0, actions=3, width=16, head="linear"), outputs=3)
    latents = torch.randn(4, 5, 16)
    assert head.encoder is None
    assert head(latents, None)[1] is latents


def test_a_gain_makes_the_first_outputs_small():
    outputs = {}
    for gain in (1.0, 0.01):
        torch.manual_seed(0)
        outputs[gain] = Head(SIZES, outputs=3, gain=gain)(torch.ones(1, 2, 16), None)[0]
    torch.testing.assert_close(outputs[0.01], outputs[1.0] * 0.01)
