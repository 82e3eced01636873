"""The sums of one block of images, in whatever process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.picture import Skipped, UnreadableImageError
from steelyard.data.images.source import ImageSource
from steelyard.imaging.kernels import add_bytes, add_words
from steelyard.imaging.totals import FULL_SCALE, Totals, products_of
from steelyard.imaging.view import View

_LARGEST = 1e40
Depth = str
"""`8-bit`, `16-bit` or `float`."""


class Kind(NamedTuple):
    """Images whose sums can be added.

    Args:
        seen: as the network gets them; False for originals, before resizing.
        depth: `8-bit`, `16-bit` or `float`.
        channels: 1, 3 or 4.
    """

    seen: bool
    depth: Depth
    channels: int


@dataclass(slots=True, kw_only=True)
class Measured:
    """What is known of some images.

    Args:
        totals: their sums by kind.
        skipped: the first of the images that were left out.
        reasons: how often each reason was the reason.
        notes: how often each note was made, e.g. `CMYK to RGB`.
        decoders: how many images each decoder decoded.
        sides: smallest and largest height, smallest and largest width, of what was seen.
    """

    totals: dict[Kind, Totals] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    decoders: Counter[str] = field(default_factory=Counter)
    sides: tuple[int, int, int, int] | None = None

    def plus(self, other: Measured, *, most_skipped: int) -> Measured:
        """Return both together; blocks have to come in their order for the same bits."""
        totals = dict(self.totals)
        for kind, each in other.totals.items():
            before = totals.get(kind)
            totals[kind] = each if before is None else before.plus(each)
        return Measured(
            totals=totals,
            skipped=(self.skipped + other.skipped)[:most_skipped],
            reasons=self.reasons + other.reasons,
            notes=self.notes + other.notes,
            decoders=self.decoders + other.decoders,
            sides=_widest(self.sides, other.sides),
        )


def measure(source: ImageSource, indices: Sequence[int], view: View) -> Measured:
    """Return the sums of some images, in the order given.

    Args:
        source: the images.
        indices: their numbers.
        view: what counts of each.
    """
    found = Measured()
    rows: dict[Kind, _Rows] = defaultdict(list)
    heights, widths = set(), set()
    upright = view.changes_geometry
    decoders = Counter[str]()
    for index in indices:
        try:
            picture = source.decode(index, upright=upright)
            seen = view.see(picture)
            kind = _kind(seen, seen=True)
            row = _row(seen, kind)
            if upright:
                original = np.ascontiguousarray(view.channels_of(picture.values))
                original_kind = _kind(original, seen=False)
                rows[original_kind].append(_row(original, original_kind))
        except UnreadableImageError as error:
            found.skipped.append(Skipped(name=source.names[index], reason=str(error)))
            found.reasons[reason_class(str(error))] += 1
            continue
        rows[kind].append(row)
        decoders[picture.decoder] += 1
        if picture.notes:
            found.notes.update(picture.notes)
        if picture.values.shape[2] in {2, 4} and view.mode != "RGBA":
            found.notes["alpha dropped"] += 1
        height, width, _ = seen.shape
        heights.add(height)
        widths.add(width)
        del picture, seen  # the next image takes their memory, which would be asked for anew otherwise
    found.decoders = decoders
    if heights:
        found.sides = (min(heights), max(heights), min(widths), max(widths))
    found.totals = {kind: _totals(kind, each) for kind, each in sorted(rows.items())}
    return found


def reason_class(reason: str) -> str:
    """Return a reason without what differs from image to image (it stands behind a colon), so that equal ones are counted together.

    >>> reason_class("it is damaged: unexpected byte 3")
    'it is damaged'
    """
    return reason.partition(":")[0].partition(",")[0]


class _Row(NamedTuple):
    """Sums of one image.

    Of whole numbers: of pixels and of their squares, each of shape (channels,). Of floating point: a number near the mean with what is
    missing to the mean, shape (2, channels), and the sum of squared deviations.
    """

    pixels: int
    first: NDArray[Any]
    second: NDArray[Any]
    smallest: NDArray[np.float64] | None
    largest: NDArray[np.float64] | None


_Rows = list[_Row]
_DEPTHS: dict[int, Depth] = {np.dtype(np.uint8).num: "8-bit", np.dtype(np.uint16).num: "16-bit"}


@cache
def _named(seen: bool, number: int, channels: int) -> Kind:
    """Return the kind of images of a type (by its number, the same for both byte orders)."""
    return Kind(seen, _DEPTHS.get(number, "float"), channels)


def _kind(values: NDArray[Any], *, seen: bool) -> Kind:
    return _named(seen, values.dtype.num, values.shape[2])


def _row(values: NDArray[Any], kind: Kind) -> _Row:
    """Return an image's sums: whole numbers exact and unscaled, of floating point mean and sum of squared deviations."""
    height, width, channels = values.shape
    pixels = height * width
    if kind.depth == "float":
        return _float_row(values, pixels)
    sums, squares = np.zeros(channels, np.uint64), np.zeros(channels, np.uint64)
    if kind.depth == "8-bit":
        add_bytes(values.reshape(-1), channels, sums, squares)
        return _Row(pixels, sums, squares, None, None)
    add_words(values.astype(np.uint16, copy=False).reshape(-1), channels, sums, squares)
    return _Row(
        pixels,
        sums,
        squares,
        values.min(axis=(0, 1)) / FULL_SCALE,
        values.max(axis=(0, 1)) / FULL_SCALE,
    )


