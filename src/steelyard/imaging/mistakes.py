"""The common mistakes with image statistics, and how large each would be on these images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.published import IMAGENET
from steelyard.imaging.result import ImageMoments

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake that is often made, with its size on a set of images.

    Args:
        name: what it is called; names read after "allow".
        sentence: what it is and what it does here.
        values: the numbers, one a channel each; empty where it wasn't measured.
    """

    name: str
    sentence: str
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def measured(self) -> bool:
        """Return whether its size is known."""
        return bool(self.values)


def common_mistakes(moments: ImageMoments, *, test: ImageMoments | None = None) -> tuple[Mistake, ...]:
    """Return the common mistakes, each with its size on these images.

    Args:
        moments: of the training images.
        test: of the test images, looked at in the same way, to show what taking them instead would change.

    Raises:
        InputError: test images with other channels.

    Example:
        >>> from steelyard.imaging.moments import image_moments
        >>> dark, bright = np.full((4, 8, 8), 50, np.uint8), np.full((4, 8, 8), 150, np.uint8)
        >>> found = common_mistakes(image_moments(np.concatenate([dark, bright])))[0]
        >>> found.name, found.values["relative"]
        ('mean-of-image-stds', (-1.0,))
    """
    found = [
        _image_stds(moments),
        _scale(moments),
        _test_set(moments, test),
        _originals(moments),
        _units(moments),
    ]
    if len(moments.channels) == 3:
        found += [_order(moments), _imagenet(moments)]
    if moments.sides[0] != moments.sides[1] or moments.sides[2] != moments.sides[3]:
        found.append(_weights(moments))
    return tuple(found)


def _image_stds(moments: ImageMoments) -> Mistake:
    name = "mean-of-image-stds"
    if not (moments.std > 0).all():
        return Mistake(name=name, sentence="A channel is constant: its standard deviation is 0.")
    relative = moments.image_std / moments.std - 1
    return Mistake(
        name=name,
        sentence=(
            f"The mean of the images' own standard deviations, {_shown(moments.image_std)}, is not the standard deviation of pixels, "
            f"{_shown(moments.std)}: it is {_percents(relative)} off, since it leaves out how images differ from each other."
        ),
        values={"image_std": _tuple(moments.image_std), "relative": _tuple(relative)},
    )


def _scale(moments: ImageMoments) -> Mistake:
    name = "0-255-for-0-1"
    if not (moments.std > 0).all():
        return Mistake(name=name, sentence="A channel is constant: nothing can be divided by 0.")
    mean = (255 * moments.mean - moments.mean) / moments.std
    return Mistake(
        name=name,
        sentence=(
            f"Pixels of 0 to 255 normalised with numbers for 0 to 1 would have mean {_shown(mean, decimals=0)} and standard deviation "
            "255 instead of 0 and 1; the other way round they would all be nearly the same number, with a standard deviation of 1/255."
        ),
        values={"mean": _tuple(mean), "std": (255.0,) * len(mean)},
    )


def _test_set(moments: ImageMoments, test: ImageMoments | None) -> Mistake:
    name = "test-set-statistics"
    if test is None:
        return Mistake(
            name=name,
            sentence=(
                "Statistics come from the training images alone; what those of the test images would change wasn't measured "
                "(--test, `test=`)."
            ),
        )
    if test.channels != moments.channels:
        raise InputError(
            f"test images must have the channels of the training images, {', '.join(moments.channels)}, but have {', '.join(test.channels)}; "
            "name the mode"
        )
    apart, ratio = _apart(moments, test.mean), _ratio(test.std, moments.std)
    error = np.hypot(moments.mean_error, test.mean_error)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.where(error > 0, (test.mean - moments.mean) / error, 0.0)
    return Mistake(
        name=name,
        sentence=(
            f"The test images' means are {_shown(apart, signed=True)} standard deviations away ({_shown(errors, decimals=1, signed=True)} standard "
            f"errors), their standard deviations {_shown(ratio)} times as large. Their statistics may not be used: they are part of what is tested."
        ),
        values={"mean_apart": _tuple(apart), "std_ratio": _tuple(ratio), "standard_errors": _tuple(errors)},
    )


