"""Class activation maps (Zhou et al. 2016): where in an image a finding's evidence lies, as numbers and as pictures."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from steelyard.data.images.eight_bit import Pixels
from steelyard.imaging.backbones.named import Backbone, head_of

_STRONGEST = np.array((255.0, 40.0, 0.0))
_OPACITY = 0.6


def activation_maps(network: nn.Module, batch: Tensor, *, sides: tuple[int, int]) -> NDArray[np.float32]:
    """Return every output's map for every image, shape (images, outputs, height, width).

    An output is its bias plus the mean over places of the head's weights times the last feature maps; the map is the summand at each
    place, so that (before it is enlarged to the image) its mean plus the bias is the output exactly. Positive: evidence for.

    Args:
        network: a backbone; put into evaluation mode.
        batch: prepared images, shape (images, 3, height, width).
        sides: height and width to enlarge to, bilinearly.

    Raises:
        InputError: a network whose last features aren't maps.

    When it is wrong: each place of a DenseNet's last maps sees the whole image, so a map says where evidence is summed up, not that nothing
    else was looked at.
    """
    network.eval()
    head = head_of(network)
    with torch.inference_mode():
        maps = cast(Backbone, network).feature_maps(batch)
        found = torch.einsum("nchw,kc->nkhw", maps.float(), head.weight.float())
        enlarged = functional.interpolate(found, size=sides, mode="bilinear", align_corners=False)
    return np.asarray(enlarged.cpu().numpy(), np.float32)


def overlaid(image: Pixels, evidence: NDArray[np.float32]) -> bytes:
    """Return a PNG of an image in grey with a map laid over it in red; only evidence for is shown, the strongest densest.

    Args:
        image: (height, width) or (height, width, 3).
        evidence: shape (height, width).

    Example:
        >>> overlaid(np.zeros((8, 8), np.uint8), np.eye(8, dtype=np.float32))[1:4]
        b'PNG'
    """
    grey = np.asarray(Image.fromarray(image).convert("L"), np.float64)[..., None]
    positive = np.clip(evidence, 0, None).astype(np.float64)
    strength = (positive / max(float(positive.max()), 1e-12) * _OPACITY)[..., None]
    blended = (1 - strength) * grey + strength * _STRONGEST
    file = io.BytesIO()
    Image.fromarray(np.round(blended).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()
