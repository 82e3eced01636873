"""Fewer mistakes: how often the first guess was right, and what the guesses were at chosen tokens, state by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.language.meaning.scored import Scored

PROBABILITY_EDGES = (0.001, 0.01, 0.1, 0.5)
"""Where the bands of the right token's probability begin, for `RightGuesses.shares`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightGuesses:
    """How well one state of a model guessed a text.

    Args:
        nats: mean loss.
        right_probability: the geometric mean of the right tokens' probabilities: exp(-nats), the loss said otherwise.
        first: share of tokens that were the first guess.
        among: share of tokens among the first `count` guesses.
        count: how many guesses `among` allows.
        median_rank: of the right token; among equally probable tokens, the middle.
        shares: share of tokens whose probability lay in each band between `PROBABILITY_EDGES`, the least probable first.
    """

    nats: float
    right_probability: float
    first: float
    among: float
    count: int
    median_rank: float
    shares: tuple[float, ...]


def right_guesses(found: Scored) -> RightGuesses:
    """Return how well one state of a model guessed.

    Equally probable tokens (all, in an untrained model) share their places: a token tied with one other for the first place counts as
    half a right first guess.

    Args:
        found: the text as that state saw it.

    Example:
        >>> from steelyard.language.meaning.scored import scored
        >>> rows = np.log([[0.25, 0.75], [0.5, 0.5]])
        >>> says = right_guesses(scored([rows], np.array([1, 1])))
        >>> says.first, says.median_rank, round(says.right_probability, 4)
        (0.75, 1.25, 0.6124)

    When it is wrong: the share of right first guesses ignores how sure they were; a model can lower its loss without one
    more right first guess, and the other way round.
    """
    count = found.guesses.shape[1]
    nats = float(found.nats.mean())
    band = np.searchsorted(PROBABILITY_EDGES, np.exp(-found.nats), side="right")
    held = np.bincount(band, minlength=len(PROBABILITY_EDGES) + 1) / len(band)
    return RightGuesses(
        nats=nats,
        right_probability=float(np.exp(-nats)),
        first=float(np.clip((1 - found.ahead) / found.tied, 0, 1).mean()),
        among=float(np.clip((count - found.ahead) / found.tied, 0, 1).mean()),
        count=count,
        median_rank=float(np.median(found.ahead + (found.tied + 1) / 2)),
        shares=tuple(held.tolist()),
    )


def changed_most(
    states: Sequence[NDArray[np.float64]], *, learned: int = 3, apart: int = 4
) -> tuple[tuple[int, ...], int | None, int]:
    """Return the tokens of a passage that say most about a training: chosen by a rule, so that nobody picks the nice ones.

    Args:
        states: nats of the passage's tokens at each state, the first one first, each of shape (n,).
        learned: how many of the largest falls to return.
        apart: least tokens between two of them.

    Returns:
        The tokens whose nats fell most, in the text's order; the one whose nats rose most, None where none rose; and the one
        that is hardest at the end.

    Example:
        >>> changed_most([np.array([5.0, 3.0, 1.0]), np.array([1.0, 2.9, 4.0])], learned=1)
        ((0,), 2, 2)
    """
    fell = states[0] - states[-1]
    chosen: list[int] = []
    for at in np.argsort(-fell, kind="stable").tolist():
        if len(chosen) == learned or fell[at] <= 0:
            break
        if all(abs(at - other) >= apart for other in chosen):
            chosen.append(at)
    worst = int(np.argmin(fell))
    return tuple(sorted(chosen)), (worst if fell[worst] < 0 else None), int(np.argmax(states[-1]))
