"""Losses of a number: mean squared, root mean squared and mean absolute error.

Among constants the mean has the least squared error, the variance of the targets (divisor n), and the median the least
absolute error. Persistence forecasts the value before; it is a baseline where targets are in order of time.

When it is wrong: targets that aren't those the loss was computed on, or were scaled before it was.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from steelyard.errors import InputError
from steelyard.weigh.losses._base import Evidence, numeric_targets
from steelyard.weigh.scale import ReferencePoint, Scale

_UNITS = {"mse": "squared units", "rmse": "units", "mae": "units"}
_ZERO_SHARE = 0.5


class Error:
    """One of the three error losses."""

    def __init__(self, kind: Literal["mse", "rmse", "mae"]) -> None:
        self._kind = kind

    def build_scale(self, evidence: Evidence) -> Scale:
        """Return the scale between the best constant (or persistence, if better) and 0."""
        y = numeric_targets(evidence, loss=self._kind)
        if float(np.ptp(y)) == 0:
            raise InputError(
                f"targets must vary, but all {len(y)} are {y[0]:g}: a constant is right every time"
            )
        centre = float(np.median(y)) if self._kind == "mae" else float(y.mean())
        which = "median" if self._kind == "mae" else "mean"
        constant = ReferencePoint(
            name=which,
            value=self._of(y - centre),
            meaning=f"always predicting the {which}, {centre:.4g}",
            quantity=f"what always predicting the {which} gets",
            predictor=f"always predicting the {which}",
        )
        points = [constant]
        zero = ReferencePoint(
            name="zero",
            value=self._of(y),
            meaning="always predicting 0",
            quantity="what all zeros get",
            predictor="all zeros",
        )
        if centre != 0:
            points.append(zero)
        if evidence.ordered:
            points.append(
                ReferencePoint(
                    name="persistence",
                    value=self._of(np.diff(y)),
                    meaning="always predicting the value before",
                    quantity="what persistence gets",
                    predictor="persistence",
                )
            )
        baseline = min(points, key=lambda point: point.value)
        floor = ReferencePoint(
            name="floor", value=0.0, meaning="no error at all", predictor="no error at all"
        )
        return Scale(
            loss=self._kind,
            unit=_UNITS[self._kind],
            baseline=baseline,
            floor=floor,
            references=(*sorted(points, key=lambda point: -point.value), floor),
            notes=self._notes(y),
        )

    def _of(self, errors: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        if self._kind == "mae":
            return float(np.abs(errors).mean())
        squared = float((errors**2).mean())
        return squared if self._kind == "mse" else math.sqrt(squared)

    def _notes(self, y: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[str, ...]:
        zeros = float((y == 0).mean())
        notes = ["0 is the floor only where targets can be known exactly; noise in them is a floor above it."]
        if zeros > _ZERO_SHARE:
            wins = (
                " and all zeros has the lowest mean absolute error of any constant"
                if self._kind == "mae"
                else ""
            )
            notes.append(
                f"{zeros:.0%} of the targets are 0{wins}: a small {self._kind} says little; weigh occurrence (bce, brier) and the whole "
                "distribution (count) instead."
            )
        return tuple(notes)
