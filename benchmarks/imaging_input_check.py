"""How often finding D08 cries wolf on healthy batches, and how often it sees each planted mistake.

Half of the images give the mean and standard deviation that are expected, batches are drawn from the other half.

    python benchmarks/imaging_input_check.py --data cifar10.zip   # folder or zip of colour images, a folder a class
    python benchmarks/imaging_input_check.py --quick              # squares of two photographs, where there is no file

Prints a line for each preparation and batch size with what was found how often, and ends with one line of JSON: the share of healthy
batches with a warning and, for each mistake, the share of batches of 32 where its own name was given.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.class_images import read_class_images
from steelyard.imaging.dataset import Statistics
from steelyard.imaging.input_check import Expected, check_input
from steelyard.imaging.preparation import Preparation

SIZE = 32
SHARED = Path(__file__).parents[2] / "shared" / "data" / "cifar10-10k-train-jpg.zip"


def preparations(healthy: Preparation) -> dict[str, Preparation]:
    """Return the right preparation under the name "", and each mistake's under the name that it should be given."""
    bare = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
    return {
        "": healthy,
        "input-scale-255": replace(healthy, divide_by=1.0, **bare),
        "input-scale-255-normalised": replace(healthy, divide_by=1.0),
        "input-not-normalised": replace(healthy, **bare),
        "input-normalised-twice": replace(healthy, times=2),
        "input-scaled-twice": replace(healthy, divide_by=255.0**2),
        "input-minus-one-to-one": replace(healthy, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
        "input-per-image": replace(healthy, per_image=True),
        "input-channel-order": replace(healthy, order="bgr"),
    }


def patches() -> NDArray[np.uint8]:
    """Return the two photographs that scikit-learn brings along, cut into squares, shape (squares, size, size, 3)."""
    from sklearn.datasets import load_sample_images

    found = []
    for photograph in load_sample_images().images:
        rows, columns = (length // SIZE for length in photograph.shape[:2])
        cut = photograph[: rows * SIZE, : columns * SIZE].reshape(rows, SIZE, columns, SIZE, 3)
        found.append(cut.swapaxes(1, 2).reshape(-1, SIZE, SIZE, 3))
    print("no file of images there: squares of scikit-learn's two photographs are taken instead")
    return np.ascontiguousarray(np.concatenate(found))


def counted(
    images: NDArray[np.uint8], preparation: Preparation, expected: Expected, *, batch: int, batches: int
) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in range(batches):
        chosen = np.random.default_rng([seed, batch]).choice(len(images), batch, replace=False)
        findings = check_input(preparation.batch(images, chosen), expected)
        found[",".join(each.name for each in findings if each.severity != "info")] += 1
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--data", type=Path, default=SHARED)
    arguments.add_argument("--quick", action="store_true")
    given = arguments.parse_args()
    whole = read_class_images(given.data, size=SIZE).images if given.data.exists() else patches()
    order = np.random.default_rng(0).permutation(len(whole))
    known, images = np.array_split(order, 2)
    statistics = Statistics.of(whole[known])
    expected = Expected(mean=statistics.mean, std=statistics.std, size=(SIZE, SIZE))
    healthy = Preparation(size=SIZE, mean=statistics.mean, std=statistics.std)
    sizes = {8: 60, 32: 60} if given.quick else {8: 300, 32: 300, 128: 60, 512: 60}
    alarms = checked = 0
    seen: dict[str, float] = {}
    for name, preparation in preparations(healthy).items():
        for batch, batches in sizes.items():
            found = counted(whole[images], preparation, expected, batch=batch, batches=batches)
            said = ", ".join(f"{each or 'nothing'} {count}" for each, count in found.most_common())
            print(f"{name or 'healthy':28} batches of {batch:3}: {said}", flush=True)
            if not name:
                alarms, checked = alarms + batches - found[""], checked + batches
            elif batch == 32:
                seen[name] = found[name] / batches
    summary = {"benchmark": "imaging_input_check", "healthy": checked, "false_alarms": alarms / checked}
    print(json.dumps({**summary, "seen": seen}))


if __name__ == "__main__":
    main()
