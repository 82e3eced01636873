"""G04: the loss diverges, or jumps."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

SUSTAINED = 1.3
SPIKE = 10.0
LEAST_POINTS = 40


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the end beside the start and the best, and at single jumps."""
    if head.curve is None:
        return Missing("a loss curve")
    values = head.curve.values[np.isfinite(head.curve.values)]
    steps = head.curve.steps[np.isfinite(head.curve.values)]
    if len(values) < LEAST_POINTS:
        return Missing(f"{LEAST_POINTS} points of a loss curve")
    tenth = max(4, len(values) // 10)
    blocks = [float(np.median(block)) for block in np.array_split(values, len(values) // tenth)]
    start, end, best = blocks[0], blocks[-1], min(blocks)
    begin = float(np.median(values[:4]))
    scale = max(abs(start), abs(begin), 1e-12)
    noise = _noise(values)
    if end > SUSTAINED * max(start, begin) and end - max(start, begin) > 3 * noise and min(values) >= 0:
        return Sign(
            evidence={"start": start, "best": best, "end": end, "threshold": SUSTAINED},
            meaning=f"The loss diverges: it ends at {end:.4g}, above where it began ({begin:.4g}).",
        )
    if end - best > max((SUSTAINED - 1) * scale, 6 * noise) and min(values) >= 0:
        return Sign(
            evidence={"start": start, "best": best, "end": end, "threshold": SUSTAINED},
            meaning=f"The loss went back up: from {best:.4g} at its best to {end:.4g}.",
        )
    jumps = np.diff(values)
    largest = int(np.argmax(jumps))
    if noise > 0 and jumps[largest] / noise > SPIKE and jumps[largest] > (SUSTAINED - 1) * scale:
        return Sign(
            evidence={
                "jump": float(jumps[largest]),
                "robust_z": float(jumps[largest] / noise),
                "threshold": SPIKE,
            },
            meaning=f"The loss jumped by {jumps[largest]:.4g} in one step, {jumps[largest] / noise:.0f} times its usual change, and came back.",
            severity="info",
            step=int(steps[largest + 1]),
        )
    return None


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
        "Proposals. Said whether or not something is learnt."
    ),
    advice="Lower the learning rate, warm it up, and clip gradients; look at the batch of that step.",
    wrong="Losses that are meant to rise (adversarial training, schedules of difficulty), and losses that may be negative, which aren't judged.",
    check=check,
)
