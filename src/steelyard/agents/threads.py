"""How many threads PyTorch computes with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from steelyard.errors import InputError


@contextmanager
def threads_set(count: int | None) -> Iterator[None]:
    """Let PyTorch use so many threads for a while; None leaves it.

    Raises:
        InputError: a number below 1.

    Example:
        >>> with threads_set(1):
        ...     torch.get_num_threads()
        1
    """
    if count is not None and count < 1:
        raise InputError(f"`threads` must be at least 1, but got {count}")
    before = torch.get_num_threads()
    try:
        if count is not None:
            torch.set_num_threads(count)
        yield
    finally:
        if count is not None:
            torch.set_num_threads(before)
