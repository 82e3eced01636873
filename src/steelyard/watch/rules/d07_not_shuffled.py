"""D07: batches aren't shuffled."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

BETWEEN = 0.3
AGREEMENT = 0.5
CHANCE = 1e-6


def check(*, head: Head) -> Sign | Missing | None:
    """Look at variance between batches and at neighbours within them."""
    order = head.order
    if order is None:
        return Missing("8 sampled batches of at least 8 rows with one target each")
    excess = order.between - order.chance
    sorted_batches = excess > BETWEEN and order.p_between < CHANCE
    sorted_rows = order.agreement > AGREEMENT and order.p_agreement < CHANCE
    if not (sorted_batches or sorted_rows):
        return None
    what = (
        "Batches hold mostly one kind of target each"
        if sorted_batches
        else "Neighbouring rows have alike targets"
    )
    return Sign(
        evidence={
            "between_batches": order.between,
            "by_chance": order.chance,
            "threshold": BETWEEN,
            "agreement": order.agreement,
            "agreement_threshold": AGREEMENT,
            "batches": order.batches,
        },
        meaning=f"{what}: the data aren't shuffled.",
    )


RULE = Rule(
    code="D07",
    name="not-shuffled",
    title="The data aren't shuffled.",
    severity="warning",
    what="One target a row: the share of its variance that lies between batches (eta squared, with Fisher's F test), and the correlation of neighbours within batches (Wald and Wolfowitz 1943).",
    why="The model learns one class, then the next, and forgets; the loss shows a saw. BatchNorm sees the statistics of one class at a time.",
    threshold=(
        "More than 30% of the variance between batches above chance, or a correlation above 0.5, each with a probability under shuffling below 1e-6: proposals; the "
        "probability keeps it silent on few rows, the size on what doesn't matter."
    ),
    advice="Shuffle the training data each epoch (`shuffle=True`).",
    wrong="Order that is meant: series, curricula, episodes, samplers by group.",
    check=check,
    at_once=True,
)
