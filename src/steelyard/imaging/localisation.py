"""Do maps point at what they are meant to show: the pointing game, beside a point that is the same for every image."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import InputError
from steelyard.imaging.roc.intervals import logit_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """How often a map's highest place lies where the finding is.

    Args:
        share: of images in which it does, 0 to 1.
        low: lower end of its interval; nan for fewer than two patients.
        high: upper end.
        level: coverage of the interval.
        anywhere: what a place drawn at random would get: the mean share of an image that the finding covers.
        fixed: what one place, the same in every image, gets at most; the place is chosen on these very images, which favours it.
        images: how many.
        patients: independent units: patients, or images where none were named.
    """

    share: float
    low: float
    high: float
    level: float
    anywhere: float
    fixed: float
    images: int
    patients: int

    @property
    def skill(self) -> float:
        """Return the share's place between the fixed point (0) and every image right (1)."""
        return (self.share - self.fixed) / (1 - self.fixed) if self.fixed < 1 else float("nan")

    def __str__(self) -> str:
        """Return it as one line for people."""
        return (
            f"in {self.share:.1%} of {self.images} images the map's highest place lies in the finding ({self.low:.1%} to {self.high:.1%}); "
            f"a random place {self.anywhere:.1%}, the best fixed place {self.fixed:.1%}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; nan becomes None."""
        return {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in (asdict(self) | {"skill": self.skill}).items()
        }


def pointing_game(
    maps: NDArray[np.floating[Any]],
    masks: NDArray[np.bool_],
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
) -> Pointing:
    """Return how often maps point at what is there (Zhang et al. 2016, "Top-down neural attention by excitation backprop", section 4.1).

    A hit is an image whose map is highest within the mask; where several places are equally high, the share of them that lie within. No
    tolerance is added around masks (the paper adds 15 pixels). The interval is that of a share of images clustered by patient,
    symmetric on the logit scale.

    Args:
        maps: evidence, shape (images, height, width).
        masks: where the finding is, shape (images, height, width), somewhere in every image.
        patients: a name or number for each image's patient, shape (images,); None: images are independent.
        level: coverage of the interval, between 0 and 1.

    Raises:
        InputError: shapes that differ, no image, a mask without a place, maps that aren't finite, a level out of range.

    When it is wrong: a high place within the finding says nothing of how much of the finding the map covers; a finding that is always at
    the same place is pointed at without looking: compare with `fixed`.

    Example:
        >>> maps, masks = np.zeros((4, 2, 2)), np.zeros((4, 2, 2), bool)
        >>> maps[:, 0, 0] = 1
        >>> masks[:3, 0, 0] = masks[3, 1, 1] = True
        >>> found = pointing_game(maps, masks)
        >>> found.share, found.anywhere, found.fixed, found.skill
        (0.75, 0.25, 0.75, 0.0)
    """
    units = _checked(maps, masks, patients, level)
    count = len(maps)
    flat, there = maps.reshape(count, -1), masks.reshape(count, -1)
    highest = flat == flat.max(axis=1, keepdims=True)
    hits = (highest & there).sum(axis=1) / highest.sum(axis=1)
    share = float(hits.mean())
    low, high = _interval(hits, units, level)
    return Pointing(
        share=share,
        low=low,
        high=high,
        level=level,
        anywhere=float(there.mean()),
        fixed=float(there.mean(axis=0).max()),
        images=count,
        patients=int(units.max()) + 1,
    )


def _interval(hits: NDArray[np.float64], units: NDArray[np.int64], level: float) -> tuple[float, float]:
    """Return the interval of a mean, from the sums of deviations by unit (linearised ratio, Cochran 1977, eq. 9A.4)."""
    count = int(units.max()) + 1
    if count < 2:
        return float("nan"), float("nan")
    sums = np.bincount(units, weights=(hits - hits.mean()) / len(hits), minlength=count)
    variance = float(sums @ sums) * count / (count - 1)
    return logit_interval(float(hits.mean()), variance, rarer=count, level=level)


def _checked(
    maps: NDArray[Any], masks: NDArray[Any], patients: ArrayLike | None, level: float
) -> NDArray[np.int64]:
    if maps.ndim != 3 or maps.shape != masks.shape or len(maps) == 0:
        raise InputError(
            f"`maps` and `masks` must have one shape (images, height, width), but have {maps.shape} and {masks.shape}"
        )
    if not np.isfinite(maps).all():
        raise InputError("`maps` must be finite, but some values aren't")
    empty = np.flatnonzero(~masks.any(axis=(1, 2)))
    if len(empty):
        raise InputError(
            f"every mask must have a place, but {len(empty)} have none (the first is image {empty[0]}); leave out images without the finding"
        )
    if not 0 < level < 1:
        raise InputError(f"`level` must lie between 0 and 1, but got {level}")
    if patients is None:
        return np.arange(len(maps))
    given = np.asarray(patients)
    if given.shape != (len(maps),):
        raise InputError(
            f"`patients` must name one for each of {len(maps)} images, but has the shape {given.shape}"
        )
    return np.asarray(np.unique(given, return_inverse=True)[1], np.int64)
