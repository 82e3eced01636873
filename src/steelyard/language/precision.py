"""The number format and device that a network computes with."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import torch

from steelyard.errors import InputError

Precision = Literal["auto", "float32", "bfloat16", "float64"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """A number format on a device.

    Args:
        precision: `float32`, `float64`, or `bfloat16`: matrix products in bfloat16, weights and sums in single precision
            (autocast).
        device: where.
    """

    precision: Literal["float32", "bfloat16", "float64"]
    device: torch.device

    @property
    def dtype(self) -> torch.dtype:
        """Return the format of the weights."""
        return torch.float64 if self.precision == "float64" else torch.float32

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context in which matrix products are made in the format."""
        if self.precision == "bfloat16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()


def arithmetic(precision: Precision, device: str) -> Arithmetic:
    """Return what a choice comes to on this machine.

    `auto` takes bfloat16 where its products are many times faster: on CUDA devices that have it, and on processors with matrix units
    for it (AMX). Other processors stay with single precision, whose own kernels are faster than bfloat16 by autocast would be.

    Args:
        precision: as asked for.
        device: `auto` (CUDA where there is one), or PyTorch's name of one.

    Raises:
        InputError: a format or device that there isn't, or a format that the device can't compute in.

    Example:
        >>> arithmetic("float32", "cpu").dtype
        torch.float32
    """
    if precision not in get_args(Precision):
        raise InputError(
            f"`precision` must be one of {', '.join(get_args(Precision))}, but got {precision!r}"
        )
    name = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    try:
        place = torch.device(name)
        torch.empty(0, device=place)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"`device` must be one that is here (cpu, cuda), but got {device!r}: {reason}"
        ) from error
    if precision == "bfloat16" and not _has_bfloat16(place):
        raise InputError(
            f"`precision` must be float32 or float64 on {place.type} here, since PyTorch has no bfloat16 LSTM for this processor"
        )
    if precision == "auto":
        return Arithmetic(precision="bfloat16" if _gains(place) else "float32", device=place)
    return Arithmetic(precision=precision, device=place)


@cache
def _has_bfloat16(place: torch.device) -> bool:
    """Return whether a smallest LSTM runs in bfloat16."""
    try:
        with torch.random.fork_rng(devices=[]), torch.inference_mode():
            layer = torch.nn.LSTM(1, 1, device=place)
            with torch.autocast(place.type, dtype=torch.bfloat16):
                layer(torch.zeros(1, 1, 1, device=place))
    except RuntimeError:
        return False
    return True


def _gains(place: torch.device) -> bool:
    if place.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    has_tiles = getattr(torch.cpu, "_is_amx_tile_supported", None)  # PyTorch has no public question for it
    return place.type == "cpu" and has_tiles is not None and bool(has_tiles())
