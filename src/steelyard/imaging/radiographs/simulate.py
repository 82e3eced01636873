"""Patients, their images and findings, all from one seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.radiographs.anatomy import Anatomy, body, grid
from steelyard.imaging.radiographs.planted import PREVALENCE, SHAPES, drawn_on, mask_of
from steelyard.imaging.radiographs.scanner import SCANNERS, Scanner

SIMULATED = (
    "simulated radiographs: drawings of lungs, heart and ribs with fourteen planted shapes; they have the names of ChestX-ray14's findings and "
    "nothing of their medicine"
)
"""One line that names the data and says that they are simulated."""
_STAYS = 0.7
_SMALLEST = 16
_MOST_SHIFT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Radiographs:
    """Simulated radiographs with what is in them.

    Args:
        images: grey levels, uint8, shape (images, size, size).
        targets: which findings each has, bool, shape (images, 14), in the order of `FINDINGS`.
        patients: number of each image's patient, shape (images,).
        scanners: name of the machine that made each, shape (images,).
        seed: that they were drawn from.
        contrast: of the findings.
        machines: the machines that may have made them.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.bool_]
    patients: NDArray[np.int64]
    scanners: NDArray[np.str_]
    seed: int
    contrast: float
    machines: tuple[Scanner, ...]

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self.images)

    def mask(self, image: int, finding: str) -> NDArray[np.bool_]:
        """Return where a finding is in an image, shape (size, size); nowhere when it isn't there.

        Raises:
            InputError: no such finding or image.
        """
        if finding not in FINDINGS or not 0 <= image < len(self):
            raise InputError(
                f"a mask must be of one of {len(self)} images and one of {', '.join(FINDINGS)}, but got {image} and {finding!r}"
            )
        size = self.images.shape[1]
        nth = FINDINGS.index(finding)
        if not self.targets[image, nth]:
            return np.zeros((size, size), bool)
        _, shapes = _drawn(
            self.seed,
            int(self.patients[image]),
            image,
            self.targets[image],
            size=size,
            contrast=self.contrast,
        )
        return mask_of(shapes[finding])


def simulate_radiographs(
    images: int,
    *,
    seed: int,
    size: int = 224,
    images_a_patient: float = 2.0,
    contrast: float = 1.0,
    scanners: Sequence[Scanner] = SCANNERS,
    on_image: Callable[[int], None] | None = None,
) -> Radiographs:
    """Return simulated radiographs; the same arguments give the same bits.

    A patient has an anatomy, one machine, and a number of images (1 and a Poisson's). A finding that one image has is in the
    patient's next one with probability 0.7, and others come at the rate that keeps every image's base rates. Each image
    shifts the chest a little and draws the findings' places, sizes and contrasts (half to one and a half of `contrast`) anew.

    Args:
        images: how many.
        seed: of everything.
        size: pixels a side, at least 16; small findings are under a pixel below about 48.
        images_a_patient: mean number, at least 1.
        contrast: of the findings; 0 plants nothing.
        scanners: machines, each as likely.
        on_image: called with the number of images drawn so far.

    Raises:
        InputError: an argument out of range.

    When it is wrong: always, as medicine. Findings are independent of each other, of the anatomy and of the machine, which they aren't in
    hospitals, so no network can win here by looking at the machine instead of the lung.

    Example:
        >>> drawn = simulate_radiographs(4, seed=0, size=64)
        >>> drawn.images.shape, drawn.images.dtype, drawn.targets.shape
        ((4, 64, 64), dtype('uint8'), (4, 14))
        >>> image, finding = map(int, np.argwhere(drawn.targets)[0])
        >>> bool(drawn.mask(image, FINDINGS[finding]).any())
        True
    """
    if images < 1 or size < _SMALLEST or images_a_patient < 1 or contrast < 0 or seed < 0 or not scanners:
        raise InputError(
            f"`images` and `images_a_patient` must be at least 1, `size` at least {_SMALLEST}, `contrast` and `seed` at least 0, with a scanner, "
            f"but got {images}, {images_a_patient}, {size}, {contrast}, {seed} and {len(scanners)} scanners"
        )
    rng = np.random.default_rng([seed, 0])
    patients = _patients(rng, images, images_a_patient)
    machine = rng.integers(0, len(scanners), size=int(patients[-1]) + 1)[patients]
    targets = _targets(rng, patients)
    pixels = np.empty((images, size, size), np.uint8)
    for nth in range(images):
        dims, _ = _drawn(seed, int(patients[nth]), nth, targets[nth], size=size, contrast=contrast)
        pixels[nth] = scanners[machine[nth]].grey(dims, np.random.default_rng([seed, 3, nth]))
        if on_image is not None:
            on_image(nth + 1)
    return Radiographs(
        images=pixels,
        targets=targets,
        patients=patients,
        scanners=np.array([scanners[each].name for each in machine]),
        seed=seed,
        contrast=contrast,
        machines=tuple(scanners),
    )


def _patients(rng: np.random.Generator, images: int, mean: float) -> NDArray[np.int64]:
    counts = 1 + rng.poisson(mean - 1, size=images)
    return np.repeat(np.arange(images), counts)[:images].astype(np.int64)


def _targets(rng: np.random.Generator, patients: NDArray[np.int64]) -> NDArray[np.bool_]:
    rates = np.array([PREVALENCE[name] for name in FINDINGS])
    fresh = rng.random((len(patients), len(FINDINGS))) < rates
    # Leaves with 1 - stays, comes with what keeps every image's base rate.
    stays = rng.random(fresh.shape) < _STAYS
    comes = rng.random(fresh.shape) < rates * (1 - _STAYS) / (1 - rates)
    targets = fresh
    for nth in range(1, len(patients)):
        if patients[nth] == patients[nth - 1]:
            targets[nth] = np.where(targets[nth - 1], stays[nth], comes[nth])
    return targets


def _drawn(
    seed: int, patient: int, image: int, targets: NDArray[np.bool_], *, size: int, contrast: float
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Return how much an image's pixels dim the rays, and the shape of each of its findings."""
    anatomy = Anatomy.drawn(np.random.default_rng([seed, 1, patient]))
    rng = np.random.default_rng([seed, 2, image])
    x, y = grid(size)
    across, down = rng.uniform(-_MOST_SHIFT, _MOST_SHIFT, 2).astype(np.float32)
    x, y = x - across, y - down
    dims = body(anatomy, x, y)
    chest = drawn_on(anatomy, x, y)
    shapes = {}
    for name, there in zip(FINDINGS, targets, strict=True):
        if there:
            shapes[name] = np.asarray(SHAPES[name](chest, rng), np.float32)
            dims = dims + 0.16 * contrast * rng.uniform(0.5, 1.5) * shapes[name]
    return dims, shapes