def _float_row(values: NDArray[Any], pixels: int) -> _Row:
    """Return mean and squared deviations by two passes, the second of which corrects the first."""
    planes = np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float64).reshape(-1, pixels)
    if not np.isfinite(planes).all():
        raise UnreadableImageError("it holds values that aren't numbers (nan or infinity)")
    if np.abs(planes).max() > _LARGEST:
        raise UnreadableImageError(
            f"it holds values beyond {_LARGEST:g}, whose sixth powers can't be added up"
        )
    near = planes.sum(axis=1) / pixels
    away = planes - near[:, None]
    left = away.sum(axis=1) / pixels
    deviations = (away * away).sum(axis=1) - pixels * left * left
    return _Row(
        pixels, np.stack([near, left]), np.maximum(deviations, 0.0), planes.min(axis=1), planes.max(axis=1)
    )


def _totals(kind: Kind, rows: _Rows) -> Totals:
    """Return the sums over the images of one kind."""
    pixels = np.array([row.pixels for row in rows], np.int64)
    first = np.stack([row.first for row in rows])
    second = np.stack([row.second for row in rows])
    if kind.depth == "float":
        totals = _float_totals(pixels, first, second)
    else:
        totals = _exact_totals(pixels, first, second, full=255 if kind.depth == "8-bit" else FULL_SCALE)
    if rows[0].smallest is None:
        return totals
    smallest = np.array([row.smallest for row in rows]).min(axis=0)
    largest = np.array([row.largest for row in rows]).max(axis=0)
    return replace(totals, smallest=smallest, largest=largest)


def _exact_totals(
    pixels: NDArray[np.int64],
    sums: NDArray[np.uint64],
    squares: NDArray[np.uint64],
    *,
    full: int,
) -> Totals:
    unit = FULL_SCALE // full
    # About the whole number below the mean, an image's variance loses no digits, and that of a constant one is exactly 0.
    count, total, total_squares = pixels[:, None], sums.astype(np.int64), squares.astype(np.int64)
    near = total // count
    rest = (total - count * near) / count
    spread = (total_squares - 2 * near * total + count * near * near) / count
    reference = np.full(sums.shape[1], 0.5)
    matrix, cubes = products_of(
        pixels=pixels.astype(np.float64),
        aways=(near + rest) / full - reference,
        variances=np.maximum(spread - rest * rest, 0.0) / (full * full),
    )
    return Totals(
        images=len(pixels),
        pixels=int(pixels.sum()),
        sums=tuple(unit * sum(each.tolist()) for each in sums.T),
        squares=tuple(unit * unit * sum(each.tolist()) for each in squares.T),
        away=None,
        deviations=None,
        reference=reference,
        matrix=matrix,
        cubes=cubes,
        smallest=np.full(sums.shape[1], np.nan),
        largest=np.full(sums.shape[1], np.nan),
    )


def _float_totals(
    pixels: NDArray[np.int64],
    means: NDArray[np.float64],
    deviations: NDArray[np.float64],
) -> Totals:
    reference = means[0, 0]
    unknown = np.full(len(reference), np.nan)
    total: Totals | None = None
    for count, (near, left), squared in zip(pixels, means, deviations, strict=True):
        away = (near - reference) + left
        matrix, cubes = products_of(
            pixels=np.array([float(count)]), aways=away[None], variances=(squared / count)[None]
        )
        each = Totals(
            images=1,
            pixels=int(count),
            sums=None,
            squares=None,
            away=away,
            deviations=squared,
            reference=reference,
            matrix=matrix,
            cubes=cubes,
            smallest=unknown,
            largest=unknown,
        )
        total = each if total is None else total.plus(each)
    assert total is not None
    return total


def _widest(
    first: tuple[int, int, int, int] | None, second: tuple[int, int, int, int] | None
) -> tuple[int, int, int, int] | None:
    if first is None or second is None:
        return first or second
    return (
        min(first[0], second[0]),
        max(first[1], second[1]),
        min(first[2], second[2]),
        max(first[3], second[3]),
    )
