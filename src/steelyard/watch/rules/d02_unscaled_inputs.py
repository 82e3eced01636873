"""D02: inputs that are far from zero mean and unit scale."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Inputs
from steelyard.watch.rule import Missing, Rule, Sign

FAR = 3.0
LEAST_SD, MOST_SD = 0.1, 10.0
SHARE = 0.1


def check(*, inputs: Inputs) -> Sign | Missing | None:
    """Look at mean and standard deviation of each feature that takes more than two values."""
    told = (inputs.two_valued == 0) & (inputs.sds > 0)
    if not told.any():
        return Missing("inputs that take more than two values")
    means, sds = inputs.means[told], inputs.sds[told]
    far = (np.abs(means) > FAR * sds) & (np.abs(means) > 1)
    off = far | (sds < LEAST_SD) | (sds > MOST_SD)
    share = float(off.mean())
    if not share > SHARE:
        return None
    worst = int(np.argmax(np.abs(np.log10(sds)) + far))
    return Sign(
        evidence={
            "share": share,
            "features": len(sds),
            "mean": float(means[worst]),
            "sd": float(sds[worst]),
            "threshold": SHARE,
        },
        meaning=f"{share:.0%} of the {inputs.kind} of the inputs are far from mean 0 and standard deviation 1 (the worst has {means[worst]:.3g} and {sds[worst]:.3g}).",
    )


RULE = Rule(
    code="D02",
    name="unscaled-inputs",
    title="Inputs are far from zero mean and unit scale.",
    severity="warning",
    what="Mean and standard deviation of each column (channel of images and sequences) of sampled training inputs; columns of two values (flags, one-hot) are left out.",
    why="Large inputs make large gradients, saturate units and make the first loss large; features of different scale learn at different speed (LeCun et al. 1998, Efficient BackProp, section 4.3).",
    threshold="|mean| above 3 standard deviations (and above 1), or a standard deviation outside 0.1 to 10, in more than 10% of the features: proposals.",
    advice="Subtract the mean and divide by the standard deviation of the training data, and do the same at evaluation.",
    wrong="A model that scales its inputs itself (BatchNorm first, trees, embeddings of bins): so a warning only if nothing is learnt.",
    check=check,
    dynamics=True,
    at_once=True,
)
