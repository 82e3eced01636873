"""The images of a question: a source to pretrain on, and a target whose statistics differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.class_images import ClassImages, read_class_images
from steelyard.data.images.digits import digits
from steelyard.errors import InputError
from steelyard.imaging.radiographs import SIMULATED, simulate_radiographs
from steelyard.imaging.radiographs.scanner import SCANNERS

DIGITS = "digits"
"""What stands for scikit-learn's digits where a file of source images could be named."""
SIDE = 32
"""Pixels a side of the questions' images."""
_CONTRAST = 2.0
_DARK, _PALE = SCANNERS[2], SCANNERS[3]
_TEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """Images with targets.

    Args:
        images: uint8, shape (images, size, size) or (images, size, size, 3).
        targets: shape (images, findings) of 0 and 1, float32, or (images,) of class numbers.
    """

    images: NDArray[np.uint8]
    targets: NDArray[Any]

    def chosen(self, rows: NDArray[np.int64]) -> Self:
        """Return some of them."""
        return type(self)(images=self.images[rows], targets=self.targets[rows])

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of images and targets."""
        whole = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        whole.update(np.ascontiguousarray(self.targets).tobytes())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistics:
    """Mean and standard deviation of the pixels of many images, a channel each, on the 0-1 scale.

    Args:
        mean: shape (3,).
        std: of all pixels of a channel (population), shape (3,).
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> Self:
        """Return the statistics of images, exactly: from counts of grey levels.

        Example:
            >>> Statistics.of(np.array([[[0, 255]]], np.uint8)).mean
            (0.5, 0.5, 0.5)
        """
        channels = [images] if images.ndim == 3 else [images[..., each] for each in range(3)]
        found = [_moments(channel) for channel in channels] * (3 // len(channels))
        return cls(mean=tuple(mean for mean, _ in found), std=tuple(std for _, std in found))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """What a question is asked on.

    Args:
        source_name: one line on the source.
        target_name: one line on the target.
        source: what is pretrained on.
        outputs: units of the pretrained head.
        target: what is learned from; a seed takes some of it.
        test: what is tested on.
        patients: number of each test image's patient.
    """

    source_name: str
    target_name: str
    source: Labelled
    outputs: int
    target: Labelled
    test: Labelled
    patients: NDArray[np.int64]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of everything."""
        parts = (self.source.fingerprint, self.target.fingerprint, self.test.fingerprint)
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def describe(self) -> dict[str, str]:
        """Return sources, sizes and statistics as text for people to read."""
        source, target = Statistics.of(self.source.images), Statistics.of(self.target.images)
        return {
            "source": self.source_name,
            "target": self.target_name,
            "source images": f"{len(self.source.images)}, {_shown(source)}",
            "target images": f"{len(self.target.images)} to learn from and {len(self.test.images)} to test on, {_shown(target)}",
            "fingerprint": self.fingerprint,
        }


@lru_cache(maxsize=2)
def load(data: str | None, fingerprint: str = "") -> Dataset:
    """Return a source and simulated radiographs of a pale machine as the target; read or drawn once a process.

    Args:
        data: folder or zip of source images by class, `digits`, or None: simulated radiographs of a machine that makes dark images of much
            contrast.
        fingerprint: when not empty, what the data must still be.

    Raises:
        InputError: data that can't be read, or that have changed.
    """
    drawn = simulate_radiographs(2500, seed=10_001, size=SIDE, contrast=_CONTRAST, scanners=[_PALE])
    # Patients are in order: none is on both sides.
    cut = int(np.searchsorted(drawn.patients, drawn.patients[len(drawn) - _TEST]))
    whole = Labelled(images=drawn.images, targets=drawn.targets.astype(np.float32))
    source, outputs, name = _source(data)
    found = Dataset(
        source_name=name,
        target_name=f"machine {_PALE.name} of {SIMULATED}",
        source=source,
        outputs=outputs,
        target=whole.chosen(np.arange(cut)),
        test=whole.chosen(np.arange(cut, len(drawn))),
        patients=drawn.patients[cut:],
    )
    _check_unchanged(found, fingerprint, data)
    return found


@lru_cache(maxsize=2)
def load_colours(data: str | None, fingerprint: str = "") -> Dataset:
    """Return colour images: half of the classes as the source, the others as the target; arguments as for `load`.

    Without data, scikit-learn's digits on coloured paper: each class has a hue that its images' ink leans to.

    Raises:
        InputError: data that can't be read, that have changed, or fewer than 4 classes.
    """
    given = _coloured_digits() if data in {None, DIGITS} else read_class_images(Path(str(data)), size=SIDE)
    if len(given.classes) < 4:
        raise InputError(
            f"{data} must hold at least 4 classes, half of them to pretrain on, but has {len(given.classes)}"
        )
    half = len(given.classes) // 2
    first = given.labels < half
    rng = np.random.default_rng(10_002)
    rest = rng.permutation(np.flatnonzero(~first))
    test, learn = np.sort(rest[: len(rest) // 2][:_TEST]), np.sort(rest[len(rest) // 2 :])
    one_hot = np.eye(len(given.classes) - half, dtype=np.float32)[np.maximum(given.labels - half, 0)]
    target = Labelled(images=given.images, targets=one_hot)
    name = "scikit-learn's digits, coloured" if data in {None, DIGITS} else str(data)
    found = Dataset(
        source_name=f"{name}: {', '.join(given.classes[:half])}",
        target_name=f"{name}: {', '.join(given.classes[half:])}",
        source=Labelled(images=given.images[first], targets=given.labels[first]),
        outputs=half,
        target=target.chosen(learn),
        test=target.chosen(test),
        patients=np.arange(len(test)),
    )
    _check_unchanged(found, fingerprint, data)
    return found


def _source(data: str | None) -> tuple[Labelled, int, str]:
    if data is None:
        drawn = simulate_radiographs(2000, seed=10_000, size=SIDE, contrast=_CONTRAST, scanners=[_DARK])
        labelled = Labelled(images=drawn.images, targets=drawn.targets.astype(np.float32))
        return labelled, drawn.targets.shape[1], f"machine {_DARK.name} of {SIMULATED}"
    given = digits(SIDE) if data == DIGITS else read_class_images(Path(data), size=SIDE)
    name = "scikit-learn's digits" if data == DIGITS else data
    labelled = Labelled(images=given.images, targets=given.labels)
    return labelled, len(given.classes), f"{name}, {len(given.classes)} classes"


def _check_unchanged(found: Dataset, fingerprint: str, data: str | None) -> None:
    if fingerprint and found.fingerprint != fingerprint:
        raise InputError(
            f"the images of {data or 'the simulator'} must stay as they were when the study began, but they have changed; start a new study"
        )


def _coloured_digits() -> ClassImages:
    """Return digits in ink whose hue leans to one of its class's own, on paper of any colour, faded and noisy."""
    grey = digits(SIDE)
    rng = np.random.default_rng(10_003)
    count = len(grey.images)
    hue = (grey.labels * 0.37 + rng.normal(0, 0.12, count)) % 1.0
    ink = 0.5 + 0.45 * np.cos(2 * np.pi * (hue[:, None] - np.array([0, 1 / 3, 2 / 3])))
    paper = rng.uniform(0.2, 0.8, (count, 3))
    share = 0.6 * (grey.images[..., :1] / 255)
    mixed = share * ink[:, None, None] + (1 - share) * paper[:, None, None]
    noisy = mixed + rng.normal(0, 0.12, mixed.shape)
    images = np.round(255 * np.clip(noisy, 0, 1)).astype(np.uint8)
    return ClassImages(images=images, labels=grey.labels, classes=grey.classes)


def averaged_stds(images: NDArray[np.uint8]) -> tuple[float, ...]:
    """Return the mean over images of each image's own standard deviation, shape (3,), 0-1 scale: what is often published as a data set's.

    It is below the standard deviation of all pixels wherever images differ in brightness.

    Example:
        >>> averaged_stds(np.array([[[0, 255]], [[0, 0]]], np.uint8))
        (0.25, 0.25, 0.25)
    """
    each = images.std(axis=(1, 2), dtype=np.float64).mean(axis=0) / 255
    return tuple(np.broadcast_to(each, 3).tolist())


def _moments(channel: NDArray[np.uint8]) -> tuple[float, float]:
    levels = np.arange(256) / 255
    share = np.bincount(channel.ravel(), minlength=256) / channel.size
    mean = float(share @ levels)
    return mean, float(np.sqrt(share @ (levels - mean) ** 2))


def _shown(statistics: Statistics) -> str:
    if len(set(statistics.mean)) == 1:
        return f"mean {statistics.mean[0]:.3f}, standard deviation {statistics.std[0]:.3f}"
    mean, std = (", ".join(f"{each:.3f}" for each in values) for values in (statistics.mean, statistics.std))
    return f"mean ({mean}), standard deviation ({std})"
