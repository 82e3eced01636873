"""D08: inputs aren't what was said to be expected."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Inputs
from steelyard.watch.expected import ExpectedInputs
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

MEAN_OFF = 0.5
SD_RATIO = 2.0
SLACK = 1e-3


def check(*, inputs: Inputs, expected: ExpectedInputs) -> Sign | Missing | None:
    """Hold range, means and standard deviations against what is expected."""
    said = []
    evidence = {
        "low": inputs.low,
        "high": inputs.high,
        "mean": float(inputs.means.mean()),
        "sd": float(inputs.sds.mean()),
    }
    room = (expected.high or 0.0) - (expected.low or 0.0)
    slack = SLACK * abs(room)
    if expected.low is not None and inputs.low < expected.low - slack:
        said.append(f"values go down to {inputs.low:.4g}, where {expected.low:.4g} is the least expected")
    if expected.high is not None and inputs.high > expected.high + slack:
        said.append(f"values go up to {inputs.high:.4g}, where {expected.high:.4g} is the most expected")
    features = len(inputs.means)
    mean, sd = _each(expected.mean, features), _each(expected.sd, features)
    if (mean is not None and len(mean) != features) or (sd is not None and len(sd) != features):
        return Sign(
            evidence=evidence,
            meaning=f"The inputs have {features} {inputs.kind}, and `ExpectedInputs` speaks of another number.",
        )
    if mean is not None:
        unit = sd if sd is not None else np.maximum(inputs.sds, 1e-12)
        off = float(np.max(np.abs(inputs.means - mean) / unit))
        evidence |= {"mean_off": off, "mean_threshold": MEAN_OFF}
        if off > MEAN_OFF:
            said.append(f"a mean is {off:.2g} standard deviations from the expected one")
    if sd is not None:
        ratio = float(np.exp(np.max(np.abs(np.log(np.maximum(inputs.sds, 1e-12) / sd)))))
        evidence |= {"sd_ratio": ratio, "sd_threshold": SD_RATIO}
        if ratio > SD_RATIO:
            said.append(f"a standard deviation differs from the expected one by a factor of {ratio:.3g}")
    if not said:
        return None
    return Sign(evidence=evidence, meaning=f"Inputs aren't as expected: {'; '.join(said)}.")


def _each(value: tuple[float, ...] | float | None, features: int) -> Floats | None:
    if value is None:
        return None
    return (
        np.full(features, float(value))
        if isinstance(value, float | int)
        else np.asarray(value, dtype=np.float64)
    )


RULE = Rule(
    code="D08",
    name="not-as-expected",
    title="Inputs aren't what the pretrained weights expect.",
    severity="warning",
    what="Range, mean and standard deviation of sampled inputs, by column or channel, against `inputs=ExpectedInputs(...)`.",
    why="Pretrained weights read inputs of other statistics wrongly: 0 to 255 for 0 to 1, normalised twice or not at all, channels in another order.",
    threshold="Outside the range; a mean more than half a standard deviation off; a standard deviation off by more than a factor of 2: proposals. Images are looked at more closely by `steelyard imaging check`.",
    advice="Prepare the inputs as the weights' makers did.",
    wrong="Data that differ by nature from those of the weights (X-rays for photographs), although they are prepared the same way.",
    check=check,
    at_once=True,
)
