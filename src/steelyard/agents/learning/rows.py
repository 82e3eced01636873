"""Observed bags as rows of arrays, of which some are taken and shown to a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.agents.learning.distinct import Distinct, distinct_rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """Bags as tensors.

    Args:
        words: shape (batch, n), int64.
        mask: shape (batch, n), bool: where a word is.
        features: shape (batch, n, features), or None where there are none.
        allowed: shape (batch, actions), bool: which actions may be taken, or None where all may.
    """

    words: Tensor
    mask: Tensor
    features: Tensor | None
    allowed: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Bags as arrays.

    Args:
        words: shape (rows, n), of whole numbers.
        mask: shape (rows, n), bool: where a word is.
        features: shape (rows, n, features), or None where there are none.
        allowed: shape (rows, actions), bool: which actions may be taken, or None where all may.

    Example:
        >>> words = np.array([[1, 2], [1, 0], [1, 2]])
        >>> rows = Rows(words=words, mask=words > 0, features=None)
        >>> rows.distinct().first.size, rows.taken(np.array([1])).shown("cpu").words.tolist()
        (2, [[1, 0]])
    """

    words: NDArray[Any]
    mask: NDArray[np.bool_]
    features: NDArray[np.float32] | None
    allowed: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def taken(self, places: NDArray[Any]) -> Rows:
        """Return some rows, by their places or a mask."""
        return Rows(
            words=self.words[places],
            mask=self.mask[places],
            features=None if self.features is None else self.features[places],
            allowed=None if self.allowed is None else self.allowed[places],
        )

    def distinct(self) -> Distinct:
        """Return which rows are equal."""
        return distinct_rows(self.words, self.mask, self.features, self.allowed)

    def shown(self, device: torch.device | str) -> Shown:
        """Return the rows as tensors on a device."""
        return Shown(
            words=torch.from_numpy(self.words.astype(np.int64)).to(device),
            mask=_tensor(self.mask, device),
            features=None if self.features is None else _tensor(self.features, device),
            allowed=None if self.allowed is None else _tensor(self.allowed, device),
        )

    @staticmethod
    def joined(parts: list[Rows]) -> Rows:
        """Return several parts, all with or all without features and allowed actions, one below the other."""
        features = [part.features for part in parts if part.features is not None]
        allowed = [part.allowed for part in parts if part.allowed is not None]
        return Rows(
            words=np.concatenate([part.words for part in parts]),
            mask=np.concatenate([part.mask for part in parts]),
            features=np.concatenate(features) if features else None,
            allowed=np.concatenate(allowed) if allowed else None,
        )


def _tensor(values: NDArray[Any], device: torch.device | str) -> Tensor:
    return torch.from_numpy(np.array(values, order="C")).to(device)
