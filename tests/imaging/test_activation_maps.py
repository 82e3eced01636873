import io

import numpy as np
import torch
from PIL import Image

from steelyard.imaging.activation_maps import activation_maps, overlaid
from steelyard.imaging.backbones import make_backbone


def test_a_map_and_the_bias_make_the_output():
    network = make_backbone("small:4", outputs=3, seed=0).eval()
    batch = torch.rand(2, 3, 32, 32)
    maps = activation_maps(network, batch, sides=(8, 8))  # the size of the last maps: nothing is enlarged
    with torch.no_grad():
        logits = network(batch).numpy()
    np.testing.assert_allclose(
        maps.mean(axis=(2, 3)) + network.classifier.bias.detach().numpy(), logits, rtol=1e-5, atol=1e-6
    )


def test_a_picture_is_red_where_the_evidence_is():
    evidence = np.full((8, 8), -1.0, np.float32)
    evidence[2, 5] = 3.0
    picture = np.asarray(Image.open(io.BytesIO(overlaid(np.full((8, 8), 100, np.uint8), evidence)))).astype(
        int
    )
    assert picture.shape == (8, 8, 3)
    assert picture[2, 5, 0] > 180
    assert picture[2, 5, 2] < 50
    others = np.ones((8, 8), bool)
    others[2, 5] = False
    assert (picture[others] == 100).all()
