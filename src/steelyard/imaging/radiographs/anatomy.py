"""A chest as a drawing: how much each pixel dims the rays, from a handful of numbers that make one patient differ from the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
"""A number for every pixel, floating point, shape (height, width)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """What makes one patient's chest; lengths are in half-widths of the image, x to the right and y downwards from the middle.

    Args:
        lung_width: half the width of a lung.
        lung_height: half its height.
        apart: distance of a lung's middle from the spine.
        top: y of the lungs' middle.
        heart: radius of the heart.
        thickness: of the body; more dims all rays.
        ribs: pairs of them.
        rib_slope: how steeply they fall.
        rib_contrast: how much they dim.
    """

    lung_width: float
    lung_height: float
    apart: float
    top: float
    heart: float
    thickness: float
    ribs: int
    rib_slope: float
    rib_contrast: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Self:
        """Return a patient drawn at random."""
        return cls(
            lung_width=rng.normal(0.30, 0.02),
            lung_height=rng.normal(0.58, 0.04),
            apart=rng.normal(0.42, 0.02),
            top=rng.normal(-0.05, 0.03),
            heart=rng.normal(0.24, 0.015),
            thickness=rng.normal(1.0, 0.08),
            ribs=int(rng.integers(7, 10)),
            rib_slope=rng.normal(0.35, 0.06),
            rib_contrast=rng.normal(0.11, 0.02),
        )


@lru_cache(maxsize=4)
def grid(size: int) -> tuple[Plane, Plane]:
    """Return x and y of every pixel's middle, from -1 to 1, each of shape (size, size)."""
    line = ((np.arange(size) + 0.5) / size * 2 - 1).astype(np.float32)
    y, x = np.meshgrid(line, line, indexing="ij")
    return x, y


def soft_step(distance: Plane, width: float) -> Plane:
    """Return 1 well inside (distance below 0), 0 well outside, with an edge of about `width`."""
    return (1 / (1 + np.exp(np.clip(distance / width, -30, 30)))).astype(np.float32)


def lungs(anatomy: Anatomy, x: Plane, y: Plane) -> tuple[Plane, Plane]:
    """Return how much of each pixel is the left half's lung and the right half's, 0 to 1."""
    sides = []
    for side in (-1.0, 1.0):
        across = (x - side * anatomy.apart) / anatomy.lung_width
        down = (y - anatomy.top) / anatomy.lung_height
        outline = np.sqrt(across**2 + down**2 + 0.35 * np.maximum(-down, 0) * across**2) - 1
        dome = y - (anatomy.top + 0.72 * anatomy.lung_height - 0.10 * (1 - across**2))
        sides.append(soft_step(outline * anatomy.lung_width, 0.02) * soft_step(dome, 0.015))
    return sides[0], sides[1]


def heart(anatomy: Anatomy, x: Plane, y: Plane, *, larger: float = 1.0) -> Plane:
    """Return how much of each pixel is heart, 0 to 1; `larger` stretches it."""
    across = (x - 0.10 * larger) / (anatomy.heart * larger)
    down = (y - anatomy.top - 0.26) / (anatomy.heart * 0.95 * larger**0.5)
    return soft_step((np.sqrt(across**2 + down**2 + 0.4 * across * down) - 1) * anatomy.heart, 0.015)


def body(anatomy: Anatomy, x: Plane, y: Plane, *, larger_heart: float = 1.0) -> Plane:
    """Return how much every pixel dims the rays, without findings: tissue, lungs, heart, spine, ribs and collar bones."""
    left, right = lungs(anatomy, x, y)
    both = left + right
    trunk = soft_step(np.sqrt((x / 0.98) ** 2 + (np.maximum(y + 0.2, 0) / 1.6) ** 2) - 0.92, 0.04)
    shoulders = soft_step(-(y + 0.95 - 0.5 * x**2), 0.05)
    dims = 0.85 * trunk * shoulders * anatomy.thickness
    dims = dims - 0.52 * both * anatomy.thickness
    dims = dims + 0.38 * heart(anatomy, x, y, larger=larger_heart) * (0.35 + 0.65 * both)
    dims = dims + 0.26 * np.exp(-((x / 0.075) ** 2)) * trunk
    for nth in range(anatomy.ribs):
        middle = -0.78 + nth * 1.35 / anatomy.ribs + anatomy.top
        line = y - (middle + anatomy.rib_slope * (np.abs(x) - 0.25) ** 2 + 0.10 * np.abs(x))
        inside = soft_step(np.abs(x) - 0.86, 0.03) * soft_step(0.08 - np.abs(x), 0.02)
        dims = dims + anatomy.rib_contrast * np.exp(-((line / 0.028) ** 2)) * inside
    collar = y + 0.74 - 0.12 * np.abs(x)
    dims = dims + 0.10 * np.exp(-((collar / 0.03) ** 2)) * soft_step(np.abs(x) - 0.75, 0.03)
    return np.asarray(dims, np.float32)
