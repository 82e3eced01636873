"""Numbers out of a file that anybody may have written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


def whole_numbers(values: Any, *, name: str, most: int) -> NDArray[np.int64]:
    """Return a list of whole numbers from 0 to `most` as int64, shape (values,).

    Args:
        values: what the file held.
        name: what it is called in messages.
        most: the largest number allowed.

    Raises:
        InputError: no list, or an entry that is no whole number in the range (true and 1.0 aren't any).

    Example:
        >>> whole_numbers([3, 4], name="counts", most=10)
        array([3, 4])
    """
    if not isinstance(values, list):
        raise InputError(f"`{name}` must be a list of whole numbers, but got {type(values).__name__}")
    for at, value in enumerate(values):
        if type(value) is not int or not 0 <= value <= most:
            raise InputError(
                f"`{name}` must be whole numbers from 0 to {most}, but entry {at} is {str(value)[:40]}"
            )
    return np.array(values, dtype=np.int64)
