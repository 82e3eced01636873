"""A batch of bags of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TensorBags:
    """A batch of bags as tensors on one device.

    Args:
        words: int64, shape (batch, n); 0 where there is none.
        mask: bool, shape (batch, n); True where a word is.
        features: float32, shape (batch, n, features), or None.
    """

    words: Tensor
    mask: Tensor
    features: Tensor | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bags:
    """A batch of bags of words, each with at least one word.

    The order of a bag's words carries nothing, and a word may be in it more than once.

    Args:
        words: whole numbers, shape (batch, n); 0 where there is none.
        mask: bool, shape (batch, n); True where a word is.
        features: float32, shape (batch, n, features): numbers that come with each word; None where there are none.

    Raises:
        InputError: shapes that don't fit, an empty bag, a word without a number, features that are infinite or nan.

    Example:
        >>> bags = Bags.of([[3, 1, 1], [2]], vocabulary=4, length=3)
        >>> bags.words.tolist(), bags.mask.tolist()
        ([[3, 1, 1], [2, 0, 0]], [[True, True, True], [True, False, False]])
    """

    words: NDArray[Any]
    mask: NDArray[np.bool_]
    features: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        words, mask, features = self.words, self.mask, self.features
        if words.ndim != 2 or words.dtype.kind not in "iu":
            raise InputError(
                f"`words` must be whole numbers of shape (batch, n), but got {words.dtype} of shape {words.shape}"
            )
        if mask.shape != words.shape or mask.dtype != np.bool_:
            raise InputError(
                f"`mask` must be true or false for each word, shape {words.shape}, but got {mask.dtype} of shape {mask.shape}"
            )
        if features is not None:
            if features.ndim != 3 or features.shape[:2] != words.shape:
                raise InputError(
                    f"`features` must be of shape {(*words.shape, 'features')}, but got {features.shape}"
                )
            if not np.isfinite(features).all():
                where = np.argwhere(~np.isfinite(features))[0].tolist()
                raise InputError(
                    f"`features` must be finite, but bag {where[0]} has {features[tuple(where)]} at its word {where[1]}; look for "
                    "a division by zero in the environment"
                )
        held = mask.any(axis=1)
        if not held.all():
            raise InputError(
                f"every bag must have a word, but bag {int(held.argmin())} is empty; add a word that stands for the bag itself, as Satchel's "
                "encoder does"
            )
        if ((words > 0) != mask).any():
            raise InputError(
                "`words` must be above 0 where `mask` is true and 0 where it is false; 0 is no word"
            )

    def __len__(self) -> int:
        return len(self.words)

    @staticmethod
    def of(
        bags: Sequence[Sequence[int]],
        *,
        vocabulary: int,
        length: int,
        features: Sequence[ArrayLike] | None = None,
    ) -> Bags:
        """Return a batch from one list of words for each bag.

        Args:
            bags: the words of each bag, from 1 to `vocabulary - 1`.
            vocabulary: one more than the highest word.
            length: most words in a bag.
            features: for each bag an array of shape (words, features).

        Raises:
            InputError: an empty bag, one with more words than `length`, a word outside the vocabulary, features that don't fit.

        Example:
            >>> Bags.of([[1, 2], [2]], vocabulary=3, length=2, features=[[[0.5], [1.0]], [[2.0]]]).features.ravel().tolist()
            [0.5, 1.0, 2.0, 0.0]
        """
        words = np.zeros((len(bags), length), dtype=np.int32)
        for place, bag in enumerate(bags):
            if len(bag) > length:
                raise InputError(
                    f"a bag must have at most {length} words, but bag {place} has {len(bag)}; give the encoder a larger `length`"
                )
            outside = [word for word in bag if not 0 < word < vocabulary]
            if outside:
                raise InputError(
                    f"words must be from 1 to {vocabulary - 1}, but bag {place} has {outside[0]}; give the encoder a larger "
                    "`vocabulary` (0 is no word)"
                )
            words[place, : len(bag)] = bag
        return Bags(words=words, mask=words > 0, features=_padded(bags, features, length))

    def tensors(self, device: torch.device | str = "cpu") -> TensorBags:
        """Return the same bags as tensors."""
        import torch  # noqa: PLC0415 - only a network needs it

        features = None if self.features is None else torch.from_numpy(_whole(self.features)).to(device)
        return TensorBags(
            words=torch.from_numpy(self.words.astype(np.int64)).to(device),
            mask=torch.from_numpy(_whole(self.mask)).to(device),
            features=features,
        )


def _padded(
    bags: Sequence[Sequence[int]], features: Sequence[ArrayLike] | None, length: int
) -> NDArray[np.float32] | None:
    if features is None:
        return None
    rows = [np.asarray(each, dtype=np.float32) for each in features]
    if len(rows) != len(bags) or any(
        row.ndim != 2 or len(row) != len(bag) for row, bag in zip(rows, bags, strict=False)
    ):
        raise InputError(
            f"`features` must have one array of shape (words, features) for each of the {len(bags)} bags, but got shapes "
            f"{[row.shape for row in rows[:5]]}"
        )
    widths = {row.shape[1] for row in rows}
    if len(widths) > 1:
        raise InputError(f"`features` must be the same number for every word, but got {sorted(widths)}")
    padded = np.zeros((len(rows), length, widths.pop() if widths else 0), dtype=np.float32)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


def _whole(values: NDArray[Any]) -> NDArray[Any]:
    """Return values that PyTorch can share: contiguous and writable."""
    return values if values.flags.c_contiguous and values.flags.writeable else values.copy(order="C")
