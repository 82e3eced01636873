"""Finding D08: does a batch look as the pretrained weights expect it, and if not, what was forgotten, swapped or done twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from steelyard.errors import InputError
from steelyard.imaging.preparation import IMAGENET_MEAN, IMAGENET_STD
from steelyard.watch.finding import Finding, Severity

_Array = NDArray[np.float64]

SLACK = 0.05
"""How far beyond 0 and 1 a pixel may lie on the 0-1 scale: bicubic filters overshoot, 16-bit numbers round."""
FLAT = 0.5 / 255
"""Standard deviation, on the 0-1 scale, below which an image is taken for constant: half a grey level."""
FEWEST = 8
"""Images that it takes to judge the order of channels or the statistics."""
CHANCE = 0.002
"""How often the mean over images may lie on the wrong side by chance, before a difference is taken for one."""
LEAST_TINT = 0.01
"""How far apart the reference's channel means must lie, on the 0-1 scale, for the order to be told from them."""
MOST_SHIFT = 1.5
MOST_STRETCH = 3.0
"""Mean (in expected standard deviations) and standard deviation (times or part of the expected one) that are worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a network's weights were trained on.

    Args:
        mean: that was subtracted from the 0-1 scale, one a channel.
        std: that was divided by, one a channel.
        size: height and width; None: any.

    Raises:
        InputError: not one mean and one positive std for each channel.

    Example:
        >>> Expected.imagenet().size
        (224, 224)
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not self.mean or len(self.mean) != len(self.std) or min(self.std) <= 0:
            raise InputError(
                f"`mean` and `std` must give one number a channel, and `std` be positive, but got {self.mean} and {self.std}"
            )

    @classmethod
    def imagenet(cls, *, size: int | None = 224) -> Self:
        """Return what weights pretrained on ImageNet expect."""
        return cls(mean=IMAGENET_MEAN, std=IMAGENET_STD, size=None if size is None else (size, size))


def check_input(batch: Any, expected: Expected) -> tuple[Finding, ...]:
    """Return what is wrong with a batch as a network gets it, or nothing; every finding is D08.

    Ranges are exact: normalised pixels lie between (0 - mean) / std and (1 - mean) / std, and undoing the normalisation once, not at all
    or twice must lead back to 0-1. When the range is wrong, nothing else is judged. Names of the findings: `input-shape`,
    `input-not-finite`, `input-scale-255`, `input-scale-255-normalised`, `input-not-normalised`, `input-normalised-twice`,
    `input-scaled-twice`, `input-minus-one-to-one`, `input-range`, `input-per-image`, `input-constant-image`, `input-channel-order`,
    `input-statistics`.

    Args:
        batch: tensor or array, floating point, shape (images, channels, height, width).
        expected: what the weights were trained on.

    Raises:
        InputError: a batch that isn't numbers, or is empty.

    When it is wrong: the order of channels is told from the means of colour channels over at least 8 images, so images whose colours
    are truly the other way round (the sea, blood) look swapped; `input-statistics` is only told, as `info`, since new images may
    well be darker than those of the pretraining. Images of one grey can't show that channels are swapped, except through a mean and std
    applied in the wrong order.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> pixels = rng.integers(0, 256, (8, 3, 32, 32))
        >>> expected = Expected(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
        >>> check_input((pixels / 255 - 0.5) / 0.25, expected)
        ()
        >>> [finding.name for finding in check_input(pixels.astype(float), expected)]
        ['input-scale-255']
    """
    values = _as_array(batch)
    wrong_shape = _shape(values, expected)
    if wrong_shape is not None:
        return (wrong_shape,)
    if not np.isfinite(values).all():
        share = float((~np.isfinite(values)).mean())
        return (
            _finding(
                "input-not-finite",
                severity="error",
                evidence={"share": share},
                meaning="Some pixels are not finite.",
                advice="Look for a division by a standard deviation of 0.",
            ),
        )
    wrong = _per_image(values) or _range(values, expected)
    if wrong is not None:
        return (wrong,)
    return tuple(_others(values, expected))


def _shape(values: _Array, expected: Expected) -> Finding | None:
    channels = len(expected.mean)
    height, width = expected.size or values.shape[2:]
    if values.shape[1:] == (channels, height, width):
        return None
    evidence = {
        "channels": values.shape[1],
        "height": values.shape[2],
        "width": values.shape[3],
        "expected_channels": channels,
        "expected_height": height,
        "expected_width": width,
    }
    last = values.shape[1] != channels and values.shape[-1] == channels
    return _finding(
        "input-shape",
        severity="error" if values.shape[1] != channels else "warning",
        evidence=evidence,
        meaning="Channels come last."
        if last
        else "The batch has another shape than the weights were trained on.",
        advice="Move the channels to the second place."
        if last
        else "Resize images, and repeat grey ones on three channels.",
    )


def _per_image(values: _Array) -> Finding | None:
    means, stds = values.mean(axis=(1, 2, 3)), values.std(axis=(1, 2, 3))
    if len(values) < FEWEST or np.abs(means).max() >= 0.01 or np.abs(stds - 1).max() >= 0.01:
        return None
    return _finding(
        "input-per-image",
        severity="warning",
        evidence={"largest_mean": float(np.abs(means).max()), "largest_std": float(stds.max())},
        meaning="Every image has mean 0 and standard deviation 1 of its own.",
        advice="Use the statistics that the weights were trained with, unless they were trained this way.",
    )


def _range(values: _Array, expected: Expected) -> Finding | None:
    """Return what is wrong with the range, by what leads back to 0-1."""
    pixels = _undone(values, expected)
    low, high = float(values.min()), float(values.max())
    evidence = {
        "lowest": low,
        "highest": high,
        "expected_lowest": min(-m / s for m, s in zip(expected.mean, expected.std, strict=True)),
        "expected_highest": max((1 - m) / s for m, s in zip(expected.mean, expected.std, strict=True)),
    }
    found = _beyond(values, pixels, expected) if not _in_unit(pixels) else _within(values, pixels)
    if found is None:
        return None
    name, meaning, advice = found
    return _finding(name, severity="warning", evidence=evidence, meaning=meaning, advice=advice)


def _beyond(values: _Array, pixels: _Array, expected: Expected) -> tuple[str, str, str]:
    low, high = float(values.min()), float(values.max())
    if low >= 0 and 1 < high <= 255 and (high > 20 or _whole(values)):
        return (
            "input-scale-255",
            "Pixels are 0 to 255 and not normalised.",
            "Divide by 255, subtract the mean, divide by the standard deviation.",
        )
    if pixels.min() >= -SLACK and 2 < pixels.max() <= 255 + SLACK:
        return (
            "input-scale-255-normalised",
            "Pixels of 0 to 255 were normalised with statistics of the 0-1 scale.",
            "Divide by 255 before normalising.",
        )
    if _in_unit(_undone(values, _backwards(expected))):
        return (
            "input-channel-order",
            "Pixels are what mean and standard deviation in reverse order lead to.",
            "Give mean and standard deviation in the order of the channels.",
        )
    if _in_unit(_undone(pixels, expected)):
        return (
            "input-normalised-twice",
            "Undoing the normalisation twice leads back to 0-1: it was done twice.",
            "Normalise in one place only.",
        )
    return (
        "input-range",
        "Pixels lie outside what normalised images can be.",
        "Compare the preparation with that of the pretraining, step by step.",
    )


def _within(values: _Array, pixels: _Array) -> tuple[str, str, str] | None:
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1 and high > low:
        return (
            "input-not-normalised",
            "Pixels are 0 to 1: scaled, but mean and standard deviation were not applied.",
            "Subtract the mean and divide by the standard deviation of the pretraining.",
        )
    if pixels.max() <= 2 / 255 and pixels.std() > 0:
        return (
            "input-scaled-twice",
            "Undoing the normalisation leads to pixels of at most 2 / 255: they were divided by 255 twice.",
            "Divide by 255 in one place only.",
        )
    if abs(low + 1) < 2e-3 and abs(high - 1) < 2e-3:
        return (
            "input-minus-one-to-one",
            "Pixels are -1 to 1, as some other networks expect them.",
            "Use the mean and standard deviation of these weights.",
        )
    return None


def _others(values: _Array, expected: Expected) -> Iterator[Finding]:
    pixels = _undone(values, expected)
    flat = np.flatnonzero(pixels.std(axis=(2, 3)).max(axis=1) < FLAT)
    if len(flat):
        yield _finding(
            "input-constant-image",
            severity="warning",
            evidence={"images": len(flat), "of": len(values), "first": int(flat[0])},
            meaning="Some images have the same value everywhere.",
            advice="Look at them: a file that failed to decode, or a mask in place of an image.",
        )
    if len(values) < FEWEST or len(flat) == len(values):
        return
    order = _channel_order(values, pixels, expected)
    if order is not None:
        yield order
    else:
        yield from _statistics(values)


def _channel_order(values: _Array, pixels: _Array, expected: Expected) -> Finding | None:
    tint = np.array(expected.mean) - np.mean(expected.mean)
    meaning = "The channels are more likely in reverse order: blue, green, red."
    advice = "Reverse them (OpenCV reads BGR)."
    apart, apart_backwards = (
        float(np.ptp(each, axis=1).max()) for each in (pixels, _undone(values, _backwards(expected)))
    )
    if apart_backwards < 1e-3 < apart:
        return _finding(
            "input-channel-order",
            severity="warning",
            evidence={"apart": apart, "apart_reversed": apart_backwards},
            meaning="Images are grey only if mean and standard deviation were applied in reverse order.",
            advice="Give them in the order of the channels.",
        )
    if apart < SLACK or np.linalg.norm(tint) < LEAST_TINT or float(tint @ tint[::-1]) >= 0:
        return None
    channel = pixels.mean(axis=(2, 3))
    likeness = (channel - channel.mean(axis=1, keepdims=True)) @ tint / float(tint @ tint)
    mean, error = float(likeness.mean()), float(likeness.std(ddof=1) / np.sqrt(len(likeness)))
    reversed_mean = float(tint @ tint[::-1]) / float(tint @ tint)
    if mean + _critical(len(values)) * error >= 0 or mean > reversed_mean / 2:
        return None
    correlation = float(np.corrcoef(channel.mean(axis=0), expected.mean)[0, 1])
    return _finding(
        "input-channel-order",
        severity="warning",
        evidence={
            "likeness": mean,
            "standard_error": error,
            "correlation": correlation,
            "correlation_reversed": float(np.corrcoef(channel.mean(axis=0)[::-1], expected.mean)[0, 1]),
        },
        meaning=meaning,
        advice=advice,
    )


def _statistics(values: _Array) -> Iterator[Finding]:
    by_image = values.mean(axis=(2, 3))
    error = by_image.std(axis=0, ddof=1) / np.sqrt(len(values))
    mean, std = by_image.mean(axis=0), values.std(axis=(0, 2, 3))
    shifted = np.abs(mean) - _critical(len(values)) * error > MOST_SHIFT
    stretched = (std > MOST_STRETCH) | (std < 1 / MOST_STRETCH)
    if shifted.any() or stretched.any():
        evidence = {
            f"{what}_{nth}": float(each[nth])
            for what, each in (("mean", mean), ("std", std))
            for nth in range(len(mean))
        }
        yield _finding(
            "input-statistics",
            severity="info",
            evidence=evidence,
            meaning="Normalised images should have a mean near 0 and a standard deviation near 1 in every channel; these differ much from it.",
            advice="If features stay frozen, try the new images' own statistics (`steelyard run imaging.statistics-frozen`).",
        )


def _backwards(expected: Expected) -> Expected:
    return Expected(mean=expected.mean[::-1], std=expected.std[::-1])


def _critical(images: int) -> float:
    return float(special.stdtrit(images - 1, 1 - CHANCE))


def _undone(values: _Array, expected: Expected) -> _Array:
    """Return the pixels on the 0-1 scale that normalising would have led to `values` from."""
    mean, std = (np.array(each)[:, None, None] for each in (expected.mean, expected.std))
    return np.asarray(values * std + mean)


def _in_unit(pixels: _Array) -> bool:
    return bool(pixels.min() >= -SLACK and pixels.max() <= 1 + SLACK)


def _whole(values: _Array) -> bool:
    return bool((values == np.round(values)).all())


def _as_array(batch: Any) -> _Array:
    if hasattr(batch, "detach"):
        batch = batch.detach().float().cpu().numpy()
    try:
        values = np.asarray(batch, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"a batch must be a tensor or array of numbers, but got {type(batch).__name__}"
        ) from error
    if values.ndim != 4 or values.size == 0:
        raise InputError(
            f"a batch must have shape (images, channels, height, width), but got {values.shape}; add the missing axis with [None]"
        )
    return values


def _finding(
    name: str, *, severity: Severity, evidence: Mapping[str, float], meaning: str, advice: str
) -> Finding:
    return Finding(
        code="D08",
        name=name,
        severity=severity,
        evidence={key: float(value) for key, value in evidence.items()},
        meaning=meaning,
        advice=advice,
    )
