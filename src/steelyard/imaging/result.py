"""What `image_moments` gives: the numbers, what they are of, and what was left out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.picture import Skipped
from steelyard.errors import InputError
from steelyard.imaging.estimates import Of
from steelyard.imaging.paste import albumentations_text, keras_text, torch_text
from steelyard.imaging.view import View

_FORMAT = 1
_Array = NDArray[np.float64]
_ARRAYS = (
    "mean",
    "std",
    "mean_interval",
    "std_interval",
    "image_mean",
    "image_std",
    "image_std_interval",
    "mean_error",
    "pixel_error",
    "smallest",
    "largest",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Originals:
    """The same images before resizing and cropping.

    Args:
        mean: of their pixels, one a channel, 0-1 scale.
        std: of their pixels.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageMoments:
    """Mean and standard deviation of a set of images, per channel.

    All arrays have shape (channels,), intervals (channels, 2), on the scale on which 1 is white.

    Args:
        source: what was read.
        fingerprint: SHA-256 (hex) of its names and sizes.
        view: what counts of an image: channels, resizing, cropping.
        channels: their names: grey; red, green, blue; alpha.
        depth: `8-bit`, `16-bit`, `8-bit and 16-bit` or `float`.
        images: how many were read.
        pixels: of all of them, after resizing and cropping.
        available: how many images the source has, the skipped ones included.
        looked_at: how many of them were opened; fewer than `available` where a tolerance was given.
        mean: mean of all pixels.
        std: standard deviation of all pixels (population, divisor n).
        mean_interval: 95% interval.
        std_interval: 95% interval.
        interval_of: `population` when all images were read: the images that these are a random sample of; `data set` for a
            sample: the data set it was drawn from, at whatever size it stopped.
        level: coverage of the intervals, each on its own.
        image_mean: mean of the images' means.
        image_std: mean of the images' standard deviations: often published as "std", but not the standard deviation of pixels.
        image_std_interval: its interval.
        mean_error: standard error of the mean.
        pixel_error: what it would be if pixels were independent.
        smallest: smallest value in each channel; nan for 8 bits.
        largest: largest value.
        sides: smallest and largest height, smallest and largest width, after resizing and cropping.
        originals: the same before resizing and cropping; None where nothing was resized.
        skipped: images that were left out, with reasons; the first thousand.
        skipped_reasons: how many for each reason; their sum is the number of all that were left out.
        others: files that aren't images, passed over.
        notes: what was done to how many images on the way, e.g. `CMYK to RGB`.
        decoders: how many images each decoder decoded.
    """

    source: str
    fingerprint: str
    view: View
    channels: tuple[str, ...]
    depth: str
    images: int
    pixels: int
    available: int
    looked_at: int
    mean: _Array
    std: _Array
    mean_interval: _Array
    std_interval: _Array
    interval_of: Of
    level: float
    image_mean: _Array
    image_std: _Array
    image_std_interval: _Array
    mean_error: _Array
    pixel_error: _Array
    smallest: _Array
    largest: _Array
    sides: tuple[int, int, int, int]
    originals: Originals | None
    skipped: tuple[Skipped, ...]
    skipped_reasons: Mapping[str, int]
    others: int
    notes: Mapping[str, int]
    decoders: Mapping[str, int]

    @property
    def mean_255(self) -> _Array:
        """Return the mean on the 0-255 scale."""
        return 255.0 * self.mean

    @property
    def std_255(self) -> _Array:
        """Return the standard deviation on the 0-255 scale."""
        return 255.0 * self.std

    @property
    def exact(self) -> bool:
        """Return whether every image of the source was looked at."""
        return self.looked_at == self.available

    @property
    def skipped_count(self) -> int:
        """Return how many images were left out."""
        return sum(self.skipped_reasons.values())

    @property
    def _full(self) -> float:
        """Return the stored value that is 1 on the scale of the numbers."""
        return {"8-bit": 255.0, "16-bit": 65535.0}.get(self.depth, 1.0)

    def to_torch(self) -> str:
        """Return the transform for PyTorch (torchvision), ready to paste.

        Raises:
            InputError: a channel that is constant, by whose standard deviation of 0 nothing can be divided.
        """
        return torch_text(self.mean, self.std, self.view, full=self._full)

    def to_keras(self) -> str:
        """Return the layers for Keras, ready to paste.

        Raises:
            InputError: a channel that is constant.
        """
        return keras_text(self.mean, self.std, self.view, full=self._full)

    def to_albumentations(self) -> str:
        """Return the transform for albumentations, ready to paste.

        Raises:
            InputError: a channel that is constant.
        """
        return albumentations_text(self.mean, self.std, self.view, full=self._full)

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; `from_json` reads them back to the last bit."""
        shown: dict[str, Any] = {"format": _FORMAT}
        for each in fields(self):
            value = getattr(self, each.name)
            shown[each.name] = _plain(value) if each.name in _ARRAYS else value
        shown["view"] = asdict(self.view)
        shown["originals"] = None if self.originals is None else asdict(self.originals)
        shown["skipped"] = [asdict(each) for each in self.skipped]
        for name in ("skipped_reasons", "notes", "decoders"):
            shown[name] = dict(getattr(self, name))
        shown["mean_255"] = _plain(self.mean_255)
        shown["std_255"] = _plain(self.std_255)
        shown["exact"] = self.exact
        shown["skipped_count"] = self.skipped_count
        return shown

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ImageMoments:
        """Return what `to_json` described.

        Raises:
            InputError: it isn't that.
        """
        try:
            if kept["format"] != _FORMAT:
                raise InputError(
                    f"moments must be of format {_FORMAT}, but are of format {kept['format']}; use the version that wrote them"
                )
            values: dict[str, Any] = {each.name: kept[each.name] for each in fields(cls)}
            for name in _ARRAYS:
                values[name] = _array(values[name])
            view = dict(values["view"])
            for name in ("resize", "crop"):
                view[name] = tuple(view[name]) if isinstance(view[name], list) else view[name]
            values["view"] = View(**view)
            values["channels"] = tuple(values["channels"])
            values["sides"] = tuple(values["sides"])
            if values["originals"] is not None:
                values["originals"] = Originals(
                    **{name: tuple(each) for name, each in values["originals"].items()}
                )
            values["skipped"] = tuple(Skipped(**each) for each in values["skipped"])
            found = cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"it must be moments that `ImageMoments.to_json` gave, but: {error!r}"
            ) from error
        lengths = {len(getattr(found, name)) for name in _ARRAYS}
        if lengths != {len(found.channels)}:
            raise InputError(
                f"every statistic must have {len(found.channels)} channels, but some have {sorted(lengths)}"
            )
        return found

    def save(self, path: str | Path) -> None:
        """Write a JSON file, whole or not at all.

        Raises:
            InputError: it can't be written.
        """
        path = Path(path)
        beside = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            beside.write_text(json.dumps(self.to_json(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise InputError(f"{path} must be a file that can be written, but: {error}") from error

    @classmethod
    def load(cls, path: str | Path) -> ImageMoments:
        """Return what `save` wrote.

        Raises:
            InputError: it can't be read, or is something else.
        """
        try:
            kept = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{path} must be a JSON file of moments, but: {error}") from error
        if not isinstance(kept, dict):
            raise InputError(f"{path} must be a JSON file of moments, but holds a {type(kept).__name__}")
        return cls.from_json(kept)


def _plain(values: _Array) -> Any:
    """Return lists; what JSON has no number for becomes a string."""
    if values.ndim > 1:
        return [_plain(each) for each in values]
    return [float(each) if np.isfinite(each) else str(float(each)) for each in values]


def _array(values: Any) -> _Array:
    return np.array([[float(v) for v in each] if isinstance(each, list) else float(each) for each in values])
