"""Targets as users have them (lists, numpy, pandas, polars, torch), read as numbers or as classes."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


def numbers(targets: Any) -> NDArray[np.float64]:
    """Return targets as finite numbers, in their order.

    Args:
        targets: 1-D: a list, a numpy array, a pandas or polars Series, a torch tensor.

    Raises:
        InputError: not 1-D, empty, or values that are missing, not numbers or not finite (counted, the first named).

    Example:
        >>> numbers([1, True, 2.5]).tolist()
        [1.0, 1.0, 2.5]
        >>> numbers([1.0, None, float("inf")])
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: `targets` must be finite numbers, but 2 of 3 are not: the first is None in row 2; ...
    """
    array = _one_dimensional(targets)
    if array.dtype.kind in "biuf":
        values = array.astype(np.float64)
    else:
        values = np.array([_number(value) for value in array.tolist()], dtype=np.float64)
    _refuse(~np.isfinite(values), array, "finite numbers")
    return values


def varied(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the numbers, if they aren't all the same.

    Raises:
        InputError: constant targets: a constant predicts them perfectly, so there is no scale.

    Example:
        >>> varied(numbers([0, 0]))
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: `targets` must have at least two different values, but all 2 are 0; ...
    """
    if (values == values[0]).all():
        raise InputError(
            f"`targets` must have at least two different values, but all {len(values)} are {values[0]:g}; a constant "
            "predicts them perfectly, so there is nothing to weigh"
        )
    return values


def within(values: NDArray[np.float64], low: float, high: float, what: str) -> NDArray[np.float64]:
    """Return the numbers, if they lie in [low, high].

    Raises:
        InputError: numbers outside (counted, the first named).

    Example:
        >>> within(numbers([0, 2]), 0, 1, "labels or probabilities in [0, 1]")
        Traceback (most recent call last):
            ...
        steelyard.errors.InputError: `targets` must be labels or probabilities in [0, 1], but 1 of 2 are not: the ...
    """
    _refuse((values < low) | (values > high), values, what)
    return values


def whole(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the numbers, if they are counts: 0, 1, 2, ...

    Raises:
        InputError: negative or fractional numbers (counted, the first named).

    Example:
        >>> whole(numbers([0, 3])).tolist()
        [0.0, 3.0]
    """
    _refuse((values < 0) | (values != np.floor(values)), values, "counts (0, 1, 2, ...)")
    return values


def class_counts(targets: Any) -> NDArray[np.float64]:
    """Return how often each class occurs, in no order of meaning.

    Args:
        targets: 1-D, integers, whole floats, booleans or strings.

    Raises:
        InputError: not 1-D, empty, or classes that are missing or fractional (counted, the first named).

    Example:
        >>> sorted(class_counts(["owl", "cat", "owl"]).tolist())
        [1.0, 2.0]
    """
    array = _one_dimensional(targets)
    if array.dtype.kind == "f":
        _refuse(~np.isfinite(array), array, "classes (integers or strings)")
        _refuse(array != np.floor(array), array, "classes (integers or strings)")
    if array.dtype.kind in "biufU":
        return np.unique(array, return_counts=True)[1].astype(np.float64)
    values = array.tolist()
    _refuse(np.array([_missing(value) for value in values]), array, "classes (integers or strings)")
    return np.array(list(Counter(map(str, values)).values()), dtype=np.float64)


def _one_dimensional(targets: Any) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.asarray(_unwrapped(targets))
    except ValueError as error:
        raise InputError("`targets` must be 1-D, but rows have different lengths; flatten them") from error
    if array.ndim == 2 and array.shape[1] == 1:  # a data frame of one column
        array = array.ravel()
    if array.ndim != 1:
        shape = "one value or an iterator" if array.ndim == 0 else f"shape {array.shape}"
        way_out = "one-hot rows become classes by `argmax(axis=1)`"
        raise InputError(f"`targets` must be 1-D, but got {shape}; give a list or one column ({way_out})")
    if array.size == 0:
        raise InputError(
            "`targets` must not be empty, but got none; give the targets that the loss was measured on"
        )
    return array


def _unwrapped(targets: Any) -> Any:
    """Return something that numpy reads right: tensors leave their device, masked values become None."""
    if isinstance(targets, np.ma.MaskedArray):
        return targets.tolist()  # masked values become None
    if hasattr(targets, "detach"):  # torch, which need not be installed or imported to ask
        tensor = targets.detach().cpu()
        return tensor.double().numpy() if tensor.is_floating_point() else tensor.numpy()
    return targets


def _refuse(wrong: NDArray[np.bool_], values: NDArray[Any], what: str) -> None:
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0])
    first = values[row]
    shown = repr(first.item() if isinstance(first, np.generic) else first)[:60]
    raise InputError(
        f"`targets` must be {what}, but {int(wrong.sum()):,} of {len(values):,} are not: the first is {shown} in row "
        f"{row + 1}; fill in or leave out such rows"
    )


def _number(value: Any) -> float:
    """Return a value as a number, nan if it isn't one."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _missing(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in {"NAType", "NaTType"}
    )
