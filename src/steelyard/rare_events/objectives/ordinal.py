"""One head, trained by the likelihood of counts as ordered categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

import torch
from torch import Tensor

from steelyard.errors import InputError
from steelyard.rare_events.likelihoods.ordinal import continuation_ratio, geometric_tail
from steelyard.rare_events.objectives._base import LossPart, counts_to, logit_of

_MOST_CATEGORIES = 30
_LEAST_IN_LAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinal:
    """One head with an output for every count k below the last category: having come to k, does it go on?

    The last category is trained as one ("`last` or more"), and read as a geometric tail that is the same for all steps.

    Args:
        last: the last category, at least 1; None: found by `prepare`, the largest up to 30 that at least 5 counts reach.
        tail: the geometric tail's ratio, in (0, 1).

    Raises:
        InputError: numbers out of range.
    """

    last: int | None = None
    tail: float = 0.5

    def __post_init__(self) -> None:
        if not ((self.last is None or self.last >= 1) and 0 < self.tail < 1):
            raise InputError(
                f"`last` must be at least 1 and `tail` lie in (0, 1), but got {self.last} and {self.tail}"
            )

    @property
    def heads(self) -> tuple[int, ...]:
        """Return as many outputs as there are categories, less one.

        Raises:
            InputError: the last category isn't known yet.
        """
        return (self._known_last,)

    @property
    def parts(self) -> tuple[LossPart, ...]:
        """Return the one part."""
        return ("count",)

    def losses(self, outputs: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return the negative log-likelihood of each step's category."""
        return {"count": -continuation_ratio(y, logits=outputs)}

    def log_pmf(self, outputs: Tensor, *, most: int) -> Tensor:
        """Return the categories' distribution, the last one's mass along its tail."""
        counts = counts_to(most, like=outputs)
        categories = continuation_ratio(counts, logits=outputs[..., None, :])
        return categories + geometric_tail(counts, first=self._known_last, ratio=self.tail)

    def start(self, y: Tensor) -> Tensor:
        """Return the logit of the share that goes on, for every category below the last."""
        reached = [y >= k for k in range(self._known_last + 1)]
        shares = [
            (further.sum() / here.sum().clamp(min=1)).to(y.dtype) for here, further in pairwise(reached)
        ]
        return logit_of(torch.stack(shares))

    def prepare(self, y: Tensor) -> Self:
        """Return the objective with a last category, and the tail's ratio from counts in it.

        The ratio is the posterior mean under Jeffreys' prior, Beta(1/2, 1/2): (s + 1/2) / (s + n + 1), where the n counts
        in the last category exceed it by s in all, so that larger counts than any seen keep a probability.
        """
        last = self.last
        if last is None:
            enough = [k for k in range(2, _MOST_CATEGORIES + 1) if int((y >= k).sum()) >= _LEAST_IN_LAST]
            last = max(enough, default=1)
        beyond = y[y >= last] - last
        further = float(beyond.sum())
        return replace(self, last=last, tail=(further + 0.5) / (further + beyond.numel() + 1))

    def settle(self, outputs: Tensor, y: Tensor) -> Self:  # noqa: ARG002 - nothing is left to know
        """Return the objective as it is."""
        return self

    def state(self) -> dict[str, Any]:
        """Return the last category and the tail's ratio."""
        return {"last": self.last, "tail": self.tail}

    def restored(self, state: Mapping[str, Any]) -> Self:
        """Return the objective with the numbers that `state` gave."""
        return replace(self, last=state["last"], tail=float(state["tail"]))

    @property
    def _known_last(self) -> int:
        if self.last is None:
            raise InputError(
                "the `last` category must be found before it is used; call `prepare` with counts first"
            )
        return self.last
