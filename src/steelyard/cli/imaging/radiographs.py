"""Radiographs for the commands: ChestX-ray14 in a folder, or simulated ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIMULATED = "simulated"
_TEST_SHARE = 0.3


class Radiographs(NamedTuple):
    """Images with findings and patients, split by patient."""

    source: str
    train: tuple[Any, NDArray[np.bool_], NDArray[np.int64]]
    test: tuple[Any, NDArray[np.bool_], NDArray[np.int64]]


def read(data: str, *, images: int, size: int, seed: int, allow_missing: bool) -> Radiographs:
    """Return radiographs to train on and to test on; no patient is on both sides.

    Args:
        data: folder of ChestX-ray14, split by its official lists, or `simulated`.
        images: how many to simulate.
        size: pixels a side of simulated ones.
        seed: of the simulation.
        allow_missing: leave images out whose files aren't there.

    Raises:
        InputError: a folder that isn't ChestX-ray14, or too few images.
    """
    import numpy as np

    from steelyard.errors import InputError

    if data == SIMULATED:
        from steelyard.imaging.radiographs import SIMULATED as NAME
        from steelyard.imaging.radiographs import simulate_radiographs

        if images < 50:
            raise InputError(f"--images must be at least 50, but got {images}")
        drawn = simulate_radiographs(images, seed=seed, size=size)
        cut = int(np.searchsorted(drawn.patients, drawn.patients[int(images * (1 - _TEST_SHARE))]))
        first, rest = slice(None, cut), slice(cut, None)
        return Radiographs(
            source=NAME,
            train=(drawn.images[first], drawn.targets[first], drawn.patients[first]),
            test=(drawn.images[rest], drawn.targets[rest], drawn.patients[rest]),
        )
    from steelyard.imaging.chestxray14 import read_chestxray14

    whole = read_chestxray14(Path(data), allow_missing=allow_missing)
    train, test = whole.part("train_val"), whole.part("test")
    return Radiographs(
        source=f"ChestX-ray14 in {data}",
        train=(train.images, train.targets, train.patients),
        test=(test.images, test.targets, test.patients),
    )
