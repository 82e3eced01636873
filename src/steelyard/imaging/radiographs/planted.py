"""The fourteen planted findings: each a shape that dims (or lets through) the rays, and the mask of where it is.

They carry the names of ChestX-ray14 so that code for one runs on the other, and lie roughly where their namesakes do; nothing else
about them is medicine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.radiographs.anatomy import Anatomy, Plane, heart, lungs, soft_step

MASKED_FROM = 0.25
"""A pixel belongs to a finding's mask where its shape is at least this much of its peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chest:
    """What a shape is drawn on.

    Args:
        anatomy: the patient's.
        x: of every pixel.
        y: of every pixel.
        left: lung in the left half of the image, 0 to 1.
        right: lung in the right half.
    """

    anatomy: Anatomy
    x: Plane
    y: Plane
    left: Plane
    right: Plane

    @property
    def both(self) -> Plane:
        """Return both lungs."""
        return self.left + self.right

    def side(self, rng: np.random.Generator) -> tuple[float, Plane]:
        """Return a side at random: -1 or 1, and its lung."""
        return (-1.0, self.left) if rng.random() < 0.5 else (1.0, self.right)

    def place(
        self, rng: np.random.Generator, side: float, *, up: float = -0.6, down: float = 0.5
    ) -> tuple[float, float]:
        """Return x and y of a place in a lung, `up` to `down` in half-heights."""
        return (
            side * self.anatomy.apart + rng.uniform(-0.5, 0.5) * self.anatomy.lung_width,
            self.anatomy.top + rng.uniform(up, down) * self.anatomy.lung_height,
        )

    def blob(self, x: float, y: float, radius: float, *, flat: float = 1.0, soft: float = 0.3) -> Plane:
        """Return a disc (an ellipse, `flat` times as high) with soft edges."""
        away = np.sqrt((self.x - x) ** 2 + ((self.y - y) / flat) ** 2)
        return soft_step(away - radius, soft * radius)


Shape = Callable[[Chest, np.random.Generator], Plane]
"""Draws a finding's dimming at contrast 1, negative where more light gets through."""


