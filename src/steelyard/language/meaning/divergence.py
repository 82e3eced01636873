"""Cross-entropy = H + KL: what a model still has to learn, on a source whose probabilities are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Divergence:
    """The loss of a model on a known source, in what can't be learned and what can.

    cross_entropy_nats = entropy_nats + divergence_nats, exactly: token by token, and so on average.

    Args:
        loss_nats: what training would report: the mean of -ln q of the tokens that were drawn.
        cross_entropy_nats: its expectation given the contexts that were drawn: mean over them of -sum p ln q.
        entropy_nats: mean over the same contexts of -sum p ln p: the loss of the source itself, below which no model comes.
        divergence_nats: mean over the same contexts of KL(p||q) = sum p ln(p/q), 0 only for q = p.
        luck_nats: standard error of `loss_nats` about `cross_entropy_nats`: the tokens that were drawn may have been easy ones, so
            a loss that is lower than the entropy by as much is luck.
        by_token: KL(p||q) at each token, shape (n,).
    """

    loss_nats: float
    cross_entropy_nats: float
    entropy_nats: float
    divergence_nats: float
    luck_nats: float
    by_token: NDArray[np.float64]


def divergence(
    rows: Iterable[NDArray[np.floating]], p: NDArray[np.float64], drawn: NDArray[np.integer]
) -> Divergence:
    """Return a model's loss on a source as entropy plus divergence.

    The model may use all that it has read: its q is conditional on the whole text so far, the source's p on its own
    context, and the identity holds at every token. No expectation is estimated but the one over contexts.

    Args:
        rows: log probabilities of the model in chunks of shape (k, size) that sum up to (n, size), nats.
        p: the source's probabilities at the same places, shape (n, size), each row summing to 1.
        drawn: ids that were drawn, shape (n,).

    Raises:
        InputError: shapes that differ, or rows of `p` that don't sum to 1.

    Example:
        >>> p = np.array([[0.5, 0.5], [0.9, 0.1]])
        >>> found = divergence([np.log([[0.25, 0.75], [0.9, 0.1]])], p, np.array([0, 1]))
        >>> bool(np.isclose(found.cross_entropy_nats, found.entropy_nats + found.divergence_nats)), found.by_token.round(4).tolist()
        (True, [0.1438, 0.0])

    When it is wrong: `entropy_nats` is of the contexts that were drawn; the source's own entropy is their expectation.
    """
    if p.ndim != 2 or len(p) != len(drawn) or not np.allclose(p.sum(axis=1), 1, atol=1e-6):
        raise InputError(
            f"`p` must have a row that sums to 1 for each of the {len(drawn)} tokens, but got shape {p.shape}"
        )
    expected, losses, first = [], [], 0
    for chunk in rows:
        own = p[first : first + len(chunk)]
        if own.shape != chunk.shape:
            raise InputError(
                f"`rows` must be as `p`, but a chunk has shape {chunk.shape} where p has {own.shape}"
            )
        log_q = chunk.astype(np.float64)
        expected.append(-(own * np.where(own > 0, log_q, 0.0)).sum(axis=1))
        losses.append(-log_q[np.arange(len(chunk)), drawn[first : first + len(chunk)]])
        first += len(chunk)
    if first != len(p) or not first:
        raise InputError(f"`rows` must have as many rows as `p`, but have {first} and p has {len(p)}")
    cross, loss = np.concatenate(expected), np.concatenate(losses)
    surprise = loss - cross if np.isfinite(cross).all() else np.full(1, np.inf)  # uncorrelated, with mean 0
    entropy = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=1)
    return Divergence(
        loss_nats=float(loss.mean()),
        cross_entropy_nats=float(cross.mean()),
        entropy_nats=float(entropy.mean()),
        divergence_nats=float((cross - entropy).mean()),
        luck_nats=float(np.sqrt((surprise**2).mean() / len(p))),
        by_token=cross - entropy,
    )
