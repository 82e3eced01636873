"""The options for the two priors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.topics.prior import Prior

Alpha = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|learn",
        help="Prior of topics in documents: one number, one for each topic (0.1,0.5,...), or learn. 0 is an experiment.",
    ),
]
Beta = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|learn", help="Prior of words in topics: a number or learn. 0 is an experiment."
    ),
]


def prior(text: str, option: str) -> Prior:
    """Return a prior as the estimator takes it; the estimator checks its range.

    >>> prior("learn", "--alpha"), prior("0.1", "--alpha"), prior("0.1,0.2", "--alpha")
    ('learn', 0.1, [0.1, 0.2])
    """
    from steelyard.errors import InputError

    if text == "learn":
        return "learn"
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError as error:
        raise InputError(
            f"{option} must be a number, numbers with commas between, or learn, but got {text!r}"
        ) from error
    return numbers[0] if len(numbers) == 1 else numbers