def atelectasis(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a thin plate, nearly level, low in a lung."""
    side, lung = chest.side(rng)
    x, y = chest.place(rng, side, up=0.1, down=0.5)
    line = chest.y - y - rng.uniform(-0.3, 0.3) * (chest.x - x)
    return np.asarray(
        np.exp(-((line / 0.035) ** 2)) * soft_step(np.abs(chest.x - x) - 0.2, 0.03) * lung * 1.3
    )


def cardiomegaly(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return what a heart grown by a fifth to a half covers beyond its size."""
    grown = rng.uniform(1.25, 1.5)
    return (
        heart(chest.anatomy, chest.x, chest.y, larger=grown) - heart(chest.anatomy, chest.x, chest.y)
    ).clip(0) * 1.2


def effusion(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return fluid that fills a lung from below, higher at its outer edge."""
    side, lung = chest.side(rng)
    level = chest.anatomy.top + rng.uniform(0.25, 0.5) * chest.anatomy.lung_height
    outward = (side * chest.x - chest.anatomy.apart) / chest.anatomy.lung_width
    return soft_step(level - 0.12 * outward.clip(-1, 1.2) ** 2 - chest.y, 0.03) * lung * 1.8


def infiltration(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a faint cloud of several soft spots in one lung."""
    side, lung = chest.side(rng)
    x, y = chest.place(rng, side)
    spots = [
        chest.blob(x + rng.normal(0, 0.1), y + rng.normal(0, 0.12), rng.uniform(0.06, 0.12), soft=0.6)
        for _ in range(4)
    ]
    return np.asarray(np.minimum(np.sum(spots, axis=0), 1.3) * lung * 0.8)


def mass(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a round spot, large, with a clear edge."""
    side, lung = chest.side(rng)
    x, y = chest.place(rng, side)
    return chest.blob(x, y, rng.uniform(0.10, 0.16), soft=0.15) * lung * 1.5


def nodule(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a round spot, small, with a clear edge."""
    side, lung = chest.side(rng)
    x, y = chest.place(rng, side)
    return chest.blob(x, y, rng.uniform(0.035, 0.06), soft=0.15) * lung * 1.6


def pneumonia(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a dense cloud in the middle of one lung."""
    side, lung = chest.side(rng)
    x, y = chest.place(rng, side, up=-0.2, down=0.3)
    return chest.blob(x, y, rng.uniform(0.14, 0.2), flat=0.8, soft=0.5) * lung * 1.1


def pneumothorax(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return air at a lung's top: more light, and the collapsed lung's edge."""
    side, lung = chest.side(rng)
    depth = rng.uniform(0.10, 0.2)
    outward = (side * chest.x - chest.anatomy.apart) / chest.anatomy.lung_width
    height = (chest.y - chest.anatomy.top) / chest.anatomy.lung_height
    edge = np.sqrt((outward + depth * 2.5) ** 2 * 0.5 + (height - depth * 2.5) ** 2) - 0.95
    outside = soft_step(-edge, 0.03)
    return (-0.9 * outside + 0.5 * np.exp(-((edge / 0.05) ** 2))) * lung


def consolidation(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a third of a lung filled evenly, with a straight lower edge."""
    side, lung = chest.side(rng)
    _, y = chest.place(rng, side, up=-0.5, down=0.1)
    return soft_step(np.abs(chest.y - y) - 0.16, 0.025) * lung * 1.2


def edema(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return haze on both sides, densest beside the heart."""
    wide = rng.uniform(0.28, 0.38)
    return np.exp(-(((np.abs(chest.x) - 0.2) / wide) ** 2)) * chest.both * 0.9


def emphysema(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return lungs that let more light through, most at the top."""
    height = (chest.y - chest.anatomy.top) / chest.anatomy.lung_height
    return np.asarray(-rng.uniform(0.6, 1.0) * chest.both * (0.7 - 0.4 * height.clip(-1, 1)))


def fibrosis(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a net of fine lines low in both lungs."""
    angle = rng.uniform(0, np.pi)
    waves = [
        np.sin(30 * (chest.x * np.cos(angle + turn) + chest.y * np.sin(angle + turn))) for turn in (0.0, 1.1)
    ]
    height = (chest.y - chest.anatomy.top) / chest.anatomy.lung_height
    return np.asarray(np.maximum(*waves).clip(0) * soft_step(0.1 - height, 0.08) * chest.both)


def pleural_thickening(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a bright rim along a lung's outer edge."""
    side, lung = chest.side(rng)
    outward = (side * chest.x - chest.anatomy.apart) / chest.anatomy.lung_width
    height = (chest.y - chest.anatomy.top) / chest.anatomy.lung_height
    edge = np.sqrt(outward**2 + height**2)
    thick = rng.uniform(0.10, 0.18)
    return soft_step(1 - thick - edge, 0.03) * soft_step(-outward + 0.3, 0.05) * lung * 1.4


def hernia(chest: Chest, rng: np.random.Generator) -> Plane:
    """Return a bubble of gas with a wall, low behind the heart."""
    x, y = rng.uniform(-0.05, 0.12), chest.anatomy.top + rng.uniform(0.3, 0.4)
    radius = rng.uniform(0.10, 0.14)
    away = np.sqrt((chest.x - x) ** 2 + (chest.y - y) ** 2) - radius
    return -1.3 * soft_step(away, 0.02) + 0.9 * np.exp(-((away / 0.03) ** 2))


SHAPES: dict[str, Shape] = dict(
    zip(
        FINDINGS,
        (
            *(atelectasis, cardiomegaly, effusion, infiltration, mass, nodule, pneumonia, pneumothorax),
            *(consolidation, edema, emphysema, fibrosis, pleural_thickening, hernia),
        ),
        strict=True,
    )
)
"""The shape of each finding."""
PREVALENCE = dict(
    zip(FINDINGS, (0.12, 0.10, 0.13, 0.15, 0.08, 0.10, 0.06, 0.08, 0.07, 0.06, 0.08, 0.06, 0.07, 0.05), strict=True)
)  # fmt: skip
"""Share of images with each finding; not hospitals': their rarest findings would be too few to learn from."""


def drawn_on(anatomy: Anatomy, x: Plane, y: Plane) -> Chest:
    """Return a chest to draw on."""
    left, right = lungs(anatomy, x, y)
    return Chest(anatomy=anatomy, x=x, y=y, left=left, right=right)


def mask_of(shape: Plane) -> NDArray[np.bool_]:
    """Return where a shape is, by `MASKED_FROM`."""
    strength = np.abs(shape)
    return np.asarray(strength >= max(MASKED_FROM * float(strength.max()), 1e-6))