def _originals(moments: ImageMoments) -> Mistake:
    name = "statistics-before-resizing"
    if moments.originals is None:
        return Mistake(
            name=name,
            sentence="These are statistics of the originals. Resizing makes standard deviations smaller; how much wasn't measured (--resize, --crop).",
        )
    mean, std = np.array(moments.originals.mean), np.array(moments.originals.std)
    ratio = _ratio(std, moments.std)
    return Mistake(
        name=name,
        sentence=(
            f"The originals, before resizing and cropping, have mean {_shown(mean)} and standard deviation {_shown(std)}, {_shown(ratio)} times "
            "that of what the network sees."
        ),
        values={"mean": _tuple(mean), "std": _tuple(std), "std_ratio": _tuple(ratio)},
    )


def _units(moments: ImageMoments) -> Mistake:
    name = "pixels-as-independent"
    if moments.images < 2 or not (np.isfinite(moments.mean_error) & (moments.pixel_error > 0)).all():
        return Mistake(
            name=name,
            sentence="With one image, or a constant channel, nothing is known of how images differ.",
        )
    ratio = moments.mean_error / moments.pixel_error
    return Mistake(
        name=name,
        sentence=(
            f"Pixels of one image are alike: the mean's standard error is {_shown(ratio, decimals=0)} times what counting every pixel as an "
            "observation of its own would give. The intervals count images."
        ),
        values={"ratio": _tuple(ratio)},
    )


def _order(moments: ImageMoments) -> Mistake:
    apart, ratio = _apart(moments, moments.mean[::-1]), _ratio(moments.std[::-1], moments.std)
    return Mistake(
        name="bgr-for-rgb",
        sentence=(
            f"Channels read as blue, green, red (OpenCV's order) would come out with means {_shown(apart, signed=True)} and standard deviations "
            f"{_shown(ratio)} instead of 0 and 1: too little to be seen in a loss, so check it."
        ),
        values={"mean": _tuple(apart), "std": _tuple(ratio)},
    )


def _imagenet(moments: ImageMoments) -> Mistake:
    mean = (moments.mean - np.array(IMAGENET.mean)) / np.array(IMAGENET.std)
    std = moments.std / np.array(IMAGENET.std)
    return Mistake(
        name="imagenet-numbers-for-own",
        sentence=(
            f"Normalised with ImageNet's published numbers these pixels have mean {_shown(mean, signed=True)} and standard deviation {_shown(std)}. "
            "A network that was trained with those numbers needs them all the same; one trained from scratch doesn't."
        ),
        values={"mean": _tuple(mean), "std": _tuple(std)},
    )


def _weights(moments: ImageMoments) -> Mistake:
    apart = _apart(moments, moments.image_mean)
    return Mistake(
        name="mean-of-image-means",
        sentence=(
            f"Images differ in size: the mean of their means, {_shown(moments.image_mean)}, counts small ones as much as large ones and is "
            f"{_shown(apart, signed=True)} standard deviations from the mean of pixels."
        ),
        values={"image_mean": _tuple(moments.image_mean), "apart": _tuple(apart)},
    )


def _apart(moments: ImageMoments, mean: _Array) -> _Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        apart: _Array = np.where(moments.std > 0, (mean - moments.mean) / moments.std, 0.0)
    return apart


def _ratio(first: _Array, second: _Array) -> _Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: _Array = np.where(second > 0, first / second, 1.0)
    return ratio


def _tuple(values: _Array) -> tuple[float, ...]:
    return tuple(float(each) for each in values)


def _shown(values: _Array, *, decimals: int = 3, signed: bool = False) -> str:
    sign = "+" if signed else ""
    parts = [f"{each:{sign},.{decimals}f}" for each in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _percents(values: _Array) -> str:
    parts = [f"{each:+.0%}" for each in values]
    return parts[0] if len(set(parts)) == 1 else f"({', '.join(parts)})"
