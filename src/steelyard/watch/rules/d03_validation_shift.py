"""D03: validation inputs are distributed otherwise than training inputs."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Inputs
from steelyard.watch.rule import Missing, Rule, Sign

DIFFERENCE = 1.0
SHARE = 0.1
LEAST_ROWS = 30


def check(*, inputs: Inputs, validation_inputs: Inputs) -> Sign | Missing | None:
    """Look at standardised differences of each feature, less what chance gives, and at ratios of spread."""
    if min(inputs.rows, validation_inputs.rows) < LEAST_ROWS:
        return Missing(f"{LEAST_ROWS} rows of training and of validation inputs")
    if inputs.sds.shape != validation_inputs.sds.shape:
        return Missing("training and validation inputs of one shape")
    pooled = np.sqrt((inputs.sds**2 + validation_inputs.sds**2) / 2)
    difference = np.abs(inputs.means - validation_inputs.means) / np.where(pooled > 0, pooled, 1.0)
    chance = 2 * np.sqrt(1 / inputs.rows + 1 / validation_inputs.rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log2(validation_inputs.sds / inputs.sds))
    differs = (difference - chance > DIFFERENCE) | (np.nan_to_num(ratio, posinf=9.0) > 2 + 2 * chance)
    share = float(differs.mean())
    if not share > SHARE:
        return None
    worst = int(np.argmax(difference))
    return Sign(
        evidence={
            "share": share,
            "features": len(differs),
            "difference": float(difference[worst]),
            "training_mean": float(inputs.means[worst]),
            "validation_mean": float(validation_inputs.means[worst]),
            "training_sd": float(inputs.sds[worst]),
            "validation_sd": float(validation_inputs.sds[worst]),
            "threshold": SHARE,
        },
        meaning=f"{share:.0%} of the {inputs.kind} are distributed otherwise in validation than in training.",
    )


RULE = Rule(
    code="D03",
    name="validation-shift",
    title="Validation inputs are distributed otherwise than training inputs.",
    severity="warning",
    what="Means of each column (channel) in training and validation, their difference divided by the pooled standard deviation (Cohen 1988), and the ratio of standard deviations.",
    why="The validation loss then measures the shift and not the model; most often one of the two was normalised otherwise, or not at all.",
    threshold=(
        "A difference above 1 after taking off two standard errors, or standard deviations that differ by more than a factor of 4, in more than 10% of the features: "
        "proposals, far above what a random split gives."
    ),
    advice="Put both through the same preparation, with the training data's mean and standard deviation.",
    wrong="Splits that are meant to differ (another hospital, a later year); augmented training data.",
    check=check,
)
