"""What is added up over images, and how two such sums become one.

Whole numbers (8 and 16 bits) are added up exactly, so the order doesn't matter. Floating point is added up image by image by the
formula of Chan, Golub and LeVeque (1979) for the sums of squared deviations of two samples together,

    M2 = M2_a + M2_b + (mean_b - mean_a)^2 n_a n_b / (n_a + n_b),

in double precision, means kept as differences from a reference; the caller keeps the order fixed.

For intervals, images are the units: pixels of one image depend on each other. Every image i gives, for each channel, the vector

    x_i = (1, n_i, n_i d_i, n_i (d_i^2 + v_i), d_i, s_i),

n_i its pixels, v_i and s_i variance and standard deviation of its pixels, d_i their mean minus a reference c. Kept is the matrix of
the sums of x_i x_i', from which the variance of every statistic here follows, and the sums of products of three of its elements 1 to 3, from
which skewness does. Another reference is a linear map of x_i (`moved`), so
matrices with different references can be added. Without a reference near the values, floating point with a large offset would lose
its digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

ONE, PIXELS, LEVEL, SQUARE, MEAN, STD = range(6)
"""Places in x_i."""
FULL_SCALE = 65535
"""Exact sums are kept in units of 1/65535 of full scale: 8 bits are multiples of 257 of them."""
_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Sums over images of one kind.

    Args:
        images: how many.
        pixels: of all of them.
        sums: of pixels in units of 1/65535, one a channel; exact. None for floating point.
        squares: of squared pixels in units of 1/65535^2.
        away: mean of pixels minus the reference, one a channel; for floating point. None for whole numbers.
        deviations: sum of squared deviations from the mean.
        reference: c, shape (channels,): a number near the values, so that differences from it keep their digits.
        matrix: sum of x_i x_i', shape (channels, 6, 6).
        cubes: sum of products of three of n_i, n_i d_i and n_i (d_i^2 + v_i), shape (channels, 3, 3, 3).
        smallest: smallest value seen in each channel, on the 0-1 scale; nan where it isn't followed (8 bits).
        largest: largest.
    """

    images: int
    pixels: int
    sums: tuple[int, ...] | None
    squares: tuple[int, ...] | None
    away: _Array | None
    deviations: _Array | None
    reference: _Array
    matrix: _Array
    cubes: _Array
    smallest: _Array
    largest: _Array

    @property
    def channels(self) -> int:
        """Return the number of channels."""
        return len(self.reference)

    def plus(self, other: Totals) -> Totals:
        """Return the sums over both; of the same kind and number of channels."""
        by = self.reference - other.reference
        merged: dict[str, Any] = {"sums": None, "squares": None, "away": None, "deviations": None}
        if self.sums is not None and self.squares is not None:
            assert other.sums is not None
            assert other.squares is not None
            merged["sums"] = tuple(a + b for a, b in zip(self.sums, other.sums, strict=True))
            merged["squares"] = tuple(a + b for a, b in zip(self.squares, other.squares, strict=True))
        else:
            merged["away"], merged["deviations"] = _chan(self, other)
        return Totals(
            images=self.images + other.images,
            pixels=self.pixels + other.pixels,
            reference=self.reference,
            matrix=self.matrix + moved(other.matrix, by),
            cubes=self.cubes + moved_cubes(other.cubes, by),
            smallest=np.fmin(self.smallest, other.smallest),
            largest=np.fmax(self.largest, other.largest),
            **merged,
        )

    def as_colour(self) -> Totals:
        """Return the sums of grey images as if each had three equal channels."""
        if self.channels != 1:
            return self
        return Totals(
            images=self.images,
            pixels=self.pixels,
            sums=self.sums and self.sums * 3,
            squares=self.squares and self.squares * 3,
            away=None if self.away is None else np.repeat(self.away, 3),
            deviations=None if self.deviations is None else np.repeat(self.deviations, 3),
            reference=np.repeat(self.reference, 3),
            matrix=np.repeat(self.matrix, 3, axis=0),
            cubes=np.repeat(self.cubes, 3, axis=0),
            smallest=np.repeat(self.smallest, 3),
            largest=np.repeat(self.largest, 3),
        )

    def to_json(self) -> dict[str, Any]:
        """Return JSON values that `from_json` reads back to the last bit (whole numbers of any size, floats by their shortest form)."""
        return {
            "images": self.images,
            "pixels": self.pixels,
            "sums": self.sums and [str(each) for each in self.sums],
            "squares": self.squares and [str(each) for each in self.squares],
            **{
                name: None if (value := getattr(self, name)) is None else _plain(value)
                for name in ("away", "deviations", "reference", "matrix", "cubes", "smallest", "largest")
            },
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what `to_json` described.

        Raises:
            KeyError, TypeError, ValueError: it isn't that.
        """
        arrays = {
            name: None
            if kept[name] is None
            else np.array(
                [np.nan if each is None else each for each in np.ravel(np.array(kept[name], dtype=object))],
                dtype=np.float64,
            )
            for name in ("away", "deviations", "reference", "matrix", "cubes", "smallest", "largest")
        }
        reference, matrix = arrays["reference"], arrays["matrix"]
        cubes, smallest, largest = arrays["cubes"], arrays["smallest"], arrays["largest"]
        if cubes is None:
            raise ValueError("sums without their cubes")
        if reference is None or matrix is None or smallest is None or largest is None:
            raise ValueError("sums without their reference")
        return cls(
            images=int(kept["images"]),
            pixels=int(kept["pixels"]),
            sums=kept["sums"] and tuple(int(each) for each in kept["sums"]),
            squares=kept["squares"] and tuple(int(each) for each in kept["squares"]),
            away=arrays["away"],
            deviations=arrays["deviations"],
            reference=reference,
            matrix=matrix.reshape(len(reference), 6, 6),
            cubes=cubes.reshape(len(reference), 3, 3, 3),
            smallest=smallest,
            largest=largest,
        )


def moved(matrix: _Array, by: _Array) -> _Array:
    """Return the sums of x_i x_i' after the reference moved.

    Args:
        matrix: shape (channels, 6, 6).
        by: new reference minus old, shape (channels,).
    """
    change = _change(by)
    result: _Array = change @ matrix @ change.transpose(0, 2, 1)
    return result


def moved_cubes(cubes: _Array, by: _Array) -> _Array:
    """Return the sums of products of three elements after the reference moved; arguments as `moved`."""
    change = _change(by)[:, PIXELS : SQUARE + 1, PIXELS : SQUARE + 1]
    result: _Array = np.einsum("cap,cbq,cdr,cpqr->cabd", change, change, change, cubes)
    return result


def _change(by: _Array) -> _Array:
    change = np.zeros((len(by), 6, 6))
    for place in range(6):
        change[:, place, place] = 1.0
    change[:, LEVEL, PIXELS] = -by
    change[:, SQUARE, LEVEL] = -2.0 * by
    change[:, SQUARE, PIXELS] = by * by
    change[:, MEAN, ONE] = -by
    return change


def products_of(*, pixels: _Array, aways: _Array, variances: _Array) -> tuple[_Array, _Array]:
    """Return the sums of products of two and of three elements of x_i over images, shapes (channels, 6, 6) and (channels, 3, 3, 3).

    Args:
        pixels: of each image, shape (images,).
        aways: means minus the reference, shape (images, channels).
        variances: shape (images, channels).
    """
    count = np.broadcast_to(pixels[:, None], aways.shape)
    rows = np.stack(
        [
            np.ones_like(aways),
            count,
            count * aways,
            count * (aways * aways + variances),
            aways,
            np.sqrt(variances),
        ],
        axis=2,
    )
    # One image after the other: a matrix product's order of adding depends on the library's threads.
    matrix: _Array = np.einsum("icp,icq->cpq", rows, rows, optimize=False)
    three = rows[:, :, PIXELS : SQUARE + 1]
    pairs = three[:, :, :, None] * three[:, :, None, :]
    cubes: _Array = np.einsum("icpq,icr->cpqr", pairs, three, optimize=False)
    return matrix, cubes


def _chan(first: Totals, second: Totals) -> tuple[_Array, _Array]:
    assert first.away is not None
    assert first.deviations is not None
    assert second.away is not None
    assert second.deviations is not None
    together = first.pixels + second.pixels
    apart = (second.away - first.away) + (second.reference - first.reference)
    away = first.away + apart * (second.pixels / together)
    deviations = (
        first.deviations + second.deviations + apart * apart * (first.pixels * (second.pixels / together))
    )
    return away, deviations


def _plain(values: _Array) -> Any:
    """Return nested lists with None for nan, which JSON doesn't have."""
    if values.ndim > 1:
        return [_plain(each) for each in values]
    return [None if np.isnan(each) else float(each) for each in values]
