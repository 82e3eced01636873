"""Losses of a network's logits, and what their sigmoid then says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor], Tensor]
"""Maps logits and targets of a batch to a mean over its images, in nats."""


def classes_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of classes that exclude each other; logits (images, classes), targets (images,)."""
    return functional.cross_entropy(logits, targets.long())


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedCrossEntropy:
    """CheXNet's weighted binary cross-entropy, the mean over findings (Rajpurkar et al. 2017, section 2.1).

    With P images that have a finding and N that haven't, an image with it weighs N / (P + N) and one without P / (P + N), so
    that both kinds weigh the same in all. The weights of a finding are then doubled, so that the loss of an even finding is the
    unweighted one.

    A sigmoid trained this way says what the probability would be if half of the images had the finding: `undo` turns it into the
    probability at the training images' base rate.

    Args:
        positives: share of images with the finding, in (0, 1), one a finding; None weighs all images alike.

    When it is wrong: `undo` is exact only for a network whose weighted probabilities are calibrated, and only where the finding
    is as frequent as in training.

    Example:
        >>> loss = WeightedCrossEntropy(positives=(0.1,))
        >>> even = torch.zeros(2, 1)
        >>> round(float(loss(even, torch.tensor([[1.0], [0.0]]))), 4)
        0.6931
        >>> round(float(loss.undo(even).sigmoid()[0, 0]), 4)
        0.1
    """

    positives: tuple[float, ...] | None

    def __call__(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean over images and findings, in nats."""
        targets = targets.to(logits.dtype)
        if self.positives is None:
            return functional.binary_cross_entropy_with_logits(logits, targets)
        share = torch.tensor(self.positives, dtype=logits.dtype, device=logits.device)
        weight = 2 * torch.where(targets > 0.5, 1 - share, share)
        return functional.binary_cross_entropy_with_logits(logits, targets, weight=weight)

    def undo(self, logits: Tensor) -> Tensor:
        """Return the logits of probabilities at the training images' base rates."""
        if self.positives is None:
            return logits
        share = torch.tensor(self.positives, dtype=logits.dtype, device=logits.device)
        return logits + share.logit()


def base_rates(targets: NDArray[np.float32]) -> tuple[float, ...]:
    """Return the share of images with each finding; targets have shape (images, findings)."""
    return tuple(float(each) for each in targets.mean(axis=0, dtype=np.float64))
