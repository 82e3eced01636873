"""From the sums of all blocks to the result: kinds of images put together, or told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import reduce

from steelyard.data.images.source import ImageSource
from steelyard.errors import InputError
from steelyard.imaging.estimates import Estimates, estimates
from steelyard.imaging.measure import Measured, reason_class
from steelyard.imaging.result import ImageMoments, Originals
from steelyard.imaging.totals import Totals
from steelyard.imaging.view import View

_CHANNELS = {1: ("grey",), 3: ("red", "green", "blue"), 4: ("red", "green", "blue", "alpha")}
_MOST_LISTED = 1000


def assemble(
    measured: Measured,
    *,
    source: ImageSource,
    fingerprint: str,
    view: View,
    looked_at: int,
    level: float,
    expected: float | None,
) -> ImageMoments:
    """Return the result of a pass.

    Args:
        measured: the sums.
        source: of what.
        fingerprint: the source's.
        view: what counts of each image.
        looked_at: how many images were opened.
        level: coverage of the intervals.
        expected: size that a sample was planned for; None without a tolerance.

    Raises:
        InputError: no image could be read, or floating point stands among whole numbers.
    """
    count = len(source)
    sampled = looked_at < count
    if not any(kind.seen for kind in measured.totals):
        raise InputError(_nothing(measured, source))
    totals = _together(measured, view, seen=True)
    assert totals is not None
    found = estimates(totals, level=level, sample=(looked_at, count) if sampled else None, expected=expected)
    before = _together(measured, view, seen=False)
    originals = None
    if before is not None:
        of_originals = estimates(before)
        originals = Originals(mean=tuple(of_originals.mean.tolist()), std=tuple(of_originals.std.tolist()))
    early = list(source.skipped)
    reasons = Counter(reason_class(each.reason) for each in early) + measured.reasons
    assert measured.sides is not None
    notes = Counter(measured.notes)
    grey = sum(each.images for kind, each in measured.totals.items() if kind.seen and kind.channels == 1)
    if grey and totals.channels == 3:
        notes["grey to three channels"] += grey
    return ImageMoments(
        source=source.label,
        fingerprint=fingerprint,
        view=view,
        channels=_CHANNELS[totals.channels],
        depth=" and ".join(sorted({kind.depth for kind in measured.totals if kind.seen}, key=_depth_order)),
        images=totals.images,
        pixels=totals.pixels,
        available=count,
        looked_at=looked_at,
        mean=found.mean,
        std=found.std,
        mean_interval=found.mean_interval,
        std_interval=found.std_interval,
        interval_of="data set" if sampled else "population",
        level=level,
        image_mean=found.image_mean,
        image_std=found.image_std,
        image_std_interval=found.image_std_interval,
        mean_error=found.mean_error,
        pixel_error=found.pixel_error,
        smallest=totals.smallest,
        largest=totals.largest,
        sides=measured.sides,
        originals=originals,
        skipped=tuple([*early, *measured.skipped][:_MOST_LISTED]),
        skipped_reasons=dict(sorted(reasons.items())),
        others=source.others,
        notes=dict(sorted(notes.items())),
        decoders=dict(sorted(measured.decoders.items())),
    )


def sample_estimates(
    measured: Measured, *, looked_at: int, count: int, level: float, expected: float | None
) -> Estimates | None:
    """Return the statistics of a sample so far; None while there is no image in it.

    Raises:
        InputError: floating point stands among whole numbers.
    """
    totals = _together(measured, None, seen=True)
    if totals is None:
        return None
    return estimates(totals, level=level, sample=(looked_at, count), expected=expected)


def _together(measured: Measured, view: View | None, *, seen: bool) -> Totals | None:
    """Return the sums over all kinds, grey as three equal channels where others have them."""
    kinds = sorted(kind for kind in measured.totals if kind.seen == seen)
    if not kinds:
        return None
    depths = {kind.depth for kind in kinds}
    if "float" in depths and len(depths) > 1:
        counted = ", ".join(
            f"{sum(measured.totals[kind].images for kind in kinds if kind.depth == depth):,} are {depth}"
            for depth in sorted(depths, key=_depth_order)
        )
        raise InputError(
            f"images must be whole numbers (8 or 16 bits) or floating point (also DICOM), not both, since nothing says that their scales "
            f"are the same, but {counted}; give them one at a time"
        )
    wanted = max(kind.channels for kind in kinds)
    if view is not None and view.mode == "RGB":
        wanted = 3
    parts = [measured.totals[kind] for kind in kinds]
    if wanted == 3:
        parts = [each.as_colour() for each in parts]
    if len(parts) == 1:
        return replace(parts[0])
    return reduce(Totals.plus, parts)


def _depth_order(depth: str) -> int:
    return ("8-bit", "16-bit", "float").index(depth)


def _nothing(measured: Measured, source: ImageSource) -> str:
    left_out = [*source.skipped, *measured.skipped]
    shown = "; ".join(f"{each.name}: {each.reason}" for each in left_out[:3])
    more = sum(measured.reasons.values()) + len(source.skipped) - 3
    return (
        f"at least one image must be readable, but none of {source.label} is: {shown}"
        f"{f'; and {more} more' if more > 0 else ''}"
    )
