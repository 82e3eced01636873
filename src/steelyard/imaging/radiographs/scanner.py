"""What a machine makes of the rays: offset, gain, a curve, blur and noise that are its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from steelyard.imaging.radiographs.anatomy import Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """How dimming becomes grey levels, 0 to 1: offset + gain * dimming ** curve, blurred, with noise.

    Args:
        name: of the machine.
        offset: grey level of a pixel that dims nothing.
        gain: grey levels a unit of dimming.
        curve: exponent; 1 is straight.
        blur: standard deviation of the blur, in 224ths of the image's width.
        noise: standard deviation of the noise, in grey levels.
    """

    name: str
    offset: float
    gain: float
    curve: float
    blur: float
    noise: float

    def grey(self, dims: Plane, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Return an image of 8-bit grey levels."""
        signal = self.offset + self.gain * np.clip(dims, 0, 2) ** self.curve
        signal = ndimage.gaussian_filter(signal, self.blur * len(dims) / 224)
        noisy = signal + rng.normal(0, self.noise, signal.shape)
        return np.round(255 * np.clip(noisy, 0, 1)).astype(np.uint8)


SCANNERS = (
    Scanner(name="A", offset=0.10, gain=0.62, curve=1.0, blur=1.0, noise=0.025),
    Scanner(name="B", offset=0.25, gain=0.50, curve=0.9, blur=1.6, noise=0.035),
    Scanner(name="C", offset=0.02, gain=0.80, curve=1.2, blur=0.7, noise=0.030),
    Scanner(name="D", offset=0.35, gain=0.36, curve=1.0, blur=1.2, noise=0.020),
)
"""Four machines; B and D make pale images of little contrast, C dark ones of much."""
