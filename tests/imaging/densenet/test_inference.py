import copy

import torch

from steelyard.imaging.densenet import DenseNet, FusedDenseNet


def trained(seed=0, **sizes):
    """A network whose batch norms hold statistics of data, as after training."""
    torch.manual_seed(seed)
    network = DenseNet(**sizes)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2) if parameter.ndim == 1 else None
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(4, 3, 64, 64))
    return network.eval()


def test_same_outputs_and_maps_as_the_network():
    network = trained(outputs=5, blocks=(3, 2, 2), growth=8, stem=8).double()
    before = copy.deepcopy(network.state_dict())
    images = torch.rand(3, 3, 70, 90, dtype=torch.float64)
    fused = FusedDenseNet(network)
    with torch.no_grad():
        torch.testing.assert_close(fused(images), network(images), rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(
            fused.feature_maps(images), network.feature_maps(images), rtol=1e-10, atol=1e-12
        )
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_densenet_121_in_single_precision():
    network = trained(outputs=14)
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(FusedDenseNet(network)(images), network(images), rtol=1e-3, atol=1e-3)


def test_it_only_predicts():
    fused = FusedDenseNet(DenseNet(outputs=2, blocks=(1, 1), growth=4, stem=4))
    assert not fused.training
    assert not any(each.requires_grad for each in fused.parameters())
