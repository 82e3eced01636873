"""How much better than a trivial predictor a model is, with an interval: the fact that findings lean on.

Skill is (trivial - loss) / (trivial - floor). Model and trivial predictor are judged on the same targets, so the noise of the targets
cancels in the difference; its interval is Student's t over consecutive blocks of batches (batch means; Schmeiser 1982), since batches
that follow each other are not independent where the model moves.

When it is wrong: fewer than a hundred examples; losses so heavy-tailed that one batch makes the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import special

from steelyard.watch.recording.objective import Floats

MARGIN = 0.01
"""A skill of 1% is the least that is told from none: no better means that more than this is excluded."""

BLOCKS = 8
LEAST_EXAMPLES = 100

Learning = Literal["better", "no better", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """Skill with its 95% interval.

    Args:
        estimate: 0 as the trivial predictor, 1 at the floor, negative when worse.
        low: lower end.
        high: upper end.
        loss: the mean loss it comes from.
        trivial: the trivial predictor's on the same targets.
        floor: the least that is attainable.
        batches: batches used.
        examples: examples used.
    """

    estimate: float
    low: float
    high: float
    loss: float
    trivial: float
    floor: float
    batches: int
    examples: int

    @property
    def learning(self) -> Learning:
        """Return whether the model does better than the trivial predictor.

        `better` when the interval lies above 0; `no better` when it holds 0 or lies below and more than `MARGIN` is excluded.
        """
        if self.low > 0:
            return "better"
        return "no better" if self.high <= MARGIN else "undecided"

    def to_dict(self) -> dict[str, float | str]:
        """Return it as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"learning": self.learning}


def skill_of(losses: Floats, trivial: Floats, floors: Floats, examples: Floats) -> Skill | None:
    """Return the skill of consecutive batches, None where there are too few to say.

    Args:
        losses: mean loss of each batch.
        trivial: the trivial predictor's, on the same targets.
        floors: the least attainable of each.
        examples: how many examples each had.

    Example:
        >>> losses = 0.5 + 0.01 * np.sin(np.arange(40.0))
        >>> skill = skill_of(losses, np.full(40, 0.69), np.zeros(40), np.full(40, 32.0))
        >>> skill.learning, round(skill.estimate, 2)
        ('better', 0.27)
    """
    count = len(losses)
    total = float(examples.sum())
    if count < BLOCKS or total < LEAST_EXAMPLES or not np.isfinite(losses).all():
        return None
    edges = np.linspace(0, count, min(BLOCKS, count) + 1).astype(int)
    weights = np.array([examples[a:b].sum() for a, b in pairwise(edges)])
    gains = np.array(
        [((trivial - losses)[a:b] * examples[a:b]).sum() / examples[a:b].sum() for a, b in pairwise(edges)]
    )
    mean = float((gains * weights).sum() / weights.sum())
    error = math.sqrt(float((weights * (gains - mean) ** 2).sum() / weights.sum()) / (len(gains) - 1))
    half = float(special.stdtrit(len(gains) - 1, 0.975)) * error
    base, floor = (float((each * examples).sum() / total) for each in (trivial, floors))
    room = base - floor
    if room <= 1e-9 * max(1.0, abs(base)):
        return None  # constant targets: a constant predicts them perfectly
    return Skill(
        estimate=mean / room,
        low=(mean - half) / room,
        high=(mean + half) / room,
        loss=base - mean,
        trivial=base,
        floor=floor,
        batches=count,
        examples=int(total),
    )
