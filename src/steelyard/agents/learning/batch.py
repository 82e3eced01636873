"""What an update learns from: the steps of a rollout, those of equal observations together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.agents.learning.rows import Rows, Shown


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some different observations, and all steps made from them.

    Args:
        shown: the observations.
        of: which of them each step was made from, shape (steps,).
        actions: what was done, shape (steps,).
        log_probabilities: of it, when it was done.
        advantages: how much better it turned out than was expected.
        targets: what the values should have been.
        weight: of each step's loss in the part's; the same in all parts of a batch, so that every step counts alike whatever part it
            falls into.
    """

    shown: Shown
    of: Tensor
    actions: Tensor
    log_probabilities: Tensor
    advantages: Tensor
    targets: Tensor
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """The steps of a rollout.

    Args:
        rows: the different observations.
        of: which of them each step was made from, shape (steps,), int64.
        actions: shape (steps,), int64.
        log_probabilities: shape (steps,), as those that follow.
        advantages: see `Part`.
        targets: see `Part`.
    """

    rows: Rows
    of: NDArray[np.int64]
    actions: NDArray[np.int64]
    log_probabilities: NDArray[np.float64]
    advantages: NDArray[np.float64]
    targets: NDArray[np.float64]

    @property
    def steps(self) -> int:
        """Return the number of steps."""
        return len(self.of)

    def parts(
        self, places: list[NDArray[np.int64]], *, weight: float, device: torch.device
    ) -> Iterator[Part]:
        """Return a part for each list of different observations.

        Args:
            places: of the observations in `rows`.
            weight: of each step.
            device: where to.
        """
        order = np.argsort(self.of, kind="stable")
        bounds = np.searchsorted(self.of[order], np.arange(len(self.rows) + 1))
        for chosen in places:
            counts = bounds[chosen + 1] - bounds[chosen]
            within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            steps = order[np.repeat(bounds[chosen], counts) + within]
            yield Part(
                shown=self.rows.taken(chosen).shown(device),
                of=torch.from_numpy(np.repeat(np.arange(len(chosen)), counts)).to(device),
                actions=torch.from_numpy(self.actions[steps]).to(device),
                log_probabilities=_single(self.log_probabilities[steps], device),
                advantages=_single(self.advantages[steps], device),
                targets=_single(self.targets[steps], device),
                weight=weight,
            )


def _single(values: NDArray[np.float64], device: torch.device) -> Tensor:
    return torch.from_numpy(values.astype(np.float32)).to(device)
