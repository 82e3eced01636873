"""How the parts of a loss are weighed against each other: equally, by given numbers, or by learned uncertainties."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from steelyard.errors import InputError

Weighing = Literal["equal", "uncertainty"] | Mapping[str, float]


class LossWeights(nn.Module):
    """One number to train from the means of several losses.

    `equal` is their sum. A mapping is their sum, each times its number. `uncertainty` is the sum of exp(-s_i) L_i + s_i, where
    s_i is a parameter that is trained with the network: Kendall, Gal and Cipolla (2018), equation 7, with s_i = log sigma_i^2 and
    twice over, which moves no minimum. That is the form for a normal distribution's squared error; they use exp(-s_i) L_i + s_i / 2
    for a cross-entropy (equation 10), and it isn't distinguished here.

    Trained to its end, s_i = log L_i, so that what is minimised is the sum of log L_i: a part's weight is 1 / L_i, and a change
    of its unit changes nothing.

    When it is wrong: the weights follow how large a loss is, not how much it matters. A part with a floor (a log-likelihood,
    whose floor is the data's entropy) weighs little however much of it could be learned; one that can reach 0 (an
    autoencoder's error) comes to outweigh all others, and one that can fall below 0 has no minimum. The parts of a hurdle are
    one log-likelihood, whose only right weights are equal ones. Losses so weighed can't be compared between epochs or models:
    compare what they are made of.

    Args:
        weighing: `equal`, `uncertainty`, or a number (at least 0, not all 0) for every part.
        parts: names of the losses.

    Raises:
        InputError: no parts or one twice, an unknown weighing, or numbers that don't fit the parts or the range.

    Example:
        >>> weights = LossWeights({"occurrence": 1.0, "strength": 0.5}, parts=("occurrence", "strength"))
        >>> weights({"occurrence": torch.tensor(0.3), "strength": torch.tensor(2.0)}).item()
        1.3
        >>> learned = LossWeights("uncertainty", parts=("occurrence", "strength"))
        >>> learned.weights()
        {'occurrence': 1.0, 'strength': 1.0}
    """

    fixed: Tensor

    def __init__(self, weighing: Weighing = "equal", *, parts: Sequence[str]) -> None:
        super().__init__()
        if not parts or len(set(parts)) < len(parts):
            raise InputError(f"`parts` must be names, each once, but got {', '.join(parts) or 'none'}")
        self.parts = tuple(parts)
        numbers = _numbers(weighing, self.parts)
        self.register_buffer("fixed", torch.tensor(numbers), persistent=False)
        self.log_variances = nn.Parameter(torch.zeros(len(parts))) if weighing == "uncertainty" else None

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the weighed sum, a scalar, of every part's mean loss (scalars).

        Raises:
            InputError: losses whose names aren't the parts'.
        """
        if set(losses) != set(self.parts):
            raise InputError(
                f"`losses` must be those of {', '.join(self.parts)}, but got {', '.join(losses) or 'none'}"
            )
        ordered = torch.stack([losses[part] for part in self.parts])
        if self.log_variances is None:
            return (self.fixed.to(ordered) * ordered).sum()
        log_variances = self.log_variances.to(ordered)
        return (torch.exp(-log_variances) * ordered + log_variances).sum()

    def weights(self) -> dict[str, float]:
        """Return what each part is multiplied by now."""
        now = self.fixed if self.log_variances is None else torch.exp(-self.log_variances.detach())
        return dict(zip(self.parts, now.tolist(), strict=True))


def _numbers(weighing: Weighing, parts: tuple[str, ...]) -> list[float]:
    if isinstance(weighing, str):
        if weighing not in ("equal", "uncertainty"):
            raise InputError(
                f"`weighing` must be equal, uncertainty or a number for every part, but got {weighing!r}"
            )
        return [1.0] * len(parts)
    if set(weighing) != set(parts):
        raise InputError(
            f"`weighing` must have a number for each of {', '.join(parts)}, but has them for {', '.join(weighing) or 'none'}"
        )
    numbers = [float(weighing[part]) for part in parts]
    if not (all(0 <= number < math.inf for number in numbers) and any(numbers)):
        raise InputError(
            f"`weighing` must have finite numbers of at least 0, not all 0, but got {dict(weighing)}"
        )
    return numbers
