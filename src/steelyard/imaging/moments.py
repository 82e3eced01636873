"""Mean and standard deviation of a set of images, exact or to a tolerance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.cifar import Split
from steelyard.data.images.opening import open_images
from steelyard.data.images.source import ImageSource
from steelyard.errors import InputError
from steelyard.imaging.assembling import assemble, sample_estimates
from steelyard.imaging.keeping import Kept
from steelyard.imaging.measure import Measured
from steelyard.imaging.result import ImageMoments
from steelyard.imaging.view import Interpolation, Mode, View
from steelyard.imaging.working import measured_blocks

FEWEST_SAMPLED = 200
"""Images after which a sample may stop at the earliest: the intervals lean on the normal distribution."""
MOST_SKIPPED = 1000
"""Skipped images that are listed; all are counted."""
_TYPICAL_SPREAD = 0.15
"""Standard deviation of images' means that tolerances are planned with; a wrong one costs images, not validity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a pass is.

    Args:
        images: looked at so far.
        of: how many there are.
        skipped: so far.
        half_width: with a tolerance, the widest half interval so far; None without, or too early to say.
    """

    images: int
    of: int
    skipped: int
    half_width: float | None = None


OnProgress = Callable[[Progress], None]


def image_moments(
    source: str | Path | Sequence[str | Path] | NDArray[Any] | ImageSource,
    *,
    resize: int | tuple[int, int] | None = None,
    crop: int | tuple[int, int] | None = None,
    mode: Mode = "auto",
    interpolation: Interpolation = "bilinear",
    workers: int = 1,
    tolerance: float | None = None,
    seed: int = 0,
    level: float = 0.95,
    resume: str | Path | None = None,
    on_progress: OnProgress | None = None,
    column: str | None = None,
    root: str | Path | None = None,
    split: Split = "train",
) -> ImageMoments:
    """Return the mean and standard deviation of images, per channel, in one pass and constant memory.

    8-bit and 16-bit images are added up in whole numbers, so the result is the exact one, rounded once. Floating point is added up
    in double precision by a formula that large offsets don't hurt. The bits are the same for any number of workers, and for
    passes that were cut off and resumed.

    An image that can't be read (truncated, not an image, too large) is left out, counted and listed; `ImageMoments.skipped` says why.

    Args:
        source: a folder, zip or tar archive, table of paths, image, `.npy` file, array, list of paths, or source of images
            (`steelyard.data.images.open_images`).
        resize: short side, or (height, width), before the statistics are taken: what the network sees. Resized images have a smaller standard
            deviation than their originals. None takes the originals.
        crop: side of the square, or (height, width), cut from the middle after resizing.
        mode: `auto`, `RGB`, `L` or `RGBA` (`View`).
        interpolation: of resizing; bilinear as torchvision's default.
        workers: processes.
        tolerance: stop as soon as every mean and standard deviation is known to within this (0-1 scale), from a random sample of images.
            None reads all.
        seed: of the sample; another seed, another sample.
        level: coverage of each interval, in (0, 1).
        resume: a file to keep unfinished sums in; the same call goes on from there. With a tolerance, a smaller one continues the sample.
        on_progress: called after each block of images.
        column: of a table, the column of paths.
        root: of a table, the folder that relative paths start from.
        split: of CIFAR's archives, `train` or `test`.

    Raises:
        InputError: nothing there, no image that can be read, floating point among whole numbers, or options that can't be.
        TrialError: a worker process was killed.

    Example:
        >>> import numpy as np
        >>> images = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3), dtype=np.uint8)
        >>> moments = image_moments(images)
        >>> bool(np.allclose(moments.mean, images.mean(axis=(0, 1, 2)) / 255))
        True
        >>> bool(np.allclose(moments.std, images.std(axis=(0, 1, 2)) / 255))
        True

    When it is wrong: the intervals, when images depend on each other (video frames, slices of one patient).
    """
    view = View(resize=resize, crop=crop, mode=mode, interpolation=interpolation)
    _check(workers=workers, tolerance=tolerance, level=level, seed=seed)
    opened = open_images(source, column=column, root=root, split=split)
    count = len(opened)
    drawn = None if tolerance is None else seed
    order = _order(count, seed=drawn)
    size = block_size(count)
    blocks = [order[start : start + size] for start in range(0, count, size)]
    fingerprint = opened.fingerprint
    kept = None if resume is None else Kept(resume, _about(fingerprint, count, view=view, seed=drawn))
    so_far = _SoFar(Measured(), 0) if kept is None else _SoFar(*kept.read())
    plan = _Plan(blocks=blocks, count=count, level=level, tolerance=tolerance)
    found = measured_blocks(opened, blocks[so_far.blocks :], view, workers=workers)
    narrow = plan.narrow(so_far)
    try:
        while so_far.blocks < len(blocks) and not narrow.stop:
            # One assignment: whoever interrupts finds either all of a block or nothing of it.
            so_far = _SoFar(so_far.measured.plus(next(found), most_skipped=MOST_SKIPPED), so_far.blocks + 1)
            narrow = plan.narrow(so_far)
            if on_progress is not None:
                on_progress(
                    Progress(
                        images=plan.looked_at(so_far),
                        of=count,
                        skipped=sum(so_far.measured.reasons.values()),
                        half_width=narrow.half_width,
                    )
                )
            if kept is not None and kept.due():
                kept.write(so_far.measured, blocks=so_far.blocks)
    finally:
        found.close()
        if kept is not None:
            kept.write(so_far.measured, blocks=so_far.blocks)
    return assemble(
        so_far.measured,
        source=opened,
        fingerprint=fingerprint,
        view=view,
        looked_at=plan.looked_at(so_far),
        level=level,
        expected=plan.expected,
    )


def block_size(images: int) -> int:
    """Return how many images are added up at once: a rule of their number only, so that blocks don't depend on the workers.

    >>> block_size(10), block_size(10_000), block_size(1_281_167)
    (4, 156, 256)
    """
    return min(max(images // 64, 4), 256)


class _SoFar(NamedTuple):
    """The sums of the first blocks."""

    measured: Measured
    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Narrow:
    """Whether a sample may stop, and its widest half interval."""

    stop: bool
    half_width: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """When a pass is over."""

    blocks: Sequence[Sequence[int]]
    count: int
    level: float
    tolerance: float | None

    @property
    def expected(self) -> float | None:
        """Return the size of sample at which intervals should be narrowest."""
        return None if self.tolerance is None else (3 * _TYPICAL_SPREAD / self.tolerance) ** 2

    def looked_at(self, so_far: _SoFar) -> int:
        """Return the number of images in the first blocks."""
        return min(so_far.blocks * len(self.blocks[0]), self.count)

    def narrow(self, so_far: _SoFar) -> _Narrow:
        """Return whether every interval is narrow enough."""
        looked_at = self.looked_at(so_far)
        if self.tolerance is None or looked_at < min(FEWEST_SAMPLED, self.count):
            return _Narrow(stop=False, half_width=None)
        found = sample_estimates(
            so_far.measured, looked_at=looked_at, count=self.count, level=self.level, expected=self.expected
        )
        if found is None:
            return _Narrow(stop=False, half_width=None)
        halves = (found.mean_interval[:, 1] - found.mean, found.std_interval[:, 1] - found.std)
        half = max(float(each.max()) for each in halves)
        return _Narrow(stop=half <= self.tolerance, half_width=half)


def _order(count: int, *, seed: int | None) -> Any:
    return range(count) if seed is None else np.random.default_rng(seed).permutation(count)


def _about(fingerprint: str, count: int, *, view: View, seed: int | None) -> dict[str, Any]:
    from steelyard.data.images.by_pillow import DECODER as PILLOW  # noqa: PLC0415 - for its version
    from steelyard.data.images.jpeg import DECODER as JPEG  # noqa: PLC0415

    return {
        "source": fingerprint,
        "images": count,
        "block": block_size(count),
        "view": asdict(view),
        "seed": seed,
        "decoders": [PILLOW, JPEG],
    }


def _check(*, workers: int, tolerance: float | None, level: float, seed: int) -> None:
    if not _whole(workers, least=1):
        raise InputError(f"`workers` must be a whole number from 1, but got {workers!r}")
    if tolerance is not None and not 0 < tolerance < 1:
        raise InputError(f"`tolerance` must be above 0 and below 1 (on the 0-1 scale), but got {tolerance!r}")
    if not 0 < level < 1:
        raise InputError(f"`level` must be above 0 and below 1, but got {level!r}")
    if not _whole(seed, least=0):
        raise InputError(f"`seed` must be a whole number from 0, but got {seed!r}")


def _whole(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
