"""The scales that the questions' answers stand on, and what to know before trusting them."""

from __future__ import annotations

from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.solving import return_scale
from steelyard.weigh.scale import ReferencePoint, Scale


def scale_of(factor: str, rules: Rules) -> Scale:
    """Return the scale of a question's metric.

    Args:
        factor: of the question.
        rules: Satchel's.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> print(scale_of("normalise", SMALL))
        return in reward per episode (higher is better): uniform -2.20, fixed order -1.34, myopic 1.54, optimal 2.84
        >>> print(scale_of("cosine", SMALL))
        rank correlation (higher is better): no relation 0, the return itself 1.00
    """
    if factor != "cosine":
        return return_scale(rules)
    nothing = ReferencePoint(
        name="no relation", value=0.0, meaning="a number that says nothing about the return"
    )
    itself = ReferencePoint(
        name="the return itself", value=1.0, meaning="a number that rises whenever the return does"
    )
    return Scale(
        loss="rank correlation",
        unit="",
        direction="higher",
        baseline=nothing,
        floor=itself,
        references=(nothing, itself),
        notes=("Negative: the number goes against the return, where it was hoped to go along.",),
    )


def notes(factor: str, *, setting: str) -> tuple[str, ...]:
    """Return what to know before trusting an answer, each a sentence.

    Args:
        factor: of the question.
        setting: `quick` or `full`.
    """
    found = [
        "Returns are computed from the rules, for the policy as it draws its actions: there is no noise of episodes in them, only that of training.",
        "All levels of a seed begin with the same weights where shapes allow, and with the same bags.",
    ]
    if factor == "cosine":
        found.append(
            "Cosines count with their sign turned, as one hopes that they fall while the return rises. `step` is how long was trained: any number "
            "that only goes one way while the return rises does as well."
        )
        found.append(
            "Every seed has a learning rate, a norm and an embedding of its own. Correlations across runs, with an interval: `steelyard agents cosine`."
        )
    else:
        found.append(
            "Cosines, rank and words read are of the body's latents, of the same bags in every trial; they describe, they aren't better or worse one way."
        )
    if factor == "position":
        found.append(
            "Shuffled words come in a random order at every step, in learning and in use; the return is averaged over 16 orders of each bag."
        )
    if setting == "quick":
        found.append(
            "The quick setting takes the small variant of Satchel and a short training; answers can turn with a longer one."
        )
    return tuple(found)
