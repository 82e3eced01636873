"""Latents as rows: what every probe reads, from a tensor or an array, with padding taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latents:
    """Vectors of a layer, one a row.

    Args:
        rows: shape (samples, width), float64.
        bags: which bag each row is of, counted from 0 and ascending, shape (samples,); None where rows stand alone.
        rounding: expected length of a row's rounding error in the number format that the latents came in.
    """

    rows: Array
    bags: NDArray[np.int64] | None
    rounding: float

    def centred(self) -> Array:
        """Return the rows less their mean; rows that differ from it by rounding only become 0."""
        centred: Array = self.rows - self.rows.mean(axis=0)
        centred[np.linalg.norm(centred, axis=1) <= 4 * self.rounding] = 0.0
        return centred


def latents_of(latents: Any, *, mask: Any = None) -> Latents:
    """Return latents as rows.

    Args:
        latents: a torch tensor or array, shape (samples, width) or (batch, n, width): the vectors of n words in each of a batch of bags.
        mask: True where there is a word, shape (samples,) or (batch, n); None: everywhere.

    Raises:
        InputError: another shape, fewer than two vectors, or a number that isn't finite.

    Example:
        >>> found = latents_of(np.ones((2, 3, 4), np.float32), mask=np.array([[True, True, False], [True, False, False]]))
        >>> found.rows.shape, found.bags.tolist()
        ((3, 4), [0, 0, 1])
    """
    values, eps = as_array(latents, name="latents")
    if values.ndim not in {2, 3} or values.shape[-1] == 0:
        raise InputError(
            f"`latents` must have shape (samples, width) or (batch, n, width), but got {values.shape}; reshape it"
        )
    bags = None
    if values.ndim == 3:
        bags = np.repeat(np.arange(values.shape[0]), values.shape[1])
    rows = values.reshape(-1, values.shape[-1])
    if mask is not None:
        kept = mask_of(mask, values.shape[:-1])
        rows = rows[kept]
        bags = None if bags is None else bags[kept]
    if len(rows) < 2:
        raise InputError(f"`latents` must hold at least two vectors, but got {len(rows)}; give more samples")
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    if not np.isfinite(rows).all():
        where = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise InputError(
            f"`latents` must be finite, but vector {where} of {len(rows)} isn't; look for a division by zero or an overflow before this layer"
        )
    # A rounding error is up to eps/2 of a number's size, its standard deviation a little below eps/4.
    rounding = eps / 4 * float(np.sqrt(np.einsum("ij,ij->", rows, rows) / len(rows)))
    return Latents(rows=rows, bags=bags, rounding=rounding)


def mask_of(mask: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask as flat booleans.

    Args:
        mask: True where there is a word.
        shape: what it must have.

    Raises:
        InputError: another shape, or numbers that aren't 0 or 1.
    """
    values, _ = as_array(mask, name="mask")
    if values.shape != shape:
        raise InputError(f"`mask` must have shape {shape} like the latents, but got {values.shape}")
    if not np.isin(values, (0, 1)).all():
        raise InputError(
            "`mask` must be True where there is a word and False elsewhere, but holds other numbers"
        )
    return values.astype(bool).ravel()


def as_array(values: Any, *, name: str) -> tuple[NDArray[Any], float]:
    """Return a tensor or array as an array, and the relative rounding (eps) of its number format.

    Raises:
        InputError: neither numbers nor booleans.
    """
    eps = 0.0
    if hasattr(values, "detach"):  # a torch tensor, without loading torch for those who have none
        import torch  # noqa: PLC0415 - whoever hands over a tensor has it loaded

        tensor = values.detach()
        if tensor.dtype.is_floating_point:
            eps = float(torch.finfo(tensor.dtype).eps)
            tensor = tensor.to(torch.promote_types(tensor.dtype, torch.float32))
        values = tensor.cpu().numpy()
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise InputError(f"`{name}` must hold numbers, but got {array.dtype}; convert it")
    if eps == 0.0 and array.dtype.kind == "f":
        eps = float(np.finfo(array.dtype).eps)
    return array, eps
