"""One guess, worked: the sum inside categorical cross-entropy and its gradient, term by term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One token's term of the loss of one guess.

    Args:
        id: of the token; -1 for all that are not named, together.
        target: y, 1 for the token that came, else 0: the one-hot vector of Keras' `categorical_crossentropy`.
        probability: q, what the model gave it.
        loss_nats: -y ln q, its term of the sum.
        gradient: q - y, the derivative of the loss by this token's logit: what a step of training moves against.
    """

    id: int
    target: float
    probability: float
    loss_nats: float
    gradient: float


def terms(probabilities: NDArray[np.float64], right: int, *, named: int = 5) -> tuple[Term, ...]:
    """Return the terms of one guess's cross-entropy, the most probable tokens first, the right one always among them.

    The loss of a guess is -sum over all tokens v of y_v ln q_v. As y is 1 for one token and 0 for all others, one term
    remains: -ln q of the token that came. Its gradient by the logits is q - y (Bridle 1990; test_equalities proves it
    against autograd and finite differences), so it sums to 0: probability is moved, not made.

    Args:
        probabilities: q of every token, shape (size,), summing to 1.
        right: id of the token that came.
        named: how many terms to name; the others are summed in one with the id -1.

    Raises:
        InputError: probabilities that aren't ones, or a right token that isn't among them.

    Example:
        >>> for each in terms(np.array([0.1, 0.2, 0.7]), 1, named=2):
        ...     print(each.id, each.target, round(each.loss_nats, 3), round(each.gradient, 3))
        2 0.0 0.0 0.7
        1 1.0 1.609 -0.8
        -1 0.0 0.0 0.1
    """
    q = np.asarray(probabilities, dtype=np.float64)
    if q.ndim != 1 or not 0 <= right < len(q):
        raise InputError(f"`right` must be one of the {q.size} tokens, but got {right}")
    if (q < 0).any() or not np.isclose(q.sum(), 1, atol=1e-4):
        raise InputError(f"`probabilities` must be 0 or more and sum to 1, but sum to {q.sum():.6g}")
    if q[right] <= 0:
        raise InputError("the right token must have a positive probability, but its probability is 0")
    order = np.argsort(-q, kind="stable")[:named].tolist()
    if right not in order:
        order[-1] = right
    found = [
        Term(
            id=each,
            target=float(each == right),
            probability=float(q[each]),
            loss_nats=float(-np.log(q[each])) if each == right else 0.0,
            gradient=float(q[each] - (each == right)),
        )
        for each in order
    ]
    rest = float(np.delete(q, order).sum())
    if len(q) > len(order):
        found.append(Term(id=-1, target=0.0, probability=rest, loss_nats=0.0, gradient=rest))
    return tuple(found)
