"""G04: the loss diverges, or jumps."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

SUSTAINED = 1.3
SPIKE = 10.0
FAR_WORSE = 3.0
OFTEN = 0.02
LEAST_POINTS = 40


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the end beside the start and the best, and at single jumps."""
    if head.curve is None:
        return Missing("a loss curve")
    finite = np.isfinite(head.curve.values)
    values, steps = head.curve.values[finite], head.curve.steps[finite]
    if len(values) < LEAST_POINTS:
        return Missing(f"{LEAST_POINTS} points of a loss curve")
    return _sustained(values) or _unstable(head) or _jump(values, steps)


def _sustained(values: Floats) -> Sign | None:
    """Look for a loss that ends well above its start or its best."""
    tenth = max(4, len(values) // 10)
    blocks = [float(np.median(block)) for block in np.array_split(values, len(values) // tenth)]
    end, best, begin = blocks[-1], min(blocks), float(np.median(values[:4]))
    start, noise = max(blocks[0], begin), _noise(values)
    evidence = {"start": start, "best": best, "end": end, "threshold": SUSTAINED}
    if min(values) < 0:
        return None
    if end > SUSTAINED * start and end - start > 3 * noise:
        return Sign(
            evidence=evidence,
            meaning=f"The loss diverges: it ends at {end:.4g}, above where it began ({start:.4g}).",
        )
    if end - best > max((SUSTAINED - 1) * max(start, 1e-12), 6 * noise):
        return Sign(
            evidence=evidence,
            meaning=f"The loss went back up: from {best:.4g} at its best to {end:.4g}.",
        )
    return None


def _jump(values: Floats, steps: Floats) -> Sign | None:
    """Look for a single change that is far larger than usual."""
    jumps, noise = np.diff(values), _noise(values)
    at = int(np.argmax(jumps))
    scale = max(abs(float(np.median(values[:4]))), 1e-12)
    if not (noise > 0 and jumps[at] / noise > SPIKE and jumps[at] > (SUSTAINED - 1) * scale):
        return None
    return Sign(
        evidence={"jump": float(jumps[at]), "robust_z": float(jumps[at] / noise), "threshold": SPIKE},
        meaning=f"The loss jumped by {jumps[at]:.4g} in one step, {jumps[at] / noise:.0f} times its usual change, and came back.",
        severity="info",
        step=int(steps[at + 1]),
    )


def _unstable(head: Head) -> Sign | None:
    """Look for batches that are far worse than trivial although others aren't."""
    if head.batches is None or len(head.batches.steps) < LEAST_POINTS:
        return None
    late = head.batches.steps > head.batches.steps[-1] / 5
    room = np.maximum(head.batches.trivial - head.batches.floors, 1e-12)[late]
    far = (head.batches.losses - head.batches.floors)[late] > FAR_WORSE * room
    if int(far.sum()) < 3 or float(far.mean()) < OFTEN:
        return None
    return Sign(
        evidence={
            "batches": int(far.sum()),
            "share": float(far.mean()),
            "threshold": OFTEN,
            "times_trivial": FAR_WORSE,
        },
        meaning=f"The loss is unstable: on {far.mean():.0%} of the batches it is more than {FAR_WORSE:.0f} times that of {head.constant}.",
    )


def _noise(values: Floats) -> float:
    """Return the usual size of a change, robustly: 1.4826 median |difference|."""
    return float(1.4826 * np.median(np.abs(np.diff(values))))


RULE = Rule(
    code="G04",
    name="divergence",
    title="The loss diverges or jumps.",
    severity="warning",
    what="Medians of tenths of the loss curve: the last beside the first and the best; and single changes beside their usual size (1.4826 times the median absolute change).",
    why="Steps that are too large, a bad batch, or numbers at the edge of their format. What was learnt is lost.",
    threshold=(
        "Sustained: 30% above the start and 3 usual changes (or back up from the best by 30% of the start and 6 usual changes). A jump: 10 usual changes and 30% of the start; a jump that came back is for information. "
        "Unstable: after the first fifth of the run, at least 3 batches and 2% of them more than 3 times as bad as the trivial predictor on the same targets. "
        "Proposals. Said whether or not something is learnt."
    ),
    advice="Lower the learning rate, warm it up, and clip gradients; look at the batch of that step.",
    wrong="Losses that are meant to rise (adversarial training, schedules of difficulty), and losses that may be negative, which aren't judged.",
    check=check,
)
